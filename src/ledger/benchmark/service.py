"""How many commands and queries a second over HTTP? Beside an empty handler on the same server."""

# ruff: noqa: S311 - which object is asked for needs no secret randomness

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec

from ledger.access import connected
from ledger.benchmark.databases import fresh_database
from ledger.benchmark.figures import Figure, figure
from ledger.benchmark.requests import request, time_requests
from ledger.kernel.fields import AccessRole

START_SECONDS = 60
BASELINE = "an empty Litestar handler"


def measure_service(server: str, seconds: float) -> Iterator[Figure]:
    """The service as it is started for people, and its baseline."""
    port = _free_port()
    granian = ["-m", "granian", "--interface", "asgi", "--no-ws", "--log-level", "error"]
    with _serving([*granian, "--port", str(port), "ledger.benchmark.empty:app"], port, {}):
        empty = BASELINE, time_requests(port, lambda: request("GET", "/"), seconds)
    with fresh_database(server) as url:
        token = asyncio.run(new_token(url))
        with served(url) as port:
            ids, number = list[str](), iter(range(10**9))

            def command() -> bytes:
                name = f"Gminny Ośrodek Pomocy Społecznej nr {next(number)}"
                body = {"name": name, "sector": "social_assistance", "level": "commune"}
                return request("POST", "/api/institutions", msgspec.json.encode(body), token)

            def keep(answer: bytes) -> None:
                ids.append(msgspec.json.decode(answer)["id"])

            def query() -> bytes:
                return request("GET", f"/api/institutions/{random.choice(ids)}", token=token)

            commands = time_requests(port, command, seconds, keep)
            yield figure("commands over HTTP (POST /api/institutions)", commands, baseline=empty)
            wait_for(port, f"/api/institutions/{ids[-1]}", token)
            queries = time_requests(port, query, seconds)
            yield figure("queries over HTTP (GET /api/institutions/{id})", queries, baseline=empty)


@contextmanager
def served(url: str) -> Iterator[int]:
    """The port of the service on that database, while the context lasts."""
    port = _free_port()
    command = ["-m", "ledger.cli", "serve", "--port", str(port)]
    with _serving(command, port, {"LEDGER_DATABASE_URL": url}):
        yield port


async def new_token(url: str, role: AccessRole = "admin") -> str:
    """A credential for all projects; the first role may do everything."""
    async with connected(url) as tokens:
        return await tokens.create("benchmark", role)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(command: list[str], port: int, environment: Mapping[str, str]) -> Iterator[None]:
    """A server in a process of its own, from when it listens."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *command],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {' '.join(command)}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(port: int, path: str, token: str) -> None:
    """Until the read models know what was commanded last: one request that is not answered yet
    would be an error, and the worker that catches up would be measured with the queries."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and not _is_known(port, path, token):
        time.sleep(0.1)


def _is_known(port: int, path: str, token: str) -> bool:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request("GET", path, token=token))
        return connection.recv(65_536).split(b" ", 2)[1] == b"200"
