"""What does the log say of itself? Its name, its size and its root (C2SP tlog-checkpoint)."""

import re
from base64 import b64decode, b64encode
from typing import NamedTuple

from ledger.integrity.note import NoteRefused
from ledger.integrity.tree import HASH_BYTES

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(NamedTuple):
    """The log `origin` had this root when it had so many leaves."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text; further lines are passed over. Raises `NoteRefused`."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise NoteRefused("a checkpoint has an origin, a size and a root, a line each")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size):
        raise NoteRefused(f"the checkpoint's size is not a number: {size[:40]}")
    try:
        hashed = b64decode(root, validate=True)
    except ValueError:
        raise NoteRefused("the checkpoint's root is not base64") from None
    if len(hashed) != HASH_BYTES or b64encode(hashed).decode() != root:
        raise NoteRefused(f"the checkpoint's root does not have {HASH_BYTES} bytes")
    return Checkpoint(origin, int(size), hashed)
