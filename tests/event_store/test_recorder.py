"""Does the eventsourcing library accept our log? Its own tests of an application recorder."""

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from eventsourcing.tests import persistence

from ledger.event_store.recorder import LogRecorder

# The library's own threads and pools are not ours to tidy up.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


class TestLogRecorder(
    persistence.ApplicationRecorderTestCase[LogRecorder],
):
    """The library's suite on a fresh database for each of its tests."""

    INITIAL_VERSION = 1
    url: ClassVar[str]
    made: ClassVar[list[LogRecorder]] = []

    @pytest.fixture(autouse=True)
    def _on_database(self, database_url: str) -> Iterator[None]:
        type(self).url = database_url
        yield
        for recorder in self.made:
            recorder.close()
        self.made.clear()

    def create_recorder(self) -> LogRecorder:
        """Another recorder on the same database, as another process would have."""
        recorder = LogRecorder(self.url)
        self.made.append(recorder)
        return recorder

    def new_originator_id(self) -> UUID:
        """Our streams have UUIDs."""
        return uuid4()

    def test_concurrent_throughput(self) -> None:
        """See the library's test: many threads insert at once, and no position is left out."""
        super().test_concurrent_throughput()

    def test_insert_subscribe(self) -> None:
        """See the library's optional test: a subscription sees what is inserted later."""
        optional: Any = self
        optional.optional_test_insert_subscribe()
