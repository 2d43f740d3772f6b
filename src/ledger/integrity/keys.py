"""Where are the log's keys, and what was signed with them last? In a folder outside the database.

log.key        the private key, with the log's name; nobody but its owner may read it
log.vkey       the verifier keys, one a line, the newest first; there is no secret in it
log.last       the checkpoint that was signed last, written before it was signed
log.lock       locked by the sealer that signs with these keys
continued/, …  how the log went on after events were lost, see `ledger.integrity.continuations`
old/ID.key     keys that were in use before: while they lie there they sign too
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.continuations import Continuation, Continued
from ledger.integrity.key_files import KeysRefused, SealingRefused, make, read_private, write
from ledger.integrity.note import NoteRefused, Signer, Verifier, read_vkey

LOCAL = "ledger.localhost"


class ForkRefused(SealingRefused):
    """What would be signed contradicts what was signed before."""


class LogKeys(NamedTuple):
    """What the log is called, and who signs for it, the newest key first."""

    origin: str
    signers: Sequence[Signer]


class KeyFolder:
    """The folder of the log's keys."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key = path / "log.key"
        self._last = path / "log.last"
        self.continued = Continued(path)

    def open(self, origin: str | None = None) -> LogKeys:
        """The keys; the first is made where there is none. Raises `KeysRefused`."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            if not self._key.exists():
                if self._last.exists():
                    raise KeysRefused(f"{self._key} is gone, though the log was signed with it")
                self._make(origin)
        return self.keys(origin)

    def keys(self, origin: str | None = None) -> LogKeys:
        """The keys that are there. Raises `KeysRefused`, also where the log has another name."""
        newest = read_private(self._key)
        name = newest.verifier.name
        if origin not in (None, name) and origin not in self._ended():
            raise KeysRefused(f"{self._key} belongs to the log {name}, not to {origin}")
        signers = {newest.verifier: newest}
        for path in sorted((self.path / "old").glob("*.key")):
            old = read_private(path)
            if old.verifier.name != name:
                raise KeysRefused(f"{path} belongs to the log {old.verifier.name}, not to {name}")
            signers.setdefault(old.verifier, old)
        return LogKeys(name, list(signers.values()))

    def _ended(self) -> set[str]:
        """The names of logs that have ended here."""
        return {one.signed.origin for one in self.continuations()}

    def continuations(self) -> list[Continuation]:
        """How the log went on after events were lost, the oldest first. Raises `KeysRefused`."""
        return self.continued.read(self.verifiers())

    def goes_on_from(self, stored: Checkpoint) -> bool:
        """Whether the log with these keys goes on from what that checkpoint of another one has."""
        last = self.continuations()[-1:]
        return any((one.kept.size, one.kept.root) == stored[1:] for one in last)

    def end(self, path: Path, origin: str) -> None:
        """Puts a key of a log that has ended where nothing is signed with it any more."""
        signer = read_private(path)
        if signer.verifier.name == origin:
            write(self.continued.ended / f"{signer.verifier.key_id.hex()}.key", path.read_bytes())
            if path != self._key:  # that one is replaced by the new key
                path.unlink()

    def verifiers(self) -> list[Verifier]:
        """The public keys of all times, the newest first; none before the first was made."""
        try:
            lines = (self.path / "log.vkey").read_text(encoding="utf-8").splitlines()
            return [read_vkey(line) for line in lines]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, NoteRefused) as error:
            raise KeysRefused(f"{self.path / 'log.vkey'} cannot be read: {error}") from None

    def rotate(self) -> Verifier:
        """Makes a new key; the one that was in use goes to the old ones and signs beside it.

        Raises `KeysRefused`.
        """
        if not self._key.exists():
            raise KeysRefused(f"there is no key in {self.path} yet")
        with self._alone():
            before = read_private(self._key)
            kept = self.path / "old" / f"{before.verifier.key_id.hex()}.key"
            kept.parent.mkdir(mode=0o700, exist_ok=True)
            write(kept, self._key.read_bytes())
            return self._make(before.verifier.name)

    def _make(self, origin: str | None) -> Verifier:
        signer, text = make(origin, LOCAL)
        made = signer.verifier
        lines = [made.vkey, *(one.vkey for one in self.verifiers())]
        # The public key first: a checkpoint that is signed can always be verified.
        write(self.path / "log.vkey", "".join(f"{line}\n" for line in lines).encode(), 0o644)
        write(self._key, text)
        return made

    def last(self) -> Checkpoint | None:
        """What was signed last, or was about to be when the process ended."""
        try:
            return read_checkpoint(self._last.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, NoteRefused) as error:
            raise KeysRefused(f"{self._last} cannot be read: {error}") from None

    def remember(self, checkpoint: Checkpoint) -> None:
        """Written before it is signed, and on the disk when this returns. Raises `ForkRefused`."""
        last = self.last()
        if last is not None:
            if checkpoint.size < last.size:
                raise ForkRefused(f"size {last.size} was signed: {checkpoint.size} is not any more")
            if checkpoint.size == last.size and checkpoint != last:
                raise ForkRefused(f"another root was signed for size {last.size}")
        write(self._last, checkpoint.text().encode())

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Whether nobody else signs with these keys while the context lasts."""
        file = os.open(self.path / "log.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(file)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else makes keys meanwhile."""
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
