"""The service as it runs in production: `ledger serve`, a process that is spoken to by sockets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import pytest

from tests.edges.hostile.wire import Wire
from tests.edges.worlds import Two


class Served(NamedTuple):
    """Where the process listens, and what an admin shows there."""

    wire: Wire
    url: str
    token: str

    def client(self, token: str | None = None) -> httpx.Client:
        """Somebody with a token; the admin if none is said."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)


@pytest.fixture(scope="session")
def served(two: Two) -> Iterator[Served]:
    """The service beside the one of the two projects, on the same database."""
    database = str(two.service.http.app.state.parts.url)
    command = [sys.executable, "-m", "ledger.cli", "serve", "--port", "0", "--json", "--no-worker"]
    with subprocess.Popen(
        [*command, "--database", database],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"LEDGER_KEYS": str(two.service.http.app.state.log_keys)},
    ) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["address"]
        try:
            yield Served(Wire(url), url, two.service.token("admin"))
        finally:
            process.terminate()
            process.wait(30)
