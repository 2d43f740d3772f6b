"""A real server process that can be killed at any moment."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

import httpx

from ledger.access import connected
from ledger.cli.serving import free_port
from tests.conftest import keys_of

START_SECONDS = 30


class Server:
    """granian with one worker on a free port of this machine."""

    def __init__(self, database_url: str, log: Path | None = None) -> None:
        self._log = log or Path(os.devnull)
        self.port = free_port("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = os.environ | {
            "LEDGER_DATABASE_URL": database_url,
            "LEDGER_KEYS": str(keys_of(database_url)),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it is ready."""
        granian = Path(sys.executable).with_name("granian")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [granian, "--interface", "asgi", "--port", str(self.port), "--workers", "1",
                 "--log-level", "error", "--factory", "api.app:from_environment"],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )  # fmt: skip
        end = monotonic() + START_SECONDS
        with httpx.Client(base_url=self.url, timeout=5) as http:
            while not _ready(http):
                assert monotonic() < end, "the server does not start"
                sleep(0.02)

    def kill(self) -> None:
        """Ends it and all its children at once, without a word."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()


def _ready(http: httpx.Client) -> bool:
    try:
        return http.get("/health/ready").status_code == 200
    except httpx.TransportError:
        return False


async def token(database_url: str, role: str = "admin") -> str:
    """A credential for the server's database."""
    async with connected(database_url) as tokens:
        return await tokens.create("test", role)
