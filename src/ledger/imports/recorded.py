"""What of a file is recorded already? Found by the documents' ids, many at a time.

A document is known where the ledger holds it, or once held it, as the file tells it: what was
corrected since does not make the same file new.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from msgspec import Struct

from ledger.aggregates.expenditures.identity import folded
from ledger.imports.accounting import Correction, Document
from ledger.imports.budget import Budget, Line
from ledger.projections.engine.reading import Reading

CHUNK = 5_000
COMPARED = ("issued_on", "paid_on", "net", "vat", "gross")

NOW = {"known_at": 2**63 - 2}  # a position that no log reaches
_DOCUMENTS = """
SELECT expenditure::text, issued_on::text, paid_on::text,
    net::numeric(16,2)::text, vat::numeric(16,2)::text, gross::numeric(16,2)::text
FROM read.accounting_documents
WHERE alive AND expenditure = ANY(%(ids)s::uuid[])
ORDER BY expenditure, known_to, valid_from"""
_CHARGES = """
SELECT expenditure::text, charge::text, project::text, budget_line,
    eligible::numeric(16,2)::text, withdrawn
FROM read.charges
WHERE alive AND expenditure = ANY(%(ids)s::uuid[])
ORDER BY expenditure, known_to, valid_from"""
_STATED = """
SELECT DISTINCT ON (expenditure) expenditure::text, net::numeric(16,2)::text,
    vat::numeric(16,2)::text, gross::numeric(16,2)::text, valid_from::text
FROM {accounting_documents:ever} AS one
WHERE expenditure = ANY(%(ids)s::uuid[])
ORDER BY expenditure, valid_from DESC"""
_LIVE = """
SELECT DISTINCT ON (expenditure, charge) expenditure::text, charge::text, project::text,
    eligible::numeric(16,2)::text, eligible_vat::numeric(16,2)::text, withdrawn
FROM {charges:ever} AS one
WHERE expenditure = ANY(%(ids)s::uuid[])
ORDER BY expenditure, charge, valid_from DESC"""
_CORRECTING = """
SELECT expenditure::text, document_number FROM {correcting_documents:ever} AS one
WHERE expenditure = ANY(%(ids)s::uuid[])"""
_PROJECT = """
SELECT project::text, code, value::numeric(16,2)::text, eu_contribution::numeric(16,2)::text
FROM {projects:ever} AS one
WHERE (project::text = %(named)s OR code = %(named)s)
ORDER BY project::text = %(named)s DESC, valid_from DESC LIMIT 1"""
_LINES = """
SELECT DISTINCT ON (line) line, task, category FROM {budget_lines:ever} AS one
WHERE project = %(project)s::uuid AND edition = (
    SELECT max(edition) FROM {budget_lines:ever} AS other
    WHERE project = %(project)s::uuid)
ORDER BY line"""


class Difference(NamedTuple):
    """A field of a document that is recorded otherwise; None for all of it: not for this reader."""

    field: str
    recorded: str
    told: str


class Part(Struct):
    """A live charge of a document, as far as a correction may touch it."""

    charge: str
    project: str
    eligible: Decimal
    eligible_vat: Decimal | None


class Standing(Struct):
    """A recorded document, as a correction finds it."""

    since: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    parts: list[Part]
    corrected_by: set[str]


async def budget_of(reading: Reading, named: str) -> Budget | None:
    """The project of that id or code, with the lines of its latest budget."""
    found = await reading.rows(_PROJECT, NOW | {"named": named})
    if not found:
        return None
    project, code, value, eu_contribution = found[0]
    lines = await reading.rows(_LINES, NOW | {"project": project})
    return Budget(project, code, value, eu_contribution, [Line(*row) for row in lines])


class Register:
    """The documents that are recorded, as read models show them."""

    def __init__(self, reading: Reading, project: str, *, scoped: bool) -> None:
        self._reading = reading
        self._project, self._scoped = project, scoped

    async def compare(self, documents: Mapping[str, Document]) -> dict[str, Sequence[Difference]]:
        """For each of the documents that is recorded: how it differs, empty where it does not."""
        found: dict[str, Sequence[Difference]] = {}
        for ids in _chunks(documents):
            rows: dict[str, list[Sequence[Any]]] = defaultdict(list)
            for id, *row in await self._reading.rows(_DOCUMENTS, {"ids": ids}):
                rows[id].append(row)
            if not rows:
                continue
            charges: dict[str, list[Sequence[Any]]] = defaultdict(list)
            for id, *row in await self._reading.rows(_CHARGES, {"ids": list(rows)}):
                charges[id].append(row)
            for id, recorded in rows.items():
                found[id] = self._differences(documents[id], recorded, charges[id])
        return found

    def _differences(
        self,
        document: Document,
        rows: Sequence[Sequence[Any]],
        charges: Sequence[Sequence[Any]],
    ) -> Sequence[Difference]:
        if self._scoped and charges and all(row[1] != self._project for row in charges):
            return [Difference("", "", "")]
        told = [getattr(document, field) for field in COMPARED]
        differences = []
        if told not in [list(row) for row in rows]:
            differences = [
                Difference(field, recorded or "–", here or "–")
                for field, recorded, here in zip(COMPARED, rows[-1], told, strict=True)
                if recorded != here
            ]
        named = Counter((one.line, one.eligible) for one in document.charges)
        own = [row for row in charges if row[1] == self._project]
        # As they were recorded first, and as they stand: the last row of each is the latest.
        first = Counter((row[2], row[3]) for row in {row[0]: row for row in reversed(own)}.values())
        last = {row[0]: row for row in own}.values()
        live = Counter((row[2], row[3]) for row in last if not row[4])
        if named and named not in (first, live):
            differences.append(Difference("charges", _listed(live), _listed(named)))
        return differences

    async def standings(self, corrections: Sequence[Correction], ids: Sequence[str]
                        ) -> dict[str, Standing]:  # fmt: skip
        """The recorded documents of these ids, which the corrections change."""
        if not corrections:
            return {}
        found: dict[str, Standing] = {}
        asked = NOW | {"ids": list(set(ids))}
        for id, net, vat, gross, since in await self._reading.rows(_STATED, asked):
            found[id] = Standing(since, Decimal(net), Decimal(vat), Decimal(gross), [], set())
        for id, charge, project, eligible, vat, withdrawn in await self._reading.rows(_LIVE, asked):
            if id in found and not withdrawn:
                part = Part(
                    charge, project, Decimal(eligible), None if vat is None else Decimal(vat)
                )
                found[id].parts.append(part)
        for id, number in await self._reading.rows(_CORRECTING, asked):
            if id in found:
                found[id].corrected_by.add(folded(number))
        return found


def _listed(charges: Counter[tuple[str, str]]) -> str:
    return ", ".join(f"{line}: {eligible}" for line, eligible in sorted(charges.elements())) or "–"


def _chunks(ids: Mapping[str, Any]) -> Iterator[list[str]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
