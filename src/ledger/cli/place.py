"""Where is the ledger that a command works on? `--database URL` or `--data DIR`, everywhere."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ledger.cli.outcome import DONE, BadUsage, complain, print_json

if TYPE_CHECKING:
    from ledger.projections.engine.reading import Reading

Json = Annotated[
    bool, Parameter(name="--json", negative=(), show_default=False, help="For machines to read.")
]


@Parameter(name="*")
@dataclass(frozen=True)
class Place:
    """A server's database, or the embedded one in a directory; the former goes first."""

    database: Annotated[
        str | None,
        Parameter(help="A PostgreSQL server, by its owner's URL. Or: LEDGER_DATABASE_URL."),
    ] = None
    data: Annotated[
        Path | None,
        Parameter(help="The directory of the embedded database. Or: LEDGER_DATA."),
    ] = None


HERE = Place()


@contextmanager
def opened(place: Place, level: int = logging.WARNING) -> Iterator[str]:
    """The owner's URL of the database, which is ready and up to date while the context lasts."""
    from ledger import logs
    from ledger.bootstrap import database
    from ledger.settings import settings

    logs.configure(level)
    where = settings(place.database, place.data)
    _check_url(where.database)
    with database(where, on_wait=complain) as url:
        yield url


def documents_of(place: Place) -> str:
    """Where the evidence of that ledger is kept: a directory, or the URL of a bucket."""
    from ledger.settings import settings

    return settings(place.database, place.data).documents


def keys_of(place: Place) -> Path:
    """The folder of that ledger's keys."""
    from ledger.settings import settings

    return settings(place.database, place.data).keys


def _check_url(text: str | None) -> None:
    """A URL that cannot be read is bad usage; it is not repeated, it may hold a password."""
    import psycopg

    try:
        psycopg.conninfo.conninfo_to_dict(text or "")
    except psycopg.ProgrammingError:
        raise BadUsage("The database's URL cannot be read: postgresql://…") from None


async def project_of(reading: "Reading", code: str) -> str:
    """The id of the project with that code. Raises `BadUsage` where there is none."""
    found = await reading.rows(
        "SELECT project::text FROM {projects:ever} AS p WHERE code = %(code)s LIMIT 1",
        {"code": code, "known_at": 2**63 - 2},
    )
    if not found:
        raise BadUsage(f"There is no project with the code {code}.")
    return str(found[0][0])


def url(*, place: Place = HERE, json: Json = False) -> int:
    """The address by which psql reaches the database in use, as its owner.

    The embedded database runs while somebody uses it: beside `ledger serve` the address answers.
    """
    with opened(place) as found:
        print_json({"url": found}) if json else print(found)
    return DONE
