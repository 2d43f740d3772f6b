"""Does the embedded PostgreSQL start, serve several processes, stop with the last and recover?"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.database.binaries import STATE
from ledger.database.embedded import EmbeddedPostgres, EmbeddedPostgresFailed, _is_alive
from tests.conftest import roomy_directory

LIMIT_S = 20.0
USER = """
import pathlib, sys
from ledger.database.embedded import EmbeddedPostgres
with EmbeddedPostgres(pathlib.Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
CLIENT = (
    "import psycopg, sys; print(psycopg.connect(sys.argv[1]).execute('SELECT 6 * 7').fetchone())"
)

Spawn = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def made_directory() -> Iterator[Path]:
    """One cluster for most tests: to make one takes longer than everything else here."""
    with roomy_directory() as place:
        with EmbeddedPostgres(place):
            pass
        yield place


@pytest.fixture
def directory(made_directory: Path) -> Iterator[Path]:
    yield made_directory
    wait_until(lambda: not is_running(made_directory))


@pytest.fixture
def new_directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    remove_clusters(tmp_path / "data")


@pytest.fixture
def server(directory: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(directory) as started:
        yield started


@pytest.fixture
def spawn_user(directory: Path) -> Iterator[Spawn]:
    """Starts processes that use the directory until they are told, or made, to end."""
    processes: list[subprocess.Popen[str]] = []

    def spawn() -> "subprocess.Popen[str]":
        processes.append(
            subprocess.Popen(
                [sys.executable, "-c", USER, directory],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return processes[-1]

    yield spawn
    for process in processes:
        process.kill()
        process.communicate()


def test_a_server_answers_a_query_from_another_process_by_its_url(server: EmbeddedPostgres) -> None:
    client = [sys.executable, "-W", "ignore", "-c", CLIENT, server.url]
    assert subprocess.run(client, capture_output=True, text=True, check=True).stdout == "(42,)\n"


def test_the_database_is_utf8_with_checksums_and_durable(server: EmbeddedPostgres) -> None:
    names = ["server_encoding", "data_checksums", "fsync", "synchronous_commit", "TimeZone"]
    with psycopg.connect(server.url) as connection:
        settings = [connection.execute(f"SHOW {name}".encode()).fetchone() for name in names]
    assert settings == [("UTF8",), ("on",), ("on",), ("on",), ("UTC",)]


def test_a_wrong_password_is_refused_on_the_socket(server: EmbeddedPostgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url, password="wrong")


def test_there_is_no_tcp_listener(server: EmbeddedPostgres, directory: Path) -> None:
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    if not Path("/proc/net").is_dir():
        return  # what the server says of itself is all that can be asked here
    descriptors = Path(f"/proc/{postmaster(directory)}/fd").iterdir()
    sockets = {str(found.readlink()).strip("socket:[]") for found in descriptors}
    tables = [table.read_text() for table in Path("/proc/net").glob("tcp*")]
    assert sockets.isdisjoint(line.split()[9] for table in tables for line in table.splitlines())


def test_only_its_owner_can_reach_what_it_keeps(server: EmbeddedPostgres, directory: Path) -> None:
    sockets = Path(str(psycopg.conninfo.conninfo_to_dict(server.url)["host"]))
    assert directory.stat().st_mode & 0o067 == 0  # as root, the server's group may pass
    for private in (sockets, directory / "postgresql"):
        assert private.stat().st_mode & 0o777 == 0o700
    for name in ("password", "log", "lease", "start", "keeper"):
        assert (directory / f"postgresql.{name}").stat().st_mode & 0o777 == 0o600


def test_two_users_share_a_server_and_either_may_leave_first(
    directory: Path, spawn_user: Spawn
) -> None:
    first = spawn_user()
    url = url_of(first)
    second = EmbeddedPostgres(directory)
    assert second.start() == url
    before = postmaster(directory)
    first.communicate("")
    with EmbeddedPostgres(directory) as third:
        assert third.url == url
        assert postmaster(directory) == before
        second.stop()
        write(url, 1)
    assert not is_running(directory)


def test_after_a_kill_of_its_only_user_the_server_stops_and_the_next_has_the_rows(
    directory: Path, spawn_user: Spawn
) -> None:
    user = spawn_user()
    write(url_of(user), 7)
    user.kill()
    wait_until(lambda: not is_running(directory))
    with EmbeddedPostgres(directory) as server:
        assert rows(server.url) == [(7,)]


@pytest.mark.parametrize("victim", ["postmaster", "keeper"])
def test_after_a_kill_of_the_server_or_its_keeper_the_next_start_has_the_rows(
    directory: Path, victim: str
) -> None:
    server = EmbeddedPostgres(directory)
    write(server.start(), 7)
    pid = postmaster(directory)
    killed = pid if victim == "postmaster" else parent(pid)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not _is_alive(killed))  # it dies a little later
    with EmbeddedPostgres(directory) as next_user:
        assert rows(next_user.url) == [(7,)]
        assert postmaster(directory) != pid
    server.stop()


def test_a_lock_file_with_the_number_of_another_process_is_no_obstacle(directory: Path) -> None:
    # As after a restart of a container, where the same numbers are given out again.
    with EmbeddedPostgres(directory) as server:
        write(server.url, 7)
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (directory / "postgresql" / "postmaster.pid").write_text(f"{bystander.pid}\n")
    with EmbeddedPostgres(directory) as server:
        assert rows(server.url) == [(7,)]
    assert bystander.poll() is None
    bystander.communicate(b"\n")


def test_an_interrupted_initdb_is_begun_again(new_directory: Path) -> None:
    with EmbeddedPostgres(new_directory):
        pass
    cluster = (new_directory / "postgresql").resolve()
    remains = cluster.with_name(f"{cluster.name}.making-half")
    remains.mkdir()
    (cluster / "base").rename(remains / "base")
    shutil.rmtree(cluster)
    (new_directory / "postgresql").unlink(missing_ok=True)
    with EmbeddedPostgres(new_directory) as server:
        write(server.url, 1)
    assert not remains.exists()


def test_a_data_directory_made_anew_begins_empty(new_directory: Path) -> None:
    with EmbeddedPostgres(new_directory) as server:
        write(server.url, 7)
    shutil.rmtree(new_directory)
    with EmbeddedPostgres(new_directory) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)


def test_what_the_server_says_is_told_when_it_cannot_start(directory: Path) -> None:
    settings = directory / "postgresql" / "postgresql.conf"
    before = settings.read_text()
    settings.write_text(before + "no_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresFailed, match="no_such_setting"):
        EmbeddedPostgres(directory).start()
    settings.write_text(before)


def test_a_server_not_started_has_no_url(directory: Path) -> None:
    with pytest.raises(EmbeddedPostgresFailed, match="not been started"):
        _ = EmbeddedPostgres(directory).url


def url_of(user: "subprocess.Popen[str]") -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def write(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept (number integer)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def rows(url: str) -> list[tuple[int]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT number FROM kept").fetchall()


def postmaster(directory: Path) -> int:
    return int((directory / "postgresql" / "postmaster.pid").read_text().split()[0])


def parent(pid: int) -> int:
    """The process that started it; slim Linux images have no ps, other systems no /proc."""
    if Path("/proc/self/stat").exists():
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    asked = ["ps", "-o", "ppid=", "-p", str(pid)]
    return int(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)


def is_running(directory: Path) -> bool:
    return (directory / "postgresql" / "postmaster.pid").exists()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def remove_clusters(directory: Path) -> None:
    """As root the cluster may lie outside of pytest's directory, which pytest does not clean."""
    link = directory / "postgresql"
    if link.is_symlink():
        cluster = link.readlink()
        assert cluster.parent == STATE / "clusters"
        for left in cluster.parent.glob(f"{cluster.name}*"):
            shutil.rmtree(left)
