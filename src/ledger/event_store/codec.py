"""How is an event written down? As one canonical JSON line, its leaf.

The keys stand in a fixed order without spaces, UTF-8, so the bytes can be hashed and proved.
Position and time are only known inside the log's lock; until then an event travels as two
fragments around the place where they go.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from eventsourcing.persistence import StoredEvent
from msgspec import Struct

from ledger.event_store.trusting import reader
from ledger.kernel.messages import Event
from ledger.kernel.personal import personal_fields

LEAF_LIMIT_BYTES = 65_535
# What the stamp adds at most: a position of 19 digits, a time, and their keys.
STAMP_LIMIT_BYTES = 90
SEPARATOR = b"\x00"

_encode = msgspec.json.Encoder().encode


class Provenance(Struct, frozen=True, kw_only=True):
    """Who recorded it, why, on what evidence, in which request, and from when it is true."""

    effective_on: date
    recorded_by: str
    reason: str | None = None
    evidence: tuple[str, ...] = ()
    request_id: str


@dataclass(frozen=True)
class LeafEvent(StoredEvent):
    """A stored event on its way in, with what the log's columns repeat of its leaf."""

    effective_on: date | None = None
    recorded_by: str | None = None


class Recorded(Struct, frozen=True, kw_only=True):
    """A stored event as its leaf says it; `data` is left undecoded."""

    position: int
    stream: str
    version: int
    type: str
    effective_on: date
    recorded_at: str
    recorded_by: str
    reason: str | None
    evidence: tuple[str, ...]
    request_id: str
    data: msgspec.Raw


decode = msgspec.json.Decoder(Recorded).decode


def fragments(stream: str, version: int, event: Event, provenance: Provenance) -> bytes:
    """The leaf without position and time: what stands before the time and what stands after."""
    head = _encode(
        {
            "stream": stream,
            "version": version,
            "type": event.event_name,
            "effective_on": provenance.effective_on,
        }
    )
    tail = _encode(
        {
            "recorded_by": provenance.recorded_by,
            "reason": provenance.reason,
            "evidence": provenance.evidence,
            "request_id": provenance.request_id,
            "data": event,
        }
    )
    return head[1:-1] + SEPARATOR + tail[1:]


def stamp(parts: bytes, position: int, recorded_at: str) -> bytes:
    """The leaf of an event that got its position and time."""
    head, tail = parts.split(SEPARATOR, 1)
    return b'{"position":%d,%b,"recorded_at":"%b",%b' % (
        position,
        head,
        recorded_at.encode(),
        tail,
    )


def written_time(moment: datetime) -> str:
    """RFC 3339 in UTC, always with microseconds: the same moment is always the same text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_hash(leaf: bytes) -> str:
    """RFC 9162 section 2.1.1: SHA-256(0x00 || leaf), in hex."""
    return hashlib.sha256(b"\x00" + leaf).hexdigest()


_readers: dict[type[Event], Any] = {}


def read_data(kind: type[Event], data: msgspec.Raw | bytes) -> Any:
    """The event in `data`, which was written as `kind`; what is sealed in it stays sealed."""
    read = _readers.get(kind)
    if read is None:
        read = _readers[kind] = _reader(kind)
    return read(data)


def _reader(kind: type[Event]) -> Callable[[msgspec.Raw | bytes], Any]:
    if not personal_fields(kind):
        return msgspec.json.Decoder(kind).decode
    stored = reader(kind)
    names = [one.name for one in msgspec.structs.fields(kind)]

    def read(data: msgspec.Raw | bytes) -> Any:
        found = stored(data)
        return kind(**{name: getattr(found, name) for name in names})

    return read
