"""How does a command end? With an exit code and, where something was wrong, one sentence."""

import sys
from typing import Any

DONE, FOUND_WRONG, BAD_USAGE, INTERRUPTED = 0, 1, 2, 130


class BadUsage(Exception):
    """What was typed cannot be meant."""


class Failed(Exception):
    """What was asked for could not be done; the message says why."""

    code = FOUND_WRONG


def complain(text: str) -> None:
    """A line on stderr."""
    print(f"ledger: {text}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """One line of JSON on stdout."""
    import msgspec

    print(msgspec.json.encode(value).decode(), flush=True)


def sentence(error: Exception) -> str | None:
    """What to say of an error that can be expected; None: it is a fault of the program."""
    if isinstance(error, Failed):
        return str(error)
    from ledger.attestations.refusals import ConfigurationRefused

    if isinstance(error, ConfigurationRefused):
        return f"{error}."
    import psycopg

    from ledger.access.openid import ProviderMisconfigured
    from ledger.access.secret import AccessKeyRefused
    from ledger.database.embedded import EmbeddedPostgresFailed
    from ledger.kernel.errors import LedgerError
    from ledger.privacy.master import MasterKeyRefused

    match error:
        case LedgerError():
            return error.message()
        case EmbeddedPostgresFailed() | AccessKeyRefused() | MasterKeyRefused():
            return str(error)
        case ProviderMisconfigured():
            return str(error)
        case psycopg.OperationalError() | psycopg.errors.InsufficientPrivilege():
            said = str(error).strip().splitlines()
            return f"The database cannot be used: {said[0] if said else type(error).__name__}"
        case _:
            return None
