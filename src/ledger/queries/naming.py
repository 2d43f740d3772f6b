"""What are objects called? Names of streams of any collection, at the moment that is asked."""

from collections.abc import Collection
from typing import NamedTuple

from ledger.queries.asking import Question


class Named(NamedTuple):
    """An object: its collection, its name (None: nobody may read one), its project."""

    collection: str
    name: str | None
    project: str | None


# The table, its key, and SQL of the name. Persons are told apart by those who may read them.
NAMES = {
    "activities": ("activities", "activity", "n.title"),
    "agreements": ("agreements", "agreement", "n.title"),
    "claims": ("claims", "claim", "n.number::json #>> '{}'"),
    "custodies": ("custodies", "custody", "n.place"),
    "deliverables": ("deliverables", "deliverable", "n.title"),
    "expenditures": ("accounting_documents", "expenditure", "n.document_number"),
    "grants": ("grants", "grant_id", "n.purpose"),
    "institutions": ("institutions", "institution", "n.name"),
    "projects": ("projects", "project", "n.title"),
    "recruitments": ("recruitments", "recruitment", "n.title"),
    "support-cases": ("support_cases", "support_case", "n.reference"),
    "teams": ("teams", "team", "n.name"),
}


def _name(collection: str) -> str:
    """SQL of the name nearest to the day, for streams `s` of that collection."""
    table, key, name = NAMES[collection]
    return (
        f"WHEN '{collection}' THEN (SELECT {name} FROM {{{table}:ever}} AS n"
        f" WHERE n.{key} = s.stream ORDER BY n.valid_from > %(valid_at)s,"
        f" abs(n.valid_from - %(valid_at)s::date) LIMIT 1)"
    )


_NAMED = f"""
SELECT s.stream::text, s.collection, s.project::text,
    CASE s.collection {" ".join(_name(one) for one in NAMES)} END
FROM {{streams:ever}} AS s WHERE s.stream = ANY(%(streams)s::uuid[])"""


async def named(question: Question, streams: Collection[str]) -> dict[str, Named]:
    """What these streams are called, as far as they are known at the moment."""
    if not streams:
        return {}
    rows = await question.rows(_NAMED, streams=list(streams))
    return {row[0]: Named(row[1], row[3], row[2]) for row in rows}
