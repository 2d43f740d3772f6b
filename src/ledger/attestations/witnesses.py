"""Which witnesses is the log shown to? LEDGER_WITNESSES: URL and verifier key of each."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from ledger.attestations.refusals import ConfigurationRefused
from ledger.integrity.note import COSIGNATURE, NoteRefused, Verifier, read_vkey

LIMIT = 32


class WitnessAt(NamedTuple):
    """A witness: where it is asked, and the key by which its cosignatures are known."""

    url: str
    verifier: Verifier

    @property
    def name(self) -> str:
        """What it is called."""
        return self.verifier.name


def read_witnesses(text: str) -> list[WitnessAt]:
    """The witnesses in a text: `URL VKEY` of each, with commas or lines between them.

    Raises `ConfigurationRefused`.
    """
    entries = [entry.split() for entry in re.split(r"[,;\n]", text)]
    found = [_read(words) for words in entries if words]
    if len({one.verifier.key for one in found}) < len(found):
        raise ConfigurationRefused("LEDGER_WITNESSES names a witness twice")
    if len(found) > LIMIT:
        raise ConfigurationRefused(f"LEDGER_WITNESSES names more than {LIMIT} witnesses")
    return found


def _read(words: list[str]) -> WitnessAt:
    shown = " ".join(words)[:200]
    if len(words) != 2:
        raise ConfigurationRefused(f"LEDGER_WITNESSES: {shown!r} is not URL VKEY")
    url, vkey = words
    try:
        parts = urlsplit(url)
        verifier = read_vkey(vkey)
    except (ValueError, NoteRefused) as error:
        raise ConfigurationRefused(f"LEDGER_WITNESSES: {shown!r}: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationRefused(f"LEDGER_WITNESSES: {url!r} is not an address")
    if verifier.algorithm != COSIGNATURE:
        raise ConfigurationRefused(f"LEDGER_WITNESSES: {vkey!r} is the key of a log")
    return WitnessAt(url.rstrip("/"), verifier)
