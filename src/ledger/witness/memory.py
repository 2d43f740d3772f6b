"""What does the witness remember? Its key, and of each log the last checkpoint that it cosigned.

witness.key             the private key, with the witness's name; only its owner may read it
witness.vkey            the verifier key: what the logs and their readers are told
logs/HASH.checkpoint    the last checkpoint of a log, cosigned; HASH is SHA-256 of its origin
logs/HASH.lock          locked while a checkpoint of that log is judged and remembered

A file is replaced as a whole, and is on the disk before anybody is answered. So whatever is killed
when, the witness never forgets what it has signed. It must not be rolled back either: who restores
an older copy of this folder has to make a new key, for a witness with another name.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.key_files import KeysRefused, make, read_private, write
from ledger.integrity.note import COSIGNATURE, Note, NoteRefused, Signer, parse

LOCAL = "witness.localhost"


class MemoryRefused(Exception):
    """What is remembered of a log cannot be read, so nothing of it can be cosigned."""


def hash_of(origin: str) -> str:
    """What a log is called in addresses and names of files."""
    return sha256(origin.encode()).hexdigest()


class Memory:
    """The folder of a witness."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._logs = folder / "logs"
        self._key = folder / "witness.key"

    def open(self, name: str | None = None) -> Signer:
        """The witness's key, which is made when it first starts. Raises `KeysRefused`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(self._folder / "witness.lock"):
            if not self._key.exists():
                if self._logs.exists():
                    raise KeysRefused(f"{self._key} is gone, though the witness signed with it")
                self._make(name)
            self._logs.mkdir(mode=0o700, exist_ok=True)
        signer = self.signer()
        if name not in (None, signer.verifier.name):
            raise KeysRefused(f"the witness is called {signer.verifier.name}, not {name}")
        return signer

    def signer(self) -> Signer:
        """The key that is there. Raises `KeysRefused`."""
        return read_private(self._key, COSIGNATURE)

    def _make(self, name: str | None) -> None:
        signer, text = make(name, LOCAL, COSIGNATURE)
        write(self._folder / "witness.vkey", f"{signer.verifier.vkey}\n".encode(), 0o644)
        write(self._key, text)

    @contextmanager
    def of(self, origin: str) -> Iterator["LogMemory"]:
        """What is known of a log, while nobody else judges or remembers anything of it.

        Raises `MemoryRefused`.
        """
        name = hash_of(origin)
        with _locked(self._logs / f"{name}.lock"):
            yield LogMemory(self._logs / f"{name}.checkpoint")

    def served(self, name: str) -> bytes | None:
        """The last checkpoint of the log with that hash; None where none was cosigned."""
        try:
            return (self._logs / f"{name}.checkpoint").read_bytes()
        except FileNotFoundError:
            return None


class LogMemory:
    """The last checkpoint of one log; in the hands of one who has locked it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.last = self._read()

    def _read(self) -> Checkpoint | None:
        try:
            return read_checkpoint(parse(self._file.read_bytes()).text)
        except FileNotFoundError:
            return None
        except (OSError, NoteRefused) as error:
            raise MemoryRefused(f"{self._file} cannot be read: {error}") from None

    def remember(self, cosigned: Note) -> None:
        """It is on the disk when this returns."""
        write(self._file, cosigned.write())


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
