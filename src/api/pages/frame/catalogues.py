"""Brings the catalogues in `api/locale` up to date with what the pages say: `make words`.

What is new is added without a translation (in English, a sentence is its own), what nobody says
any more is taken out, and how much is missing is printed.
"""

import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.pages.frame.naming import explanations, names, refusals
from api.pages.frame.words import DOMAINS, LANGS, LOCALE

SOURCE = Path(__file__).parents[2]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "say": None,
    "later": None,
    "count": (1, 2),
}
METHODS = [("pages/**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {
    "templates/**.html": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
}


def said(domain: str) -> Catalog:
    """All that a domain's catalogues must hold, untranslated."""
    found = Catalog(domain=domain)
    if domain == "names":
        _add(found, names())
    elif domain == "refusals":
        _add(found, refusals())
    elif domain == "help":
        _add(found, explanations())
    else:
        rows = extract_from_dir(str(SOURCE), METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True)
        for _, _, message, _, context in rows:
            found.add(message, context=context)
    return found


def _add(catalogue: Catalog, some: Iterable[tuple[str, str]]) -> None:
    for context, text in some:
        catalogue.add(text, context=context)


def place(lang: str, domain: str) -> Path:
    """The file of a catalogue."""
    return LOCALE / lang / f"{domain}.po"


def kept(lang: str, domain: str) -> Catalog:
    """A catalogue as it is kept; empty where there is none yet."""
    path = place(lang, domain)
    if not path.is_file():
        return Catalog(locale=lang, domain=domain)
    with path.open("rb") as file:
        return read_po(file, locale=lang, domain=domain)


def brought_up_to_date(lang: str, domain: str) -> Catalog:
    """The catalogue with what is said now, and the translations that are known."""
    known = kept(lang, domain)
    found = Catalog(locale=lang, domain=domain, fuzzy=False)
    for message in said(domain):
        if message.id:
            before = known.get(message.id, context=message.context)
            text = before.string if before else ""
            if not _full(text) and lang == "en" and domain != "names":
                text = message.id
            found.add(message.id, text or "", context=message.context, flags=message.flags)
    return found


def _full(text: object) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


def missing(catalogue: Catalog) -> list[Message]:
    """What has no translation, or one that nobody looked at."""
    return [one for one in catalogue if one.id and (not _full(one.string) or one.fuzzy)]


def _written(catalogue: Catalog, lang: str) -> bytes:
    """The file: sorted, without dates or places in the source, so that changes stay small."""
    body = BytesIO()
    write_po(body, catalogue, width=100, no_location=True, sort_output=True, omit_header=True)
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {lang}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return head.encode() + body.getvalue().strip() + b"\n"


def main() -> int:
    """Writes the catalogues; says what is missing."""
    for lang in LANGS:
        for domain in DOMAINS:
            found = brought_up_to_date(lang, domain)
            path = place(lang, domain)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_written(found, lang))
            print(f"{lang}/{domain}: {len(found)} entries, {len(missing(found))} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
