"""For which logs does the witness sign, and by which keys does it know them?"""

from collections.abc import Iterable, Mapping, Sequence

from ledger.integrity.note import ED25519, NoteRefused, Verifier, read_vkey

KnownLogs = Mapping[str, Sequence[Verifier]]  # by origin


class LogsRefused(Exception):
    """What was told of a log cannot be meant; the message says why."""


def read_logs(told: Iterable[str]) -> KnownLogs:
    """The logs that are told as ORIGIN=VKEY, or as VKEY where the key bears the log's name.

    A log with several keys is told several times. Raises `LogsRefused`.
    """
    found: dict[str, list[Verifier]] = {}
    for text in told:
        named = text.partition("+")[0]
        origin, _, vkey = text.partition("=") if "=" in named else (named, "", text)
        try:
            key = read_vkey(vkey)
        except NoteRefused as error:
            raise LogsRefused(f"{text[:200]!r} is not ORIGIN=VKEY: {error}") from None
        if key.algorithm != ED25519:
            raise LogsRefused(f"{text[:200]!r} has the key of a witness, not of a log")
        if not origin or any(sign < " " for sign in origin):
            raise LogsRefused(f"{text[:200]!r} names no log")
        found.setdefault(origin, []).append(key)
    return found
