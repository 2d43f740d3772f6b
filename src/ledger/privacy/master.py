"""Where is the key that wraps all persons' keys? Outside the database: a file, or the environment.

master.key    the key in use, base64; nobody but its owner may read it
master.next   while it is replaced: the key that follows (see `ledger.privacy.rotation`)

With LEDGER_MASTER_KEY (and LEDGER_NEXT_MASTER_KEY while it is replaced) there are no files. Which
of the keys that are there is in force says the database, by the key's id.
"""

import binascii
import fcntl
import hashlib
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.integrity.key_files import write
from ledger.privacy.sealing import KEY_BYTES, new_key

VARIABLE, NEXT_VARIABLE = "LEDGER_MASTER_KEY", "LEDGER_NEXT_MASTER_KEY"


class MasterKeyRefused(Exception):
    """The master key cannot be used; the message says why."""


class MasterKey:
    """A key that wraps others; its id tells nothing of it."""

    def __init__(self, material: bytes) -> None:
        self.material = material
        self.id = hashlib.sha256(b"ledger master key\x00" + material).hexdigest()[:16]
        self.cipher = AESGCM(material)

    @classmethod
    def new(cls) -> "MasterKey":
        """Of 256 random bits: an id that is a hash of them cannot be searched."""
        return cls(new_key())

    @classmethod
    def read(cls, text: str, where: str) -> "MasterKey":
        """The key in its written form. Raises `MasterKeyRefused`."""
        try:
            material = b64decode(text.strip(), validate=True)
        except (ValueError, binascii.Error):
            material = b""
        if len(material) != KEY_BYTES:
            raise MasterKeyRefused(f"{where} holds no master key: {KEY_BYTES} bytes in base64.")
        return cls(material)

    def text(self) -> str:
        """The key in its written form."""
        return b64encode(self.material).decode() + "\n"


class MasterKeys:
    """The place where the master key is kept: a folder, or the environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "master.key"
        self._next = folder / "master.next"

    @property
    def in_environment(self) -> bool:
        """Whether the keys come from the environment."""
        return bool(os.environ.get(VARIABLE))

    def all(self) -> Mapping[str, MasterKey]:
        """The keys that are there, by their ids. Raises `MasterKeyRefused`."""
        if self.in_environment:
            named = [name for name in (VARIABLE, NEXT_VARIABLE) if os.environ.get(name)]
            found = [MasterKey.read(os.environ[name], name) for name in named]
        else:
            found = [_read(path) for path in (self._file, self._next) if path.exists()]
        return {key.id: key for key in found}

    def in_force(self, id: str) -> MasterKey:
        """The key with that id. Raises `MasterKeyRefused` where it is not there."""
        key = self.all().get(id)
        if key is None:
            where = f"${VARIABLE}" if self.in_environment else str(self._file)
            raise MasterKeyRefused(
                f"The personal data of this database are kept under the master key {id},"
                f" which is not in {where}."
            )
        return key

    def first(self) -> MasterKey:
        """A key for a database that has none: the one that is there, or a new one."""
        if self.in_environment:
            return MasterKey.read(os.environ[VARIABLE], VARIABLE)
        with self.alone():
            if not self._file.exists():
                write(self._file, MasterKey.new().text().encode())
            return _read(self._file)

    def prepare(self) -> MasterKey:
        """The key that is to follow, on the disk before anything is wrapped by it."""
        if self.in_environment:
            if not os.environ.get(NEXT_VARIABLE):
                raise MasterKeyRefused(f"The key to follow is expected in ${NEXT_VARIABLE}.")
            return MasterKey.read(os.environ[NEXT_VARIABLE], NEXT_VARIABLE)
        key = MasterKey.new()
        write(self._next, key.text().encode())
        return key

    def settle(self, id: str) -> None:
        """The key with that id is in force: where it is the one that followed, it takes its place.

        A key that is not in force is left alone: somebody may be about to bring it in.
        """
        if not self.in_environment and self._next.exists() and _read(self._next).id == id:
            write(self._file, self._next.read_bytes())
            self._next.unlink()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else makes or replaces keys meanwhile."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self.folder / "master.lock"
        file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)


def _read(path: Path) -> MasterKey:
    try:
        if path.stat().st_mode & 0o077:
            raise MasterKeyRefused(f"{path} may be read by others: chmod 600")
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyRefused(f"{path} cannot be read: {error}") from None
    return MasterKey.read(text, str(path))
