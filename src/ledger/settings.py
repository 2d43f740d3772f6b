"""Where does this process find its database and its files? Arguments first, then environment."""

import os
from pathlib import Path

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """`database`: the owner's URL of a server; None: an embedded one in `data`.

    `documents`: where evidence is kept, a directory or the URL of a bucket.
    """

    database: str | None
    data: Path
    documents: str


def settings(database: str | None = None, data: Path | None = None) -> Settings:
    """What was asked for, else LEDGER_DATABASE_URL and LEDGER_DATA, else the user's data folder.

    An explicit `data` goes before a database named in the environment. Evidence is kept in
    LEDGER_DOCUMENTS, else in the data folder, also where the database is elsewhere.
    """
    if database is None and data is None:
        database = os.environ.get("LEDGER_DATABASE_URL") or None
    folder = data or Path(os.environ.get("LEDGER_DATA") or _home() / "ledger")
    folder = folder.expanduser().absolute()
    documents = os.environ.get("LEDGER_DOCUMENTS") or str(folder / "documents")
    if "://" not in documents:
        documents = str(Path(documents).expanduser().absolute())
    return Settings(database=database, data=folder, documents=documents)


def _home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
