"""Everything that pages say is said in both languages, and by somebody who looked at it."""

import re
import string

import pytest
from babel.messages.catalog import Message

from api.pages.frame.catalogues import brought_up_to_date, kept, missing, said
from api.pages.frame.words import DOMAINS, LANGS

BOTH = [(lang, domain) for lang in LANGS for domain in DOMAINS]


@pytest.mark.parametrize(("lang", "domain"), BOTH)
def test_nothing_is_left_untranslated_or_fuzzy(lang: str, domain: str) -> None:
    wanted = {(one.context, one.id) for one in said(domain) if one.id}
    held = {(one.context, one.id) for one in kept(lang, domain) if one.id}
    assert wanted - held == set(), "run `make words` and translate"
    assert held - wanted == set(), "run `make words`: nobody says this any more"
    assert [(one.context, one.id) for one in missing(kept(lang, domain))] == []


@pytest.mark.parametrize(("lang", "domain"), BOTH)
def test_a_translation_has_the_places_for_facts_that_the_sentence_has(
    lang: str, domain: str
) -> None:
    bad = [one.id for one in kept(lang, domain) if one.id and _facts(one) is False]
    assert bad == []


def _facts(message: Message) -> bool:
    """Whether every place for a fact in the translation is one of the sentence's."""
    ids, texts = _forms(message.id), _forms(message.string)
    known = set().union(*(_places(one) for one in ids))
    if message.context == "refusal":  # all are told, in whatever order
        return all(_places(one) == known for one in texts)
    return all(_places(one) <= known for one in texts)


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _places(text: str) -> set[str]:
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return braces | set(re.findall(r"%\((\w+)\)s", text))


def test_polish_plurals_have_three_forms() -> None:
    for one in kept("pl", "pages"):
        if one.pluralizable:
            assert len(_forms(one.string)) == 3, one.id


def test_bringing_catalogues_up_to_date_changes_nothing() -> None:
    for lang, domain in BOTH:
        assert len(brought_up_to_date(lang, domain)) == len(kept(lang, domain))
