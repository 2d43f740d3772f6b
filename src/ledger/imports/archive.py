"""Can this ZIP be opened without harm? What it holds is counted as it really unpacks.

What the archive says of its own sizes is not believed, and the names in it are never used as paths.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from typing import BinaryIO

from msgspec import Struct

from ledger.imports.problems import Unreadable
from ledger.imports.wording import Lang

CHUNK_BYTES = 1 << 20
TAIL_BYTES = 22 + 65_535  # the end record and the longest comment
DIRECTORY_BYTES_PER_ENTRY = 46 + 1_024
RATIO_FROM_BYTES = 1 << 20  # what is small may be compressed as well as it likes
# What Python's readers raise for broken files; a RuntimeError also for an unknown compression.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error,
          RuntimeError, OverflowError, MemoryError)  # fmt: skip


class Limits(Struct, frozen=True, kw_only=True):
    """How much an archive may hold, unpacked, and how many times its packed size."""

    entries: int
    total_bytes: int
    entry_bytes: int
    ratio: int


class Archive:
    """A ZIP that is read entry by entry, within limits."""

    def __init__(self, file: BinaryIO, limits: Limits, lang: Lang) -> None:
        self._limits, self._lang = limits, lang
        self._unpacked = 0
        _check_directory(file, limits, lang)
        try:
            self._zip = zipfile.ZipFile(file)
            self.entries = [one for one in self._zip.infolist() if not one.is_dir()]
        except BROKEN:
            raise Unreadable("broken_archive", lang) from None
        if len(self.entries) > limits.entries:
            raise Unreadable("too_many_entries", lang, limit=limits.entries)
        if any(one.flag_bits & 1 for one in self.entries):
            raise Unreadable("encrypted_archive", lang)

    def names(self) -> set[str]:
        """The names of what it holds."""
        return {one.filename for one in self.entries}

    def chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The unpacked bytes. Raises `Unreadable` where they are broken or become too many."""
        whole = copy(entry)
        whole.file_size = self._limits.entry_bytes + 1  # read to the real end, not the stated one
        size = 0
        try:
            with self._zip.open(whole) as unpacked:
                while chunk := unpacked.read(CHUNK_BYTES):
                    size += len(chunk)
                    self._count(len(chunk), size, entry.compress_size)
                    yield chunk
        except Unreadable:
            raise
        except BROKEN:
            raise Unreadable("broken_archive", self._lang) from None

    def _count(self, more: int, size: int, packed: int) -> None:
        self._unpacked += more
        limits = self._limits
        if self._unpacked > limits.total_bytes or size > limits.entry_bytes:
            raise Unreadable("too_large_archive", self._lang)
        if size > RATIO_FROM_BYTES and size > limits.ratio * max(packed, 1):
            raise Unreadable("suspicious_archive", self._lang)


def _check_directory(file: BinaryIO, limits: Limits, lang: Lang) -> None:
    """The list of a million entries would fill the memory before they could be counted."""
    end = file.seek(0, 2)
    file.seek(max(0, end - TAIL_BYTES))
    tail = file.read(TAIL_BYTES)
    file.seek(0)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) < found + 22:
        raise Unreadable("broken_archive", lang)
    size = struct.unpack_from("<I", tail, found + 12)[0]
    if size > limits.entries * DIRECTORY_BYTES_PER_ENTRY:
        raise Unreadable("too_many_entries", lang, limit=limits.entries)
