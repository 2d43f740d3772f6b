"""How does the eventsourcing library see our log? As an `ApplicationRecorder`.

The library's positions have gaps after every refused save, and it commits once per append. Ours
are given out inside the group commit (see `group_commit`): gapless, in commit order. What the
library reads and how it subscribes stays the library's.
"""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    Notification,
    OperationalError,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from ledger.event_store.append import VersionConflict
from ledger.event_store.connections import writer
from ledger.event_store.group_commit import GroupWriter, Stamp

T = TypeVar("T")
CHANNEL = "ledger_log"


def plain_stamp(state: bytes, position: int, recorded_at: str) -> bytes:
    """Stores the state as it is: for callers that do not write leaves."""
    return state


def datastore(url: str, *, pool_size: int = 4) -> PostgresDatastore:
    """The library's own pool on our database."""
    parts = conninfo_to_dict(url)
    return PostgresDatastore(
        dbname=str(parts.get("dbname", "")),
        host=str(parts.get("host", "")),
        port=str(parts.get("port", "5432")),
        user=str(parts.get("user", "")),
        password=str(parts.get("password", "")),
        pool_size=pool_size,
        schema="log",
    )


class WriterLoop:
    """An event loop in a thread of its own, for callers that are not asynchronous."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="group-commit", daemon=True
        )
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the coroutine, which runs in the loop's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """Stops the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class LogRecorder(PostgresApplicationRecorder):
    """The library's recorder interface over `log.events`, with group commit."""

    def __init__(self, url: str, *, stamp: Stamp = plain_stamp) -> None:
        super().__init__(datastore(url), events_table_name="events")
        self.channel_name = CHANNEL
        self._loop = WriterLoop()

        async def make() -> GroupWriter:
            return GroupWriter(lambda: writer(url), stamp)

        self._writer = self._loop.run(make())

    def create_table(self) -> None:
        """The log's tables are made by the migrations."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Appends all or none; the positions given out, in order."""
        if not stored_events:
            return []
        try:
            stored = self._loop.run(self._writer.append(stored_events))
        except (VersionConflict, psycopg.IntegrityError) as error:
            raise IntegrityError(str(error)) from error
        except psycopg.OperationalError as error:
            raise OperationalError(str(error)) from error
        except psycopg.DataError as error:
            raise DataError(str(error)) from error
        except psycopg.Error as error:
            raise PersistenceError(str(error)) from error
        return list(range(stored.first, stored.last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one stream."""
        rows = self._rows(
            "WHERE stream = %(stream)s"
            " AND (%(gt)s::bigint IS NULL OR version > %(gt)s)"
            " AND (%(lte)s::bigint IS NULL OR version <= %(lte)s)"
            f" ORDER BY version {'DESC' if desc else 'ASC'} LIMIT %(limit)s",
            {"stream": originator_id, "gt": gt, "lte": lte, "limit": limit},
        )
        return [_event(row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The events from `start` on, in the order of their positions."""
        rows = self._rows(
            "WHERE position >= %(start)s"
            " AND (%(stop)s::bigint IS NULL OR position <= %(stop)s)"
            " AND (%(topics)s::text[] IS NULL OR type = ANY(%(topics)s))"
            " ORDER BY position LIMIT %(limit)s",
            {
                "start": (start or 0) + (not inclusive_of_start and start is not None),
                "stop": stop,
                "topics": list(topics) or None,
                "limit": limit,
            },
        )
        return [_notification(row) for row in rows]

    def max_notification_id(self) -> int | None:
        """The last position, or None where the log is empty."""
        with self.datastore.get_connection() as connection:
            row = connection.execute("SELECT position FROM log.head").fetchone()
        assert row is not None
        return row["position"] or None

    def _rows(self, rest: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        statement = f"SELECT position, stream, version, type, leaf FROM log.events {rest}"
        with self.datastore.get_connection() as connection:
            return connection.execute(statement.encode(), params, prepare=True).fetchall()

    def close(self) -> None:
        """Writes what waits, then lets go of thread and pool."""
        self._loop.run(self._writer.close())
        self._loop.close()
        self.datastore.close()


def _event(row: dict[str, Any]) -> StoredEvent:
    return StoredEvent(row["stream"], row["version"], row["type"], bytes(row["leaf"]))


def _notification(row: dict[str, Any]) -> Notification:
    return Notification(
        originator_id=row["stream"],
        originator_version=row["version"],
        topic=row["type"],
        state=bytes(row["leaf"]),
        id=row["position"],
    )
