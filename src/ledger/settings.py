"""Where does this process find its database and its files? Arguments first, then environment."""

import os
from pathlib import Path

from msgspec import Struct


class Rates(Struct, frozen=True, kw_only=True):
    """How many requests a minute are answered: to one caller, to one address of those who show no
    good credential, and to one address of those who try to sign in. 0: any number."""

    caller: int = 60_000
    address: int = 6_000
    sign_in: int = 240


class Settings(Struct, frozen=True, kw_only=True):
    """`database`: the owner's URL of a server; None: an embedded one in `data`.

    `documents`: where evidence is kept, a directory or the URL of a bucket. `keys`: the folder of
    the log's private key. `origin`: what a new log is to be called; None: after its key.
    `public_url`: where browsers find the service, if that is not where it listens; `proxies`: the
    networks of the proxies before it. `second_factor_roles`: who acts in them by a password has to
    have a second factor. `openid`: the file that tells of an identity provider.
    `witnesses`: to whom the log is shown, in the form of `ledger.attestations.witnesses`.
    `timestamp_authority`, `timestamp_certificates`: who stamps it, and the PEM file to check that.
    """

    database: str | None
    data: Path
    documents: str
    keys: Path
    origin: str | None
    public_url: str | None
    proxies: tuple[str, ...] = ()
    second_factor_roles: frozenset[str] = frozenset()
    openid: Path | None = None
    witnesses: str = ""
    timestamp_authority: str | None = None
    timestamp_certificates: Path | None = None
    rates: Rates = Rates()


def settings(database: str | None = None, data: Path | None = None) -> Settings:
    """What was asked for, else LEDGER_DATABASE_URL and LEDGER_DATA, else the user's data folder.

    An explicit `data` goes before a database named in the environment. Evidence is kept in
    LEDGER_DOCUMENTS, else in the data folder, also where the database is elsewhere; so is the
    log's key, in LEDGER_KEYS. LEDGER_LOG_ORIGIN names a log that has no key yet. Behind a proxy
    LEDGER_PUBLIC_URL is the address that people type, such as https://ledger.example.org, and
    LEDGER_PROXIES the networks of the proxies (10.0.0.0/8, …) whose X-Forwarded-For is believed.
    LEDGER_SECOND_FACTOR_ROLES: admin, unless other roles (or none, by `-`) are named. LEDGER_OIDC:
    a file as in `ledger.access.openid.configuration`.
    LEDGER_WITNESSES names the log's witnesses, LEDGER_TIMESTAMP_AUTHORITY who stamps it, and
    LEDGER_TIMESTAMP_CERTIFICATES the file of that authority's certificates.
    LEDGER_RATES: three numbers, as in `Rates`.
    """
    if database is None and data is None:
        database = os.environ.get("LEDGER_DATABASE_URL") or None
    folder = data or Path(os.environ.get("LEDGER_DATA") or _home() / "ledger")
    folder = folder.expanduser().absolute()
    documents = os.environ.get("LEDGER_DOCUMENTS") or str(folder / "documents")
    if "://" not in documents:
        documents = str(Path(documents).expanduser().absolute())
    keys = Path(os.environ.get("LEDGER_KEYS") or folder / "keys")
    certificates = os.environ.get("LEDGER_TIMESTAMP_CERTIFICATES")
    return Settings(
        database=database,
        data=folder,
        documents=documents,
        keys=keys.expanduser().absolute(),
        origin=os.environ.get("LEDGER_LOG_ORIGIN") or None,
        openid=Path(os.environ["LEDGER_OIDC"]) if os.environ.get("LEDGER_OIDC") else None,
        witnesses=os.environ.get("LEDGER_WITNESSES", ""),
        timestamp_authority=os.environ.get("LEDGER_TIMESTAMP_AUTHORITY") or None,
        timestamp_certificates=Path(certificates) if certificates else None,
        public_url=(os.environ.get("LEDGER_PUBLIC_URL") or "").rstrip("/") or None,
        proxies=tuple(_names("LEDGER_PROXIES", "")),
        second_factor_roles=frozenset(_names("LEDGER_SECOND_FACTOR_ROLES", "admin")) - {"-"},
        rates=_rates(),
    )


def _rates() -> Rates:
    """Raises `ValueError` where what is set is not three whole numbers."""
    found = _names("LEDGER_RATES", "")
    if not found:
        return Rates()
    if len(found) != len(Rates.__struct_fields__) or not all(one.isdecimal() for one in found):
        raise ValueError("LEDGER_RATES: three whole numbers are expected, such as 60000 6000 240")
    return Rates(**dict(zip(Rates.__struct_fields__, map(int, found), strict=True)))


def witness_folder(data: Path | None = None) -> Path:
    """What was asked for, else LEDGER_WITNESS_DATA, else a folder of the user's."""
    folder = data or Path(os.environ.get("LEDGER_WITNESS_DATA") or _home() / "ledger-witness")
    return folder.expanduser().absolute()


def _names(variable: str, default: str) -> list[str]:
    """Names between spaces or commas."""
    return (os.environ.get(variable) or default).replace(",", " ").split()


def _home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
