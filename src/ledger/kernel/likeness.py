"""Does a text hold what identifies a person? A PESEL, an e-mail address, a telephone number.

Names cannot be told from other words, so this finds the rest: to warn whoever writes it down where
it cannot be erased, and to keep it out of log lines.
"""

import re

_EMAIL = r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+\.[A-Za-z]{2,}"
_PESEL = r"(?<![0-9A-Za-z-])[0-9]{11}(?![0-9A-Za-z-])"
# Nine digits in groups, or after the country's code, or beginning like a mobile number.
_PHONE = (
    r"(?<![0-9A-Za-z./,-])(?:"
    r"(?:\+|00)48[ -]?[0-9](?:[ -]?[0-9]){8}"
    r"|[0-9]{3}([ -])[0-9]{3}\1[0-9]{3}"
    r"|[0-9]{2} [0-9]{3}[ -][0-9]{2}[ -][0-9]{2}"
    r"|(?:45|50|51|53|57|60|66|69|72|73|78|79|88)[0-9]{7}"
    r")(?![0-9A-Za-z/-]|[.,][0-9])"
)
_SOME = re.compile(r"@|[0-9]{5}|[0-9][ -][0-9]")  # a quick look: without these there is nothing
_PESEL_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_REGON_WEIGHTS = (8, 9, 2, 3, 4, 5, 6, 7)
_KINDS = {
    "a PESEL number": re.compile(_PESEL),
    "an e-mail address": re.compile(_EMAIL),
    "a telephone number": re.compile(_PHONE),
}
KINDS = tuple(_KINDS)
HIDDEN = "[personal]"


def likeness(text: str) -> str | None:
    """What the text seems to hold, such as `a PESEL number`; None: nothing of the kind."""
    if not _SOME.search(text):
        return None
    found = ((what, one[0]) for what, pattern in _KINDS.items() for one in pattern.finditer(text))
    return next((what for what, one in found if _is_pesel(one) and not _is_regon(one)), None)


def without(text: str) -> str:
    """The text with all that looks like it taken out; rather too much than too little."""
    if not _SOME.search(text):
        return text
    for pattern in _KINDS.values():
        text = pattern.sub(lambda one: HIDDEN if _is_pesel(one[0]) else one[0], text)
    return text


def _is_pesel(text: str) -> bool:
    """Eleven digits hold a day of birth, and the last one checks them; other texts pass."""
    if len(text) != 11 or not text.isdigit():
        return True
    month, day = int(text[2:4]) % 20, int(text[4:6])
    total = sum(w * int(d) for w, d in zip(_PESEL_WEIGHTS, text, strict=False))
    return 1 <= month <= 12 and 1 <= day <= 31 and (10 - total % 10) % 10 == int(text[10])


def _is_regon(text: str) -> bool:
    """Nine digits may be an institution's number, which the last one checks."""
    if len(text) != 9 or not text.isdigit():
        return False
    total = sum(w * int(d) for w, d in zip(_REGON_WEIGHTS, text, strict=False))
    return total % 11 % 10 == int(text[8])
