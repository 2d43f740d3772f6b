"""How are the parts put together? The one place that knows them all."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path

from ledger.access import Access
from ledger.application import Ledger
from ledger.database.embedded import EmbeddedPostgres
from ledger.database.migrate import migrate
from ledger.documents import Documents
from ledger.event_store.log import EventLog
from ledger.findings import introduce
from ledger.integrity.published import PublishedTree
from ledger.kernel.ages import AgeOnEntry
from ledger.privacy.disclosure import Disclosure
from ledger.privacy.journal import Journal
from ledger.privacy.vault import Vault
from ledger.projections.engine.reading import Moment, Reading
from ledger.queries.ages import ages_on_entry
from ledger.queries.asking import Asker, Question
from ledger.queries.belonging import projects_of
from ledger.queries.due_erasures import due_erasures
from ledger.settings import Settings, settings


@contextmanager
def database(place: Settings, on_wait: Callable[[str], None] | None = None) -> Iterator[str]:
    """The URL of a database that is ready and up to date, while the context lasts."""
    if place.database is not None:
        migrate(place.database)
        yield place.database
        return
    server = EmbeddedPostgres(place.data)
    try:
        url = server.start(on_wait)
        migrate(url)
        yield url
    finally:
        server.stop()


class Parts:
    """A running ledger: what the doors (HTTP, command line) work with."""

    def __init__(self, url: str, documents: str | None = None, keys: Path | None = None) -> None:
        self.url = url
        self.log = EventLog(url)
        self.reading = Reading(url)
        self.access = Access(url, keys or settings().keys)
        self.tokens = self.access.tokens
        self.documents = Documents(url, documents or settings().documents)
        self.tree = PublishedTree(url, keys or settings().keys)
        self.vault = Vault(url, keys or settings().keys)
        self.journal = Journal(url)
        self.disclosure = Disclosure(self.vault, self.journal)
        lookups = StreamLookups(self.log, self.reading, self.disclosure)
        self.ledger = Ledger(self.log, lookups, self.vault)


@asynccontextmanager
async def parts(
    url: str, documents: str | None = None, keys: Path | None = None
) -> AsyncIterator[Parts]:
    """The parts, connected while the context lasts.

    `documents`: where evidence is kept; `keys`: the folder of the log's keys.
    """
    await introduce(url)
    made = Parts(url, documents, keys)
    async with AsyncExitStack() as opened:
        for part in (
            made.vault, made.journal, made.log, made.reading, made.access, made.documents,
            made.tree,
        ):  # fmt: skip
            await part.open()
            opened.push_async_callback(part.close)
        yield made


@asynccontextmanager
async def reader(url: str) -> AsyncIterator[Reading]:
    """The read side alone, connected while the context lasts."""
    reading = Reading(url)
    try:
        await reading.open()
        yield reading
    finally:
        await reading.close()


class StreamLookups:
    """Finds the objects of a project in the read models, once these have caught up."""

    def __init__(self, log: EventLog, reading: Reading, disclosure: Disclosure) -> None:
        self._log = log
        self._reading = reading
        self._disclosure = disclosure

    async def streams_of(self, collection: str, project: str | None) -> Sequence[str]:
        """See `ledger.application.Lookups`."""
        await self._reading.wait_for(await self._log.head())
        rows = await self._reading.rows(
            "SELECT stream::text FROM read.streams WHERE known_to = 9223372036854775807"
            " AND collection = %(collection)s"
            " AND (%(project)s::uuid IS NULL OR project = %(project)s)",
            {"collection": collection, "project": project},
        )
        return [row[0] for row in rows]

    async def ages_on_entry(self, persons: Sequence[str]) -> Mapping[str, Sequence[AgeOnEntry]]:
        """See `ledger.application.Lookups`."""
        await self._reading.wait_for(await self._log.head())
        return await ages_on_entry(self._reading, self._disclosure, persons)

    async def due_for_erasure(self, persons: Sequence[str], on: date) -> frozenset[str]:
        """See `ledger.application.Lookups`."""
        moment = Moment(on, await self._reading.wait_for(await self._log.head()))
        question = Question(self._reading, moment, Asker(), disclosure=self._disclosure)
        return frozenset(one.id for one in (await due_erasures(question, persons)).rows)

    async def projects_of(self, persons: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """See `ledger.application.Lookups`."""
        await self._reading.wait_for(await self._log.head())
        return await projects_of(self._reading, persons)
