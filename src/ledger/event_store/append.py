"""What does an append ask of the log, and what may it be answered?"""

from typing import NamedTuple
from uuid import UUID


class VersionConflict(Exception):
    """Somebody else wrote to the stream, or to one that the decision relied on."""

    def __init__(self, stream: UUID | str) -> None:
        self.stream = str(stream)
        super().__init__(f"stream {stream} is at another version")


class KeyTaken(Exception):
    """A request with the same idempotency key was recorded meanwhile."""


class Stored(NamedTuple):
    """Where the events of one append stand in the log."""

    first: int
    last: int
    recorded_at: str


class RequestKey(NamedTuple):
    """What identifies a request for ever: repeated, it gets the answer of these events."""

    caller: str
    key: str
    digest: bytes
    # For each command of the request, the place of its last event in this append, from 0.
    lasts: tuple[int, ...]
