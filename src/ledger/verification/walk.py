"""Is every event as it was recorded? One walk along the log, from the first position to the last.

On the way the tree is built anew, and each event's hash is held against the one that was sealed.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
import psycopg

from ledger.integrity.tiles import Edge
from ledger.integrity.tree import HASH_BYTES, Frontier
from ledger.verification.report import Check, Kind
from ledger.verification.sealed import SealedTiles

PAGE = 4_096
SUSPECTS = 10_000  # events that are looked into; after so many the ledger is beyond repair
LONGEST_GAP = 100_000  # missing positions for which the tree is still aligned
ABSENT = bytes(HASH_BYTES)  # stands for the hash of an event that is not there
FIELDS = (
    "position", "stream", "version", "type", "effective_on", "recorded_at", "recorded_by",
    "reason", "evidence", "request_id", "data",
)  # fmt: skip
_SELECT = (
    b"SELECT position, stream::text, version, type, effective_on::text, recorded_at::text,"
    b" recorded_by, leaf FROM log.events ORDER BY position"
)

Row = tuple[int, str, int, str, str | None, str, str | None, bytes]
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class Walked(NamedTuple):
    """What the walk leaves: what differs, and the tree as the events say it."""

    events: Check
    sequence: Check
    versions: Check
    last: int
    roots: dict[int, bytes]
    root: bytes
    suspects: list[int]
    moved: dict[int, int]
    named: set[str]


@lru_cache(maxsize=4_096)
def recorded(at: str) -> str:
    """A time as PostgreSQL writes it in UTC, as leaves write it."""
    day, _, rest = at.removesuffix("+00").partition(" ")
    time, _, fraction = rest.partition(".")
    return f"{day}T{time}.{fraction:0<6}Z"


def walk(
    connection: psycopg.Connection,
    sizes: Sequence[int],
    sealed: SealedTiles,
    told: Callable[[int], None],
) -> Walked:
    """Goes along the log in the connection's transaction; `sizes`: where the root is wanted."""
    found = _Walk(sizes, sealed)
    with connection.cursor("log", binary=True) as cursor:
        cursor.execute(_SELECT)
        while page := cursor.fetchmany(PAGE):
            found.take(page)
            told(found.expected - 1)
    return found.finish(connection)


class _Walk:
    """How far it has come, and what it has seen."""

    def __init__(self, sizes: Sequence[int], sealed: SealedTiles) -> None:
        self.events = Check(name="events")
        self.sequence = Check(name="sequence")
        self.versions = Check(name="versions")
        self.expected = 1
        self._sealed = sealed
        self._latest = ""
        self._streams: dict[str, int] = {}
        self._moved: dict[int, int] = {}
        self._named: set[str] = set()
        self._suspects: list[int] = []
        self._frontier, self._edge, self._aligned = Frontier(), Edge(), True
        self._wanted: Iterator[int] = iter(sorted(set(sizes)))
        self._next = next(self._wanted, -1)
        self._roots: dict[int, bytes] = {}
        self._mark()

    def take(self, page: Sequence[Any]) -> None:
        """The next events."""
        hashes: list[bytes] = []
        for row in page:
            position, stream, version, kind, day, at, by, leaf = row
            if position != self.expected and not self._gap(position, hashes):
                continue
            self.expected = position + 1
            at = recorded(at)
            said = self._said(position, leaf)
            if said is not None:
                columns = [position, stream, version, kind, day, at, by]
                if [*said.values()][:7] != columns:
                    self._unlike(columns, said)
                if type(said["evidence"]) is list:
                    self._named.update(map(str, said["evidence"]))
            if at < self._latest:
                self.sequence.add(
                    Kind.OUT_OF_ORDER, f"It was recorded at {at}, before the one above.", position
                )
            self._latest = at
            before = self._streams.get(stream, 0)
            if version != before + 1:
                self.versions.add(
                    Kind.OUT_OF_ORDER,
                    f"Version {version} of stream {stream} follows version {before}.",
                    position,
                )
            self._streams[stream] = version
            hashes.append(hashed := sha256(b"\x00" + leaf).digest())
            if self._aligned:
                self._frontier.append(hashed)
                if position == self._next:
                    self._mark()
        self._compare(hashes)
        self.events.checked += len(page)

    def _said(self, position: int, leaf: bytes) -> dict[str, Any] | None:
        """What the leaf says; None where that cannot be read."""
        try:
            said = _decode(leaf)
            canonical = _encode(said) == leaf
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            self.events.add(Kind.CHANGED, f"Its bytes cannot be read: {error}.", position)
            return None
        if type(said) is not dict or tuple(said) != FIELDS:
            self.events.add(Kind.CHANGED, "Its bytes are not those of an event.", position)
            return None
        if not canonical:
            self.events.add(
                Kind.CHANGED, "Its bytes are not written as the ledger writes them.", position
            )
        return said

    def _unlike(self, columns: list[Any], said: dict[str, Any]) -> None:
        position = columns[0]
        for name, column in zip(FIELDS, columns, strict=False):
            if said[name] != column:
                if name == "position" and type(said[name]) is int:
                    if len(self._moved) < SUSPECTS:
                        self._moved[position] = said[name]
                    continue  # what happened here is told when all of the log was seen
                text = f"Its bytes say {said[name]!r} as {name}, the column {column!r}."
                self.events.add(Kind.CHANGED, text[:300], position)

    def _gap(self, position: int, hashes: list[bytes]) -> bool:
        """Positions are missing, or one is there twice; whether to go on with this event."""
        if position < self.expected:
            self.sequence.add(Kind.INSERTED, "The position is there twice.", position)
            return False
        missing = position - self.expected
        for at in range(self.expected, self.expected + min(missing, SUSPECTS)):
            self.sequence.add(Kind.REMOVED, "The event is missing.", at)
        if missing > LONGEST_GAP:
            self._aligned = False
            return True
        for at in range(self.expected, position):
            hashes.append(ABSENT)
            if self._aligned:
                self._frontier.append(ABSENT)
                if at == self._next:
                    self._mark()
        return True

    def _mark(self) -> None:
        if self._next == self._frontier.size:
            self._roots[self._next] = self._frontier.root()
            self._next = next(self._wanted, -1)

    def _compare(self, hashes: list[bytes]) -> None:
        if self._aligned:
            self._edge.append(b"".join(hashes))
            for at in self._sealed.unlike(self._edge.changed()):
                if len(self._suspects) < SUSPECTS:
                    self._suspects.append(at)

    def finish(self, connection: psycopg.Connection) -> Walked:
        """What was seen."""
        last = self.expected - 1
        self._check_head(connection, last)
        self.sequence.checked = last
        self.versions.checked = len(self._streams)
        return Walked(
            self.events, self.sequence, self.versions, last, self._roots, self._frontier.root(),
            sorted(set(self._suspects)), self._moved, self._named,
        )  # fmt: skip

    def _check_head(self, connection: psycopg.Connection, last: int) -> None:
        """The log's head gives out positions, so it knows of every event that ever was."""
        rows = connection.execute("SELECT position, recorded_at::text FROM log.head").fetchall()
        if len(rows) != 1:
            self.sequence.add(Kind.CHANGED, f"The log has {len(rows)} heads.")
            return
        [(head, at)] = rows
        if head > last:
            text = f"The log's head is at {head}, its last event at {last}."
            self.sequence.add(Kind.CUT, text, last + 1)
        elif head < last:
            text = f"The log's head is at {head}: it never gave out the positions after it."
            self.sequence.add(Kind.INSERTED, text, head + 1)
        elif last and recorded(at) != self._latest:
            text = f"The log's head says {recorded(at)}, its last event {self._latest}."
            self.sequence.add(Kind.CHANGED, text, last)
