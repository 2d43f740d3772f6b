"""What would be found of a document or a shift, were it recorded? Judged by the same rules.

Nothing is written for it: it is put among the facts of its project as if it were there.
What depends on a claim, and what adds up charges of the whole project other than by lines, is found
once it is recorded.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from ledger.findings.budget import edition_in_force
from ledger.findings.facts import Charge, Charged, ChargedVat, Document, Facts, Shift, Twin
from ledger.findings.judging import Finding, introduced, judge
from ledger.findings.loading import Ask, load
from ledger.findings.model import Lang
from ledger.projections.engine.reading import Moment

BY_LINE = "budget_exceeded"
BY_TASK = "task_shift"

_ALIKE = """
SELECT d.expenditure::text, d.document_number, %(key)s, coalesce(d.issuer_name,
    'NIP ' || d.issuer_nip), d.gross, d.issued_on, x.own, d.position
FROM {accounting_documents} AS d
CROSS JOIN LATERAL (
    SELECT bool_or(c.project = %(project)s::uuid) AS own FROM {charges} AS c
    WHERE c.expenditure = d.expenditure AND NOT c.withdrawn) AS x
WHERE d.gross = %(gross)s AND d.expenditure <> %(expenditure)s::uuid
    AND (x.own OR x.own IS NOT NULL AND %(scope)s::uuid IS NULL)
    AND CASE WHEN %(nip)s::text IS NOT NULL THEN d.issuer_nip = %(nip)s
        ELSE d.issuer_nip IS NULL AND lower(btrim(d.issuer_name)) = %(name)s END"""


class DraftCharge(Struct, frozen=True, kw_only=True):
    """A part of the document that would be charged to the project."""

    line: str
    eligible: Decimal
    eligible_vat: Decimal | None = None
    method: str = "actual"
    procurement: str | None = None


class Draft(Struct, frozen=True, kw_only=True):
    """A document that is not recorded; `expenditure` is the id that it would have."""

    expenditure: str
    number: str
    issuer_nip: str | None
    issuer_name: str | None
    issued_on: date
    paid_on: date | None
    net: Decimal
    vat: Decimal
    gross: Decimal
    charges: Sequence[DraftCharge]


class DraftShift(Struct, frozen=True, kw_only=True):
    """An amount that would be moved from one line of the budget to another."""

    from_line: str
    to_line: str
    amount: Decimal
    on: date


async def foreseen_of_shift(
    ask: Ask, moment: Moment, project: str, draft: DraftShift, *, scope: str | None, lang: Lang
) -> list[Finding]:
    """What would be found of the lines and the tasks of a shift; errors first."""
    rules = [one for one in await introduced(ask) if one.id in (BY_LINE, BY_TASK)]
    facts = await load(ask, moment.valid_at, project, rules, scope=scope)
    if facts is None:
        return []
    position = moment.known_at + 1
    edition = edition_in_force(facts.lines)
    made = Shift(edition, draft.from_line, draft.to_line, draft.amount, draft.on, position)
    as_if = replace(facts, shifts=[*facts.shifts, made])
    found = (await asyncio.to_thread(judge, rules, as_if)).told(lang)
    return [one for one in found if one.position == position]


async def foreseen(
    ask: Ask, moment: Moment, project: str, draft: Draft, *, scope: str | None, lang: Lang
) -> list[Finding]:
    """What the project's charges of the document would be found to break; errors first."""
    rules = [one for one in await introduced(ask) if one.by_document or one.id == BY_LINE]
    facts = await load(
        ask, moment.valid_at, project, rules, scope=scope, expenditures=[draft.expenditure]
    )
    if facts is None:
        return []
    twins = await _twins(ask, project, draft, scope)
    as_if = _with(facts, draft, twins, moment.known_at + 1)
    found = (await asyncio.to_thread(judge, rules, as_if)).told(lang)
    lines = {f"{BY_LINE}/{project}/{one.line}" for one in draft.charges}
    return [one for one in found if one.subject == draft.expenditure or one.id in lines]


async def _twins(ask: Ask, project: str, draft: Draft, scope: str | None) -> list[Twin]:
    name = (draft.issuer_name or "").strip().lower()
    key = draft.issuer_nip or f"={name}"
    rows = await ask(
        _ALIKE, project=project, scope=scope, expenditure=draft.expenditure, gross=draft.gross,
        nip=draft.issuer_nip, name=name, key=key,
    )  # fmt: skip
    return [Twin(*row) for row in rows]


def _with(facts: Facts, draft: Draft, twins: Sequence[Twin], position: int) -> Facts:
    """The facts as they would be."""
    issuer = draft.issuer_name or f"NIP {draft.issuer_nip}"
    document = Document(
        draft.expenditure, draft.number, issuer, draft.issued_on, draft.paid_on, draft.net,
        draft.vat, position,
    )  # fmt: skip
    charges = [
        Charge(
            document=document, charge=f"{index}", line=one.line, net=one.eligible, eu=None,
            method=one.method, procurement=one.procurement, claim=None, approved=None,
            position=position,
        )
        for index, one in enumerate(draft.charges)
    ]  # fmt: skip
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in draft.charges:
        sums[one.line, one.method] += one.eligible
    charged = [Charged(*key, net, position, position, position) for key, net in sums.items()]
    vat = sum((one.eligible_vat or Decimal(0) for one in draft.charges), Decimal(0))
    return replace(
        facts,
        documents=[document],
        charges=charges,
        unproved=(),  # it stands in no claim yet
        charged=[*facts.charged, *charged],
        charged_vat=[ChargedVat(document, vat, position)],
        twins=[*twins, _own_twin(draft, issuer, position)],
    )


def _own_twin(draft: Draft, issuer: str, position: int) -> Twin:
    key = draft.issuer_nip or f"={(draft.issuer_name or '').strip().lower()}"
    return Twin(
        draft.expenditure, draft.number, key, issuer, draft.gross, draft.issued_on, True,
        position,
    )  # fmt: skip
