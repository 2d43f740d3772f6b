"""Which of two Polish words stands first in a list? Ą follows a, ł follows l, case comes last."""

import unicodedata

_LETTERS = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
_PLACES = {letter: place for place, letter in enumerate(_LETTERS, 1)}

Key = tuple[tuple[float, ...], str]


def polish(text: str) -> Key:
    """What to sort by; letters of other languages stand with the letter that they derive from."""
    return tuple(_place(letter) for letter in text.casefold()), text


def _place(letter: str) -> float:
    if letter in _PLACES:
        return _PLACES[letter]
    plain = unicodedata.normalize("NFD", letter)[0]
    if plain in _PLACES:
        return _PLACES[plain] + 0.25
    return 100 + ord(letter) if letter.isalpha() else -1.0 / (1 + ord(letter))
