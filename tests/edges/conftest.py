"""One ledger with two projects for all these tests: they add to it, and change nothing."""

from collections.abc import Iterator

import pytest
from litestar.testing import TestClient

from api.app import create_app
from tests.conftest import fresh_database
from tests.edges import worlds
from tests.edges.worlds import Two
from tests.journeys.conftest import Service


@pytest.fixture(scope="session")
def two(server_url: str) -> Iterator[Two]:
    """Two projects with one of everything each."""
    with fresh_database(server_url) as url, TestClient(create_app(url)) as http:
        yield worlds.two(Service(http))
