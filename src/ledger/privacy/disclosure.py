"""Who sees what is sealed? Answers are opened here, and nowhere else, for those who may read them.

Rows come from the read models with sealed texts in them. For a reader they are opened; what was
erased shows a marker. For everybody else there is nothing in their place.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import structlog
from msgspec import UNSET

from ledger import catalogue
from ledger.event_store.codec import Recorded
from ledger.kernel.messages import Event
from ledger.kernel.personal import ERASED, SEALED_MARK, erased, personal_fields
from ledger.privacy.journal import Journal, Reader
from ledger.privacy.keys import PersonKey
from ledger.privacy.sealing import PATTERN, Unreadable, opened, read
from ledger.privacy.vault import Vault

Row = tuple[Any, ...]
AT_ONCE = 1_000  # sealed texts, some milliseconds
REMEMBERED_AT_ONCE = 10_000  # as long
_PERSON = slice(len(SEALED_MARK), len(SEALED_MARK) + 36)  # where a sealed text names its person
_ONE = re.compile(PATTERN)
_PLAIN = re.sub(r"\((?!\?)", "(?:", PATTERN)
# A whole text: one sealed field, or several with blanks between them, such as a full name.
_WHOLE = re.compile(f"{_PLAIN}(?: {_PLAIN})*")
_QUOTED = re.compile(f'"({_PLAIN}(?: {_PLAIN})*)"')
log = structlog.get_logger(__name__)


class Disclosure:
    """Opens what is asked for."""

    def __init__(self, vault: Vault, journal: Journal) -> None:
        self._vault, self._journal = vault, journal

    async def rows(self, rows: list[Row], reader: Reader | None) -> list[Row]:
        """The rows with every sealed text in them opened, or taken out where there is no reader.

        A value may be such a text or JSON with such texts in it.
        """
        held = [value for row in rows for value in row if _holds_sealed(value)]
        if not held:
            return rows
        keys = None
        if reader is not None:
            keys = await self._keys(held)
            await self._journal.record(reader, keys)
        return [
            tuple(_replaced(value, keys) if _holds_sealed(value) else value for value in row)
            for row in rows
        ]

    async def inside(self, texts: Sequence[str | None]) -> list[str | None]:
        """What is in sealed texts, for counting and sorting but not for showing.

        None where there is nothing, or nothing any more. What was opened before is remembered with
        its person's key. Many are opened some at a time, so that others are answered meanwhile.
        """
        found = list(texts)
        sealed = [at for at, one in enumerate(texts) if _holds_sealed(one)]
        known = await self._vault.keys.remembered()
        for some in _portions(sealed, REMEMBERED_AT_ONCE):
            for at in some:
                found[at] = _remembered(str(texts[at]), known)
            await asyncio.sleep(0)
        for some in _portions([at for at in sealed if found[at] is None], AT_ONCE):
            keys = await self._keys(str(texts[at]) for at in some)
            for at in some:
                found[at] = _opened_or_none(str(texts[at]), keys, remember=True)
        return found

    async def events(self, events: Sequence[Recorded], reader: Reader) -> list[Any]:
        """The events for a reader; what was erased shows a marker."""
        opened = await self._vault.opened(events, shown=True)
        told = zip(events, opened, strict=True)
        await self._journal.record(reader, {one.stream for one, event in told if _tells(event)})
        return opened

    async def _keys(self, values: Iterable[Any]) -> Mapping[str, PersonKey]:
        persons = {found[1] for value in values for found in _ONE.finditer(value)}
        return await self._vault.keys.of(persons)

    def hidden(self, text: str) -> str:
        """See `Vault.hidden`."""
        return self._vault.hidden(text)

    def unhidden(self, text: str) -> str | None:
        """See `Vault.unhidden`."""
        return self._vault.unhidden(text)


def closed(rows: list[Row]) -> list[Row]:
    """The rows without what is sealed."""
    return [
        tuple(_replaced(value, None) if _holds_sealed(value) else value for value in row)
        for row in rows
    ]


def _tells(event: Event) -> bool:
    """Whether an event says something of a person."""
    said = (getattr(event, name) for name in personal_fields(type(event)))
    return any(one not in (None, UNSET, ERASED) for one in said)


def _holds_sealed(value: Any) -> bool:
    return isinstance(value, str) and SEALED_MARK in value


def _replaced(value: str, keys: Mapping[str, PersonKey] | None) -> str | None:
    """`keys` of those who may be shown; None: nobody may."""
    if _WHOLE.fullmatch(value):
        return _shown(value, keys)
    if value[0] in '{["':
        value = _QUOTED.sub(lambda found: _json(_shown(found[1], keys)), value)
        # A text in which something is sealed and something, from long ago, is not.
        return _ONE.sub(lambda found: _json(_shown(found[0], keys) or "")[1:-1], value)
    return _ONE.sub(lambda found: _shown(found[0], keys) or "", value)


def _json(value: str | None) -> str:
    return msgspec.json.encode(value).decode()


def _shown(text: str, keys: Mapping[str, PersonKey] | None) -> str | None:
    if keys is None:
        return None
    texts = [_opened_or_none(one, keys) for one in text.split(" ")]
    if None not in texts:
        return " ".join(one for one in texts if one is not None)
    sealed = read(text)
    return ERASED if sealed is None else _markers().get(sealed.place.field)


def _portions(places: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (places[start : start + size] for start in range(0, len(places), size))


def _remembered(text: str, known: Mapping[str, PersonKey]) -> str | None:
    key = known.get(text[_PERSON])
    return None if key is None else key.texts.get(text)


def _opened_or_none(
    text: str, keys: Mapping[str, PersonKey], *, remember: bool = False
) -> str | None:
    sealed = read(text)
    if sealed is None:
        return text
    key = keys.get(sealed.place.stream)
    if key is None:
        return None
    try:
        plain = opened(key.cipher, sealed)
    except Unreadable:
        log.error("privacy.unreadable", person=sealed.place.stream, field=sealed.place.field)
        return None
    if remember:
        key.texts[text] = plain
    return plain


@cache
def _markers() -> Mapping[str, str | None]:
    """What is shown for each personal field of an erased person."""
    kinds = catalogue.events().values()
    return {name: erased(kind) for one in kinds for name, kind in personal_fields(one).items()}
