"""What can be asked? A listing names the columns of its rows; everything else is derived.

The select is a constant beside the fold that it reads. Its columns are the fields of the answer,
amounts cast to text; `id` identifies a row. Filters are pieces of SQL that are only there when
the caller uses them.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from msgspec import Struct

import ledger.projections
from ledger.kernel.personal import ERASED
from ledger.projections.engine.model import read_models


@dataclass(frozen=True)
class Listing:
    """Rows that can be read as a list and, where `single` is set, one by one.

    `path` may hold `{id}`: then the rows belong to that object of `parent`. `scope` is the SQL
    of the project to which a row belongs, or a condition on `%(scope)s` where it holds one; an
    empty scope is shared by all projects. `early` names the alias of a table whose row can be
    read one by one also for days before it was true. `all_projects`: who sees one project only
    may not ask. `named_by` are sealed columns by which, once they are opened, rows are ordered
    and found (see `ledger.queries.by_name`).
    """

    path: str
    row: type[Struct]
    select: str
    order: str
    scope: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    single: str = ""
    parent: str = ""
    early: str = ""
    reads_persons: bool = False
    readers: frozenset[str] = frozenset()
    all_projects: bool = False
    named_by: tuple[str, ...] = ()

    @property
    def where_scoped(self) -> str:
        """The condition that keeps other projects' rows out."""
        if not self.scope:
            return ""
        return self.scope if "%(scope)s" in self.scope else f"{self.scope} = %(scope)s"


@cache
def listings() -> tuple[Listing, ...]:
    """Every listing, found by looking into `ledger.projections`."""
    found = {}
    for module in pkgutil.iter_modules(ledger.projections.__path__):
        if not module.ispkg:
            name = f"{ledger.projections.__name__}.{module.name}"
            for one in vars(importlib.import_module(name)).values():
                if isinstance(one, Listing):
                    found[one.path] = one
    return tuple(found[path] for path in sorted(found))


@cache
def reads_sealed(text: str) -> bool:
    """Whether a query reads a table that holds personal data."""
    tables = (table.name for model in read_models() for table in model.tables if table.sealed)
    return any(f"{{{name}" in text or f"read.{name}" in text for name in tables)


def institution_name(of: str) -> str:
    """SQL of an institution's name on the day, or the nearest that is known."""
    return _nearest("institutions", "institution", "name", of)


def project_name(of: str) -> str:
    """SQL of a project's title on the day, or the nearest that is known."""
    return _nearest("projects", "project", "title", of)


def team_name(of: str) -> str:
    """SQL of a team's name."""
    return _nearest("teams", "team", "name", of)


def agreement_name(of: str) -> str:
    """SQL of an agreement's title on the day, or the nearest that is known."""
    return _nearest("agreements", "agreement", "title", of)


def person_name(of: str) -> str:
    """SQL of a person's name, sealed, for those who may read it; a marker once it is erased."""
    name = _nearest("persons", "person", "given_name || ' ' || nearest.family_name", of)
    return (
        f"CASE WHEN %(personal)s THEN CASE WHEN EXISTS (SELECT FROM read.persons AS gone"
        f" WHERE gone.person = {of} AND gone.erased AND gone.known_to = 9223372036854775807)"
        f" THEN '{ERASED}' ELSE {name} END END"
    )


def _nearest(table: str, key: str, column: str, of: str) -> str:
    """A name does not disappear because the day asked for lies before its owner was entered.

    `of` names a column of the query around it, under any alias but `nearest`.
    """
    return (
        f"(SELECT nearest.{column} FROM {{{table}:ever}} AS nearest WHERE nearest.{key} = {of}"
        f" ORDER BY nearest.valid_from > %(valid_at)s,"
        f" abs(nearest.valid_from - %(valid_at)s::date) LIMIT 1)"
    )
