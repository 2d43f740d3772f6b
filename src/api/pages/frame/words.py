"""How is a thing called in a language? Sentences and names, from the catalogues in `api/locale`.

Sentences are written in English where they are used, and looked up by what they say. What has a
permanent name (an event, a command, a field, a value) is looked up by that name within its kind.
"""

import inspect
import io
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGS = ("pl", "en")
LOCALE = Path(__file__).parents[2] / "locale"
DOMAINS = ("names", "refusals", "help", "pages")


def later(text: str) -> str:
    """Marks a sentence for the catalogues where it is said later, in a language not known yet."""
    return text


class Words:
    """One language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.locale = Locale(lang)
        self.translations = _translations(lang)

    def say(self, text: str, **facts: Any) -> str:
        """A sentence, with the facts that stand in it as `%(name)s`."""
        found = self.translations.ugettext(text)
        return found % facts if facts else found

    def count(self, one: str, many: str, number: int, **facts: Any) -> str:
        """A sentence that depends on a number, which stands in it as `%(num)s`."""
        found = self.translations.ungettext(one, many, number)
        return found % {"num": number, **facts}

    def sentences(self, kind: str) -> set[str]:
        """Every sentence of a kind that the catalogues know."""
        return {text for context, text in _known(self.lang) if context == kind}

    def name(self, kind: str, key: Any) -> str:
        """What people call that event, command, field, value …; readable even if unknown."""
        text = str(key)
        found = str(self.translations.upgettext(kind, text))
        return found if found != text else text.replace("_", " ").replace("-", " ")

    def has_name(self, kind: str, key: str) -> bool:
        """Whether the catalogue knows that name."""
        return str(self.translations.upgettext(kind, key)) != key

    def told_of(self, message: type) -> str:
        """What a command is for: its docstring."""
        text = " ".join(inspect.cleandoc(message.__doc__ or "").split())
        return str(self.translations.upgettext("command help", text))

    def status(self, status: str, of: str = "") -> str:
        """How one says that something of a collection stands there."""
        own = f"{of}.{status}"
        return self.name("status", own if of and self.has_name("status", own) else status)

    def field(self, message: str, name: str) -> str:
        """What a field of a message is called: its own name there, or else the common one."""
        own = f"{message}.{name}"
        return self.name("field", own if self.has_name("field", own) else name)


def words(lang: str) -> Words:
    """The words of that language."""
    return _words(lang)


@cache
def _words(lang: str) -> Words:
    return Words(lang)


def _translations(lang: str) -> NullTranslations:
    """The language's catalogues, compiled in memory: nothing can be out of date."""
    found: NullTranslations = NullTranslations()
    for domain in reversed(DOMAINS):
        path = LOCALE / lang / f"{domain}.po"
        if path.is_file():
            one = _compiled(path, lang)
            one.add_fallback(found)
            found = one
    return found


@cache
def _known(lang: str) -> frozenset[tuple[str | None, str]]:
    """What the catalogues know, as pairs of kind and text."""
    found = set()
    for domain in DOMAINS:
        with (LOCALE / lang / f"{domain}.po").open("rb") as file:
            found |= {(one.context, one.id) for one in read_po(file) if isinstance(one.id, str)}
    return frozenset(found)


def _compiled(path: Path, lang: str) -> Translations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=lang)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
