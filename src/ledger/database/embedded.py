"""How is the PostgreSQL inside a data directory started, shared and stopped?

Every user of the directory holds a lease: a shared lock on a file, which the kernel gives up for
a user that is killed. The first one starts a keeper (keeper.py), which runs the server until there
is no lease left. All that lies in the directory:

    postgresql            the cluster, or, as root, perhaps a link to it (see binaries.py)
    postgresql.password   the owner's password
    postgresql.log        what the server and its keeper say
    postgresql.lease      locked by every user (shared), and by a keeper that stops (exclusive)
    postgresql.start      locked by whoever starts a server
    postgresql.keeper     locked by a living keeper; says where its server's socket is
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import psycopg

from ledger.database.binaries import (
    ENVIRONMENT,
    OWNER,
    PORT,
    SOCKET,
    SOCKET_PATH_LIMIT,
    EmbeddedPostgresFailed,
    account_for,
    make_private_directory,
    place_of_cluster,
    prepare_cluster,
    private_file,
    programs_for,
    socket_directory,
)

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresFailed"]

DATABASE: Final = "ledger"
KEEPER: Final = Path(__file__).with_name("keeper.py")
LOG_LIMIT_BYTES: Final = 10 * 1024 * 1024
LOG_TAIL_LINES: Final = 15
PAUSE_S: Final = 0.01
RETRY_S: Final = 0.25
REPORT_EVERY_S: Final = 3.0
SILENCE_LIMIT_S: Final = 15.0
REMAINS_LIMIT_S: Final = 60.0
ORPHAN_LIMIT_S: Final = 60.0
STOP_LIMIT_S: Final = 120.0

# Given on the command line, so that a later version's settings hold for an older cluster.
SETTINGS: Final = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "off",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",  # _knock and _accept_remains_of_a_crash read them
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    # Statements and details would carry people's names into a file that is never forgotten.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgres:
    """One user's share in the server of a data directory; several processes may have one each."""

    def __init__(self, directory: Path) -> None:
        self._directory = Path(os.path.realpath(directory))
        self._lease: int | None = None
        self._url: str | None = None

    @property
    def url(self) -> str:
        """The owner's URL, for psycopg and psql."""
        if self._url is None:
            raise EmbeddedPostgresFailed("the embedded PostgreSQL has not been started")
        return self._url

    def start(self, on_wait: Callable[[str], None] | None = None) -> str:
        """Answers the owner's URL when the server is ready; tells on_wait about a long wait."""
        if self._url is not None:
            return self._url
        patience = _Patience(on_wait)
        try:
            make_private_directory(self._directory)
            self._lease = _locked(
                self._file("lease"), fcntl.LOCK_SH, patience, "the last server is shutting down"
            )
            turn = _locked(
                self._file("start"), fcntl.LOCK_EX, patience, "another process is starting it"
            )
            try:
                self._url = _Server(self._directory).bring_up(patience)
            finally:
                os.close(turn)
        except (OSError, psycopg.Error) as error:
            self._give_up_lease()
            raise EmbeddedPostgresFailed(
                f"PostgreSQL could not be started in {self._directory}: {error}"
            ) from error
        except BaseException:
            self._give_up_lease()
            raise
        return self._url

    def stop(self) -> None:
        """Gives up the lease; whoever is the last waits until the server is down."""
        if self._lease is None:
            return
        self._url = None
        self._give_up_lease()
        deadline = time.monotonic() + STOP_LIMIT_S
        while self._is_stopping():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresFailed(f"PostgreSQL in {self._directory} does not stop")
            time.sleep(PAUSE_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _file(self, name: str) -> Path:
        return self._directory / f"postgresql.{name}"

    def _give_up_lease(self) -> None:
        if self._lease is not None:
            os.close(self._lease)
            self._lease = None

    def _is_stopping(self) -> bool:
        """Whether a keeper lives and no one else has a lease, so that it stops now or soon."""
        for _ in range(3):  # another process that leaves and looks, as we do, is no user
            if _can_lock(self._file("keeper"), fcntl.LOCK_SH):
                return False
            if _can_lock(self._file("lease"), fcntl.LOCK_EX):
                return True
            if not _can_lock(self._file("lease"), fcntl.LOCK_SH):
                return True
            time.sleep(PAUSE_S / 2)
        return False


class _Patience:
    """Sleeps a little, and says now and then what is being waited for."""

    def __init__(self, on_wait: Callable[[str], None] | None) -> None:
        self._on_wait = on_wait
        self._began = time.monotonic()
        self._next_report = self._began + REPORT_EVERY_S

    @property
    def waited_s(self) -> float:
        return time.monotonic() - self._began

    def pause(self, why: str, pause_s: float = PAUSE_S) -> None:
        now = time.monotonic()
        if now >= self._next_report:
            self._next_report = now + REPORT_EVERY_S
            if self._on_wait is not None:
                self._on_wait(f"waiting for PostgreSQL, {self.waited_s:.0f} s: {why}")
        time.sleep(pause_s)


class _Server:
    """The server of a directory as its starter sees it; the starter's lock is held throughout."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._account = account_for(directory, directory / "postgresql")
        self._cluster = place_of_cluster(directory, self._account)
        self._log_began_at = 0

    def bring_up(self, patience: _Patience) -> str:
        """Joins the living server, or starts one as often as the remains of a crash require."""
        started = False
        ready_since: float | None = None
        while True:
            keeper = private_file(self._directory / "postgresql.keeper")
            try:
                if _try_lock(keeper, fcntl.LOCK_EX):
                    if started:
                        self._accept_remains_of_a_crash(patience)
                    self._start_keeper(keeper, patience)
                    started = True
                sockets = os.fsdecode(os.pread(keeper, SOCKET_PATH_LIMIT, 0))
            finally:
                os.close(keeper)  # the lock is now the keeper's alone
            url = self._url(sockets) if sockets else ""
            refusal = _knock(url) if url else "its keeper is starting"
            if refusal is None:
                return url
            ready_since = (ready_since or time.monotonic()) if self._says_ready() else None
            if ready_since is not None and time.monotonic() - ready_since > SILENCE_LIMIT_S:
                raise EmbeddedPostgresFailed(f"PostgreSQL runs, but cannot be reached: {refusal}")
            recovers = "starting up" in refusal
            patience.pause("it recovers from a crash" if recovers else "it is starting")

    def _start_keeper(self, keeper: int, patience: _Patience) -> None:
        programs = programs_for(self._account)
        sockets = socket_directory(self._directory, self._account)
        self._clear_the_way(sockets, patience)
        prepare_cluster(self._directory, self._cluster, self._account, programs)
        os.ftruncate(keeper, 0)
        os.pwrite(keeper, os.fsencode(sockets), 0)
        settings = {**SETTINGS, "unix_socket_directories": f'"{sockets}"'}
        who = "-" if self._account is None else f"{self._account.uid}:{self._account.gid}"
        server = [str(programs / "postgres"), "-D", str(self._cluster)]
        server += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        lease = self._directory / "postgresql.lease"
        log = self._open_log()
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-I", "-S", KEEPER, *map(str, (lease, sockets, who)), *server],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[keeper],
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        finally:
            os.close(log)
        # It may outlive our use of it, and must not stay a zombie while we live on.
        threading.Thread(target=process.wait, daemon=True, name="embedded-postgres").start()

    def _clear_the_way(self, sockets: Path, patience: _Patience) -> None:
        """Stops a server that lost its keeper, and removes lock files that mislead PostgreSQL.

        It takes any living process with the number in its lock file for a server, and after a
        restart of the machine or the container that is often somebody else.
        """
        for lock in (self._cluster / "postmaster.pid", sockets / f"{SOCKET}.lock"):
            pid = _first_number(lock)
            if pid is None:
                continue
            how, began = signal.SIGINT, time.monotonic()
            while _is_server_of(pid, self._cluster):
                with suppress(ProcessLookupError):
                    os.kill(pid, how)
                patience.pause("a server that lost its keeper is shutting down")
                if time.monotonic() - began > ORPHAN_LIMIT_S:
                    how = signal.SIGQUIT
            if _is_alive(pid):  # a stranger, or a killed server that nobody has reaped
                lock.unlink(missing_ok=True)

    def _accept_remains_of_a_crash(self, patience: _Patience) -> None:
        """Fails, unless what stopped the server is a killed one's last processes, still ending."""
        tail = self._log_tail()
        if "pre-existing shared memory block" in tail and patience.waited_s < REMAINS_LIMIT_S:
            patience.pause("the processes of a killed server are ending", RETRY_S)
            return
        raise EmbeddedPostgresFailed(f"PostgreSQL ended while it started. Its log says:\n{tail}")

    def _open_log(self) -> int:
        path = self._directory / "postgresql.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_name("postgresql.log.1"))
        log = private_file(path, os.O_WRONLY | os.O_APPEND)
        self._log_began_at = os.fstat(log).st_size
        return log

    def _log_tail(self) -> str:
        said = (self._directory / "postgresql.log").read_bytes()[self._log_began_at :]
        return "\n".join(said.decode(errors="replace").splitlines()[-LOG_TAIL_LINES:])

    def _says_ready(self) -> bool:
        try:
            lines = (self._cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        if not lines or lines[-1].strip() != "ready":
            return False
        return _is_server_of(int(lines[0]), self._cluster)  # else a killed server's last word

    def _url(self, sockets: str) -> str:
        password = quote((self._directory / "postgresql.password").read_text().strip(), safe="")
        host = quote(sockets, safe="")
        return f"postgresql://{OWNER}:{password}@/{DATABASE}?host={host}&port={PORT}"


def _knock(url: str) -> str | None:
    """None if the server lets the owner in; else what it, or the system, said."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        refusal = str(error).strip()
    else:
        return None
    if f'database "{DATABASE}" does not exist' in refusal:  # this is the first start
        with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        return None
    if "password authentication failed" in refusal:
        raise EmbeddedPostgresFailed(f"PostgreSQL does not accept the stored password: {refusal}")
    return refusal


def _locked(path: Path, kind: int, patience: _Patience, why: str) -> int:
    file = private_file(path)
    try:
        while not _try_lock(file, kind):
            patience.pause(why)
    except BaseException:
        os.close(file)
        raise
    return file


def _try_lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _can_lock(path: Path, kind: int) -> bool:
    """Whether nobody's lock is in the way; of a file that is gone, too."""
    try:
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return True
    try:
        return _try_lock(file, kind)
    finally:
        os.close(file)


def _first_number(file: Path) -> int | None:
    try:
        return int(file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_server_of(pid: int, cluster: Path) -> bool:
    """Whether the process is a PostgreSQL started by a keeper on this cluster."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        if Path("/proc/self").exists():
            return False
        ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        command = subprocess.run(ps, capture_output=True, text=True, check=False).stdout  # noqa: S603
    return f" -D {cluster} -c " in command


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and alive
    return True
