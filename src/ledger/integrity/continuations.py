"""How does a log go on when events that it had signed are lost? As another log, which says so.

A log must never sign what contradicts what it signed before (C2SP tlog-checkpoint). So where the
database comes back from an older backup, the log ends, and one with another name and key goes on
from what was kept. A statement says what was lost, by whom and why; the keys of both logs sign it.

continuing          while it is being done: the statement and the new key, so that it is finished
continued/N.note    the statements, for ever
ended/ID.key        the keys of logs that have ended: nothing is signed with them any more
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ledger.integrity.checkpoint import Checkpoint
from ledger.integrity.key_files import KeysRefused
from ledger.integrity.note import NoteRefused, Verifier, parse, read_vkey
from ledger.integrity.tree import HASH_BYTES

FORMAT = "ledger continuation 1"
_NAMES = ("ended", "kept", "signed", "restored", "continued", "key", "by", "at", "reason")
_STATE = re.compile(r"(0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]{43}=)")


class Continuation(NamedTuple):
    """Of the log `ended.origin` all events after `kept` are lost, up to `signed`.

    `restored`: how many events the database had when that was said; `verifier`: the key of the log
    that goes on; `at`: when, in UTC.
    """

    kept: Checkpoint
    signed: Checkpoint
    restored: int
    verifier: Verifier
    by: str
    at: str
    reason: str

    @property
    def lost(self) -> range:
        """The positions of the events that were signed and are lost."""
        return range(self.kept.size + 1, self.signed.size + 1)

    def text(self) -> str:
        """What is signed."""
        values = (
            self.signed.origin,
            _state(self.kept),
            _state(self.signed),
            self.restored,
            self.verifier.name,
            self.verifier.vkey,
            self.by,
            self.at,
            self.reason,
        )
        lines = [f"{name} {value}" for name, value in zip(_NAMES, values, strict=True)]
        return "".join(f"{line}\n" for line in [FORMAT, *lines])

    def told(self) -> str:
        """It, in one sentence."""
        first, last = self.lost[0], self.lost[-1]
        return (
            f"The events {first:,} to {last:,} of the log {self.signed.origin} were signed and are"
            f" lost; {self.verifier.name} goes on from {self.kept.size:,}. {self.by} said so on"
            f" {self.at}: {self.reason}"
        )


def _state(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.size} {b64encode(checkpoint.root).decode()}"


def read_continuation(stored: bytes, known: Sequence[Verifier]) -> Continuation:
    """The statement in a note that the keys of both logs have signed. Raises `NoteRefused`."""
    note = parse(stored)
    first, *lines = note.text.rstrip("\n").split("\n")
    said = dict(line.split(" ", 1) for line in lines if " " in line)
    if first != FORMAT or tuple(said) != _NAMES or len(lines) != len(_NAMES):
        raise NoteRefused("it is no statement of a log that goes on")
    found = Continuation(
        kept=_read_state(said["ended"], said["kept"]),
        signed=_read_state(said["ended"], said["signed"]),
        restored=_read_size(said["restored"]),
        verifier=read_vkey(said["key"]),
        by=said["by"],
        at=said["at"],
        reason=said["reason"],
    )
    names = (said["ended"], said["continued"])
    if not found.lost or found.verifier.name != names[1] or names[0] == names[1]:
        raise NoteRefused("the statement contradicts itself")
    if found.text() != note.text:
        raise NoteRefused("the statement contradicts itself")
    signers = set(note.signed_by([*known, found.verifier]))
    if found.verifier not in signers or names[0] not in {one.name for one in signers}:
        raise NoteRefused("not both of the logs have signed the statement")
    return found


def _read_state(origin: str, text: str) -> Checkpoint:
    if (found := _STATE.fullmatch(text)) is None:
        raise NoteRefused(f"{text[:100]!r} is no size and root")
    root = b64decode(found[2])
    if len(root) != HASH_BYTES:
        raise NoteRefused(f"{text[:100]!r} is no size and root")
    return Checkpoint(origin, int(found[1]), root)


def _read_size(text: str) -> int:
    if re.fullmatch(r"0|[1-9][0-9]{0,18}", text) is None:
        raise NoteRefused(f"{text[:40]!r} is no size")
    return int(text)


class Continued:
    """The statements in the folder of keys, the oldest first."""

    def __init__(self, folder: Path) -> None:
        self.plan = folder / "continuing"
        self.notes = folder / "continued"
        self.ended = folder / "ended"

    def stored(self) -> list[bytes]:
        """The statements, as they were signed."""
        return [path.read_bytes() for path in sorted(self.notes.glob("*.note"))]

    def read(self, known: Sequence[Verifier]) -> list[Continuation]:
        """What they say. Raises `KeysRefused`."""
        try:
            return [read_continuation(one, known) for one in self.stored()]
        except (OSError, NoteRefused) as error:
            raise KeysRefused(
                f"{self.notes} holds a statement that does not hold: {error}"
            ) from None
