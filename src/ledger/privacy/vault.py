"""How do personal data go into the log, and come out of it? Sealed and opened, event by event.

Between the decision and the append every personal field is sealed under the key of the person whose
stream it is; the key is recorded before the event. For decisions events are opened again; what was
erased is then None.
"""

import asyncio
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import UNSET
from msgspec.structs import replace

from ledger import catalogue
from ledger.event_store.codec import Recorded, read_data
from ledger.event_store.log import Pending
from ledger.kernel.errors import Collision, Refusal
from ledger.kernel.messages import Event
from ledger.kernel.personal import Place, erased, personal_fields, plain, typed
from ledger.privacy.keys import PersonKey, PersonKeys
from ledger.privacy.sealing import Unreadable, locked, opened, read, seal, unlocked
from ledger.privacy.tombstones import Tombstones

ERASURE = "person.erased"  # the event on which the database destroys the key
log = structlog.get_logger(__name__)


class PersonErased(Refusal):
    """The personal data of this person were erased: nothing further is recorded about them."""


class Vault:
    """The keys of a ledger, and what is done with them."""

    def __init__(self, url: str, folder: Path) -> None:
        self.keys = PersonKeys(url, folder)
        self._tombstones = Tombstones(folder)
        self._listed = 0  # the last erasure that is on the list of tombstones

    async def open(self) -> None:
        """Connects, and destroys again what a restored database holds of erased persons."""
        await self.keys.open()
        told = await asyncio.to_thread(self._tombstones.persons)
        known = {person for person, _ in await self.keys.erased_since(0)}
        if told - known:
            log.warning("privacy.tombstones", persons=len(told - known))
            await self.keys.destroy(sorted(told - known))
        await self.bury()

    async def close(self) -> None:
        """Lets go of the connections."""
        await self.keys.close()

    async def tidy(self) -> None:
        """Takes away keys of persons who never came to be recorded; it may be done later."""
        try:
            await self.keys.sweep()
        except psycopg.Error as error:
            log.warning("privacy.not-swept", error=type(error).__name__)

    async def bury(self) -> None:
        """Puts everybody who was erased on the list outside the database."""
        rows = await self.keys.erased_since(self._listed)
        if rows:
            persons, today = [person for person, _ in rows], datetime.now(UTC).date()
            await asyncio.to_thread(self._tombstones.add, persons, today)
            self._listed = rows[-1][1]

    async def sealed(self, events: Sequence[Pending]) -> Sequence[Pending]:
        """The events as they may be recorded. Raises `PersonErased` where a key is gone."""
        personal = [one for one in events if personal_fields(type(one.event))]
        if not personal:
            return events
        new = {one.stream for one in personal if one.event.begins}
        keys = dict(await self.keys.made_for(new)) if new else {}
        if old := {one.stream for one in personal} - new:
            keys |= await self.keys.of(old)
        return [_sealed(one, keys) for one in events]

    async def opened(self, events: Sequence[Recorded], *, shown: bool = False) -> list[Any]:
        """The events with what they say of persons; what was erased is None.

        `shown`: they are for people to read, who find a marker in its place.
        """
        kinds = catalogue.events()
        persons = {one.stream for one in events if personal_fields(kinds[one.type])}
        keys = await self.keys.of(persons) if persons else {}
        return [_opened(one, kinds[one.type], keys.get(one.stream), shown) for one in events]

    async def digests(
        self, requests: Sequence[tuple[bytes, Collection[str]]]
    ) -> list[bytes | None]:
        """What identifies each request's content, for who has the keys of all persons in it.

        With one of them erased it cannot be computed again (None), so nobody can guess at it.
        """
        persons = {one for _, some in requests for one in some}
        keys = await self.keys.of(persons) if persons else {}
        secret = self.keys.secret("requests")
        return [
            _mac(_mac(secret, _joined(keys, some)), said) if keys.keys() >= set(some) else None
            for said, some in requests
        ]

    def token(self, text: str) -> str:
        """Stands for a text that must be known again but not be guessed at, in hex."""
        return _mac(self.keys.secret("requests"), b"token\x00" + text.encode()).hex()

    def hidden(self, text: str) -> str:
        """A text for a client to carry without reading it."""
        box = locked(AESGCM(self.keys.secret("cursors")), text.encode(), b"cursor")
        return urlsafe_b64encode(box).decode()

    def unhidden(self, text: str) -> str | None:
        """What was hidden in a text; None where it was not made here."""
        try:
            box = urlsafe_b64decode(text.encode())
            return unlocked(AESGCM(self.keys.secret("cursors")), box, b"cursor").decode()
        except (ValueError, Unreadable):
            return None


def closed_events(events: Sequence[Recorded]) -> list[Any]:
    """The events without what they say of persons."""
    kinds = catalogue.events()
    return [_closed(read_data(kinds[one.type], one.data), kinds[one.type]) for one in events]


def _closed(event: Event, kind: type[Event]) -> Event:
    held = (name for name in personal_fields(kind) if isinstance(getattr(event, name), str))
    return replace(event, **dict.fromkeys(held))


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


def _joined(keys: Mapping[str, PersonKey], persons: Collection[str]) -> bytes:
    return b"".join(_mac(keys[one].material, b"request") for one in sorted(set(persons)))


def _sealed(one: Pending, keys: Mapping[str, PersonKey]) -> Pending:
    changed: dict[str, Any] = {}
    for field in personal_fields(type(one.event)):
        value = getattr(one.event, field)
        if value is not None and value is not UNSET:
            if one.stream not in keys:
                raise PersonErased(collides=Collision("persons", one.stream))
            place = Place(one.stream, one.version, field)
            changed[field] = seal(keys[one.stream].cipher, place, plain(value))
    return one._replace(event=replace(one.event, **changed)) if changed else one


def _opened(one: Recorded, kind: type[Event], key: PersonKey | None, shown: bool) -> Event:
    event: Event = read_data(kind, one.data)
    changed = {}
    for field, type_ in personal_fields(kind).items():
        value = getattr(event, field)
        if isinstance(value, str):
            text = _text(value, Place(one.stream, one.version, field), key)
            gone = erased(type_) if shown else None
            changed[field] = gone if text is None else typed(kind, field, text)
    return replace(event, **changed) if changed else event


def _text(value: str, place: Place, key: PersonKey | None) -> str | None:
    """The text in a field; one that was recorded before fields were sealed stands there openly."""
    sealed = read(value)
    if sealed is None:
        return value
    if key is None:
        return None
    try:
        return opened(key.cipher, sealed, place)
    except Unreadable:
        log.error("privacy.unreadable", person=place.stream, field=place.field)
        return None
