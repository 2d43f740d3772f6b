"""How is told what an event changed? The path of a field in words, its values as people write them.

A state is a tree of fields; what a value is shows in its form: money, a day, an id, a digest.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from api.pages.frame.facts import Fact
from api.pages.frame.naming import fields_of, value_kind
from api.pages.frame.page import Page
from api.pages.frame.written import money, number, short_day
from ledger import catalogue
from ledger.application import valid_id
from ledger.queries.naming import Named, named
from ledger.queries.replay import Change

_MONEY = re.compile(r"-?\d{1,16}\.\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAMED_LIMIT = 200
_WRITTEN = {"money": money, "day": short_day, "number": number}
SHORT_ID = 8


class Told(NamedTuple):
    """A field that changed: what it is called, and what stood there before and stands after."""

    label: str
    before: list[Fact]
    after: list[Fact]


async def told(page: Page, changes: Sequence[Change]) -> list[Told]:
    """The changes as people read them; objects that are named in them, by their names."""
    ids = dict.fromkeys(id for one in changes for id in _ids_of(one))
    names = await named(page.question, list(ids)[:_NAMED_LIMIT])
    telling = _Telling(page, names)
    return [
        Told(
            telling.label(one.field),
            list(telling.facts(one.field, one.before)),
            list(telling.facts(one.field, one.after)),
        )
        for one in changes
    ]


def _ids_of(change: Change) -> Iterator[str]:
    texts = [*change.field.split("."), *_texts(change.before), *_texts(change.after)]
    yield from (text for text in texts if valid_id(text))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list() | tuple():
            for one in value:
                yield from _texts(one)
        case _:
            return


class _Telling:
    """The words for one page's changes."""

    def __init__(self, page: Page, names: Mapping[str, Named]) -> None:
        self._words, self._names = page.words, names

    def label(self, path: str) -> str:
        """`milestones.2.ends_on` as `Milestones › 2 › End`."""
        return " › ".join(map(self._step, path.split(".")))

    def _step(self, step: str) -> str:
        if valid_id(step):
            found = self._names.get(step)
            return (found and found.name) or f"{step[:SHORT_ID]}…"
        return self._words.name("field", step)

    def facts(self, path: str, value: Any) -> Iterator[Fact]:
        """A value, or those of a list."""
        if value is None or value == "":
            return
        name = path.rpartition(".")[2]
        if isinstance(value, list | tuple):
            for one in value:
                yield from self.facts(path, one)
        elif isinstance(value, dict):
            yield Fact(name, "", "text", "; ".join(self._pairs(value)))
        else:
            yield self._fact(name, value)

    def _pairs(self, value: Mapping[str, Any]) -> Iterable[str]:
        for key, one in value.items():
            inside = [self._plain(fact) for fact in self.facts(key, one)]
            if inside:
                yield f"{self._step(key)}: {', '.join(inside)}"

    def _plain(self, fact: Fact) -> str:
        if fact.kind == "value":
            return self._words.name(fact.to, fact.value)
        if fact.kind in ("money", "day", "number"):
            return _WRITTEN[fact.kind](self._words.lang, fact.value)
        return fact.title or str(fact.value)

    def _fact(self, name: str, value: Any) -> Fact:
        match value:
            case bool():
                return Fact(name, "", "flag", value)
            case int() if not name.endswith("year"):
                return Fact(name, "", "number", value)
            case str():
                return self._of_text(name, value)
            case _:
                return Fact(name, "", "text", str(value))

    def _of_text(self, name: str, text: str) -> Fact:
        if found := self._names.get(text):
            return Fact(name, "", "link", text, found.collection, found.name or "")
        for kind in _kinds().get(name, ()):
            if self._words.has_name(kind, text):
                return Fact(name, "", "value", text, kind)
        if _MONEY.fullmatch(text):
            return Fact(name, "", "money", text)
        if _DAY.fullmatch(text):
            return Fact(name, "", "day", text)
        if _DIGEST.fullmatch(text):
            return Fact(name, "", "digest", text)
        return Fact(name, "", "text", text)


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    """The kinds of values that the fields of events and states have, by the fields' names."""
    found: dict[str, set[str]] = {"status": {"status"}}
    for aggregate in catalogue.aggregates().values():
        for kind in (aggregate.state, *aggregate.events.values()):
            for name, values in fields_of(kind):
                if values:
                    found.setdefault(name, set()).add(value_kind(values, name))
    return {name: frozenset(kinds) for name, kinds in found.items()}
