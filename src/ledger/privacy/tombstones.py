"""Whose data were erased? A list beside the master key, which a restored database must follow.

A backup from before an erasure still holds the key. Whoever opens such a database destroys again
what is on the list. The list holds ids and days, one person a line, and only grows.
"""

import fcntl
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from ledger.integrity.key_files import KeysRefused

NAME = "erased.persons"


class Tombstones:
    """The list in a folder of keys."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def persons(self) -> set[str]:
        """Everybody on the list. Raises `KeysRefused` where it cannot be read."""
        try:
            return _persons(self._path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return set()
        except (OSError, UnicodeDecodeError) as error:
            raise KeysRefused(f"{self._path} cannot be read: {error}") from None

    def add(self, persons: Iterable[str], on: date) -> None:
        """Puts these on the list, once each; they are on the disk when this returns."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with os.fdopen(os.open(self._path, flags, 0o600), "r+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            text = file.read()
            new = sorted(set(persons) - _persons(text))
            if text and not text.endswith("\n"):
                file.write("\n")  # a line that was cut off by a crash
            file.writelines(f"{on.isoformat()} {person}\n" for person in new)
            file.flush()
            os.fsync(file.fileno())


def _persons(text: str) -> set[str]:
    parts = (line.split() for line in text.splitlines())
    return {found[1] for found in parts if len(found) == 2 and len(found[1]) == 36}
