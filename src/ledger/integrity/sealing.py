"""Who keeps the tree over the log? One loop that follows the log and signs what it has come to.

Only one loop signs at a time: it holds a lock in the database and one on the folder of keys. Before
a checkpoint is signed it is written beside the key; tiles and the signed note then go into the
database together. Whatever is killed when, the next loop finds how far the signing may have come,
and goes on from there only if the log still has that root.
"""

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psycopg
import structlog

from ledger.event_store.connections import sealer, wait_for_notice
from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.key_files import KeysRefused, SealingRefused
from ledger.integrity.keys import ForkRefused, KeyFolder, LogKeys
from ledger.integrity.note import NoteRefused, parse, sign
from ledger.integrity.tiles import Edge, Tile, hash_of_range, needed
from ledger.integrity.tree import leaf_hashes

PAGE = 16_384  # leaves under one signature, at most
IDLE_SECONDS = 0.2  # looks again even if a notification was lost
PACE_SECONDS = 0.25  # between two signatures while little comes in: each costs two writes to disk
TURN_SECONDS = 0.5  # how often is asked whether another sealer has gone
LOCK = 0x7365616C  # "seal": one sealer of a database
# Read row by row without a detour: half of the time goes into this.
_NEXT = "SELECT position, leaf FROM log.events WHERE position > %s ORDER BY position LIMIT %s"

log = structlog.get_logger(__name__)


class GapFound(SealingRefused):
    """Events are missing from the log."""


class Sealer:
    """Grows the tree over the log and signs it, until it is stopped."""

    def __init__(self, url: str, keys: Path, *, origin: str | None = None) -> None:
        self._url = url
        self._folder = KeyFolder(keys)
        self._origin = origin
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.refused: str | None = None  # why it has stopped by itself

    def start(self) -> None:
        """Runs the loop in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="sealing", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the loop after the signature at hand."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def catch_up(self) -> int:
        """Seals everything that is in the log now, or waits while another does; the size reached.

        Raises `SealingRefused`.
        """
        with sealer(self._url) as connection:
            head = _number(connection, "SELECT position FROM log.head")
            while True:
                with self._turn(connection) as ours:
                    if ours:
                        tree = SealedTree(connection, self._folder, self._origin)
                        while tree.grow():
                            pass
                        return tree.size
                size = _number(connection, "SELECT coalesce(max(size), -1) FROM tree.checkpoints")
                if size >= head:
                    return size
                sleep(TURN_SECONDS / 10)

    def run(self) -> None:
        """The loop; it connects again whenever the database was away."""
        while not self._stopping.is_set():
            try:
                with sealer(self._url) as connection:
                    connection.execute("LISTEN ledger_log")
                    self._wait_for_turn(connection)
            except SealingRefused as refused:
                # Not to be mended by trying again: somebody has to look.
                self.refused = str(refused)
                log.critical("tree.refused", kind=type(refused).__name__, why=self.refused)
                return
            except (psycopg.Error, OSError) as error:
                log.warning("tree.interrupted", error=type(error).__name__)
                self._stopping.wait(TURN_SECONDS)
            except Exception:
                log.exception("tree.failed")
                self._stopping.wait(5.0)

    def _wait_for_turn(self, connection: psycopg.Connection) -> None:
        while not self._stopping.is_set():
            with self._turn(connection) as ours:
                if ours:
                    self._follow(connection, SealedTree(connection, self._folder, self._origin))
            self._stopping.wait(TURN_SECONDS)

    @contextmanager
    def _turn(self, connection: psycopg.Connection) -> Iterator[bool]:
        """Whether no other process seals this database, or signs with these keys, meanwhile."""
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
        if not row or not row[0]:
            yield False
            return
        try:
            self._folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._folder.held() as held:
                yield held
        finally:
            if not connection.broken:
                connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))

    def _follow(self, connection: psycopg.Connection, tree: "SealedTree") -> None:
        while not self._stopping.is_set():
            began, before = monotonic(), tree.size
            while tree.grow() and not self._stopping.is_set():
                pass
            if tree.size > before:
                self._stopping.wait(max(PACE_SECONDS - (monotonic() - began), 0))
                for _ in connection.notifies(timeout=0):
                    pass  # what was recorded meanwhile is sealed together
            else:
                wait_for_notice(connection, IDLE_SECONDS, self._stopping)


class SealedTree:
    """The tree as far as it is signed, in the hands of the one who may sign it."""

    def __init__(
        self, connection: psycopg.Connection, folder: KeyFolder, origin: str | None = None
    ) -> None:
        """Takes it up where it was left. Raises `SealingRefused`."""
        self._connection = connection
        self._folder = folder
        self._origin = origin
        self._take_up()

    @property
    def size(self) -> int:
        """How many events the tree covers."""
        return self._edge.size

    def _take_up(self) -> None:
        if self._folder.continued.plan.exists():
            raise KeysRefused("the log is being continued: finish it with `ledger log continue`")
        stored = self._stored()
        keys = self._keys(stored)
        size = stored.size if stored is not None else 0
        self._edge = Edge(size, self._tiles(needed([(0, size)])))
        if stored is not None and self._edge.root() != stored.root:
            raise ForkRefused(f"the tiles do not have the root that was signed for size {size}")
        self._stored_size = stored.size if stored is not None else None
        self._last = self._folder.last()
        if self._last is not None:
            self._check(self._last, keys.origin)

    def _stored(self) -> Checkpoint | None:
        """The last checkpoint in the database, which one of our keys has signed."""
        row = self._connection.execute(
            "SELECT size, root, note FROM tree.checkpoints ORDER BY size DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        try:
            note = parse(bytes(row[2]))
            note.signed_by(self._folder.verifiers())
            found = read_checkpoint(note.text)
        except NoteRefused as error:
            raise KeysRefused(
                f"the last checkpoint, of size {row[0]}, was not signed with a key of"
                f" {self._folder.path}: {error}"
            ) from None
        if (found.size, found.root) != (row[0], bytes(row[1])):
            raise ForkRefused(f"the checkpoint of size {row[0]} is not the one that was signed")
        return found

    def _keys(self, stored: Checkpoint | None) -> LogKeys:
        """The first key is made for a log that nobody has signed yet."""
        if stored is None:
            return self._folder.open(self._origin)
        keys = self._folder.keys(self._origin)
        if keys.origin != stored.origin and not self._folder.goes_on_from(stored):
            raise KeysRefused(f"the log is called {stored.origin}, the key's is {keys.origin}")
        return keys

    def _check(self, last: Checkpoint, origin: str) -> None:
        """What the folder says was signed last must be where this tree comes by."""
        if last.origin != origin:
            raise KeysRefused(f"the log {last.origin} was signed last, not {origin}")
        if last.size <= self._edge.size:
            tiles = self._tiles(needed([(0, last.size)]))
            if hash_of_range(tiles, 0, last.size) != last.root:
                raise ForkRefused(f"another root was signed for size {last.size}")

    def _tiles(self, wanted: Collection[Tile]) -> Mapping[Tile, bytes]:
        found = self._connection.execute(
            "SELECT level, n, hashes FROM tree.tiles"
            " JOIN unnest(%s::int2[], %s::int8[]) AS wanted (level, n) USING (level, n)",
            ([one.level for one in wanted], [one.n for one in wanted]),
        )
        tiles = {Tile(level, n): bytes(hashes) for level, n, hashes in found}
        if missing := set(wanted) - tiles.keys():
            raise ForkRefused(f"a tile of the tree is missing: {min(missing)}")
        return tiles

    def grow(self) -> bool:
        """Signs what is new in the log, one page at most; whether more may follow.

        Raises `SealingRefused`; after any error the tree has to be taken up anew.
        """
        if self._folder.last() != self._last:  # the folder was touched: believe nothing
            self._take_up()
        if self._last is not None and self._last.size > self._edge.size:
            self._come_to(self._last)
            taken = PAGE
        else:
            taken = self._take(PAGE)
            if not taken and self._stored_size is not None:
                return False
        self._seal()
        return taken == PAGE

    def _come_to(self, last: Checkpoint) -> None:
        """That far the tree was signed, or nearly, when a process ended: no other root may be."""
        while self._edge.size < last.size:
            if not self._take(min(PAGE, last.size - self._edge.size)):
                raise ForkRefused(
                    f"size {last.size} was signed, but the log has only {self._edge.size} events"
                )
        if self._edge.root() != last.root:
            raise ForkRefused(f"another root was signed for size {last.size}")

    def _take(self, limit: int) -> int:
        """Adds the next leaves, at most so many; how many there were."""
        found = self._connection.cursor(binary=True).execute(
            _NEXT, (self.size, limit), prepare=True
        )
        rows = found.fetchall()
        if rows and rows[-1][0] != self.size + len(rows):
            at = next(n for n, (position, _) in enumerate(rows, self.size + 1) if position != n)
            raise GapFound(f"the event at position {at} is missing")
        self._edge.append(leaf_hashes(leaf for _, leaf in rows))
        return len(rows)

    def _seal(self) -> None:
        """Keeps the tiles and signs their root, both or neither."""
        keys = self._folder.keys(self._origin)
        checkpoint = Checkpoint(keys.origin, self._edge.size, self._edge.root())
        changed = self._edge.changed()
        with self._connection.transaction():
            self._connection.execute(
                "INSERT INTO tree.tiles (level, n, hashes)"
                " SELECT * FROM unnest(%s::int2[], %s::int8[], %b::bytea[])"
                " ON CONFLICT (level, n) DO UPDATE SET hashes = EXCLUDED.hashes",
                (
                    [tile.level for tile in changed],
                    [tile.n for tile in changed],
                    list(changed.values()),
                ),
            )
            self._folder.remember(checkpoint)
            self._store(checkpoint, sign(checkpoint.text(), keys.signers).write())
        self._last, self._stored_size = checkpoint, checkpoint.size

    def _store(self, checkpoint: Checkpoint, note: bytes) -> None:
        self._connection.execute(
            "INSERT INTO tree.checkpoints (size, root, note) VALUES (%s, %s, %s)",
            (checkpoint.size, checkpoint.root, note),
        )


def _number(connection: psycopg.Connection, statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])
