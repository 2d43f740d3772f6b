"""What is called like that, or has that number? One text over all that the asker may see."""

import re
from typing import NamedTuple

from ledger.projections.stream_register import of_project
from ledger.queries.asking import Question
from ledger.queries.naming import NAMES

EACH = 12  # so many of one collection are found at most


class Hit(NamedTuple):
    """Something found: what it is called, and what tells it from others."""

    collection: str
    id: str
    name: str
    note: str | None


# What else than its name tells an object, and by which columns it is found.
_NOTES = {
    "institutions": (
        "concat_ws(' · ', n.commune, n.county, n.voivodeship)",
        ("name", "nip", "regon"),
    ),
    "projects": ("n.code", ("title", "code")),
    "expenditures": (
        "coalesce(n.issuer_name, n.issuer_nip)",
        ("document_number", "accounting_number", "ksef_number", "issuer_nip", "issuer_name"),
    ),
    "claims": ("NULL", ("number::json #>> '{}'",)),
    "support-cases": ("NULL", ("reference",)),
    "teams": ("n.commune", ("name",)),
    "agreements": ("n.signed_on::text", ("title",)),
    "activities": ("n.starts_on::text", ("title", "series", "place")),
    "deliverables": ("NULL", ("title",)),
    "recruitments": ("NULL", ("title",)),
}


def _select(collection: str) -> str:
    table, key, name = NAMES[collection]
    note, columns = _NOTES[collection]
    found = " OR ".join(f"strpos(lower(n.{one}), %(asked)s) > 0" for one in columns)
    return (
        f"(SELECT '{collection}', n.{key}::text, {name}, {note} FROM {{{table}}} AS n"
        f" WHERE ({found}) AND (%(scope)s::uuid IS NULL OR {_seen(collection, key)})"
        f" ORDER BY lower({name}) <> %(asked)s, {name} LIMIT {EACH})"
    )


def _seen(collection: str, key: str) -> str:
    if collection == "institutions":
        return "true"
    return (
        f"EXISTS (SELECT FROM {{streams:ever}} AS s WHERE s.stream = n.{key}"
        f" AND {of_project('s', '%(scope)s::uuid')})"
    )


_HITS = " UNION ALL ".join(_select(one) for one in _NOTES)


async def search(question: Question, text: str) -> list[Hit]:
    """What has the text in its name or number, whatever its letter case; persons are not in it."""
    asked = " ".join(text.split()).lower()
    if re.fullmatch(r"(pl)?\d{3}-?\d{3}-?\d{2}-?\d{2}", asked):
        asked = asked.removeprefix("pl").replace("-", "")
    if len(asked) < 2:
        return []
    return [Hit(*row) for row in await question.rows(_HITS, plan_once=False, asked=asked)]
