"""What stands in a payment claim on paper? The claim as it was at a moment, with its sums.

Everything on the paper follows from this value, so the paper of a moment can be made again.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

import msgspec
from msgspec import Struct

from ledger.event_store.log import EventLog
from ledger.papers.charges import NOTHING, Charge
from ledger.papers.imprint import Imprint, imprint
from ledger.papers.words import words
from ledger.papers.written import Lang, file_name
from ledger.queries.asking import Question, listing


class Payment(Struct, frozen=True, kw_only=True):
    """Money that was paid for the claim."""

    amount: Decimal
    paid_on: date


class Claim(Struct, frozen=True, kw_only=True):
    """The claim itself."""

    id: str
    project: str
    number: str | int
    period_from: date
    period_to: date
    status: str
    submitted_on: date | None = None
    submitted_by: str | None = None
    approved_on: date | None = None
    approved_by: str | None = None
    approved: Decimal | None = None
    paid: Decimal = NOTHING
    payments: list[Payment] = []
    charges: list[Charge]


class Project(Struct, frozen=True, kw_only=True):
    """The project whose claim it is, and its beneficiary."""

    code: str
    title: str
    programme: str
    priority_axis: str | None = None
    measure: str | None = None
    fund: str | None = None
    leader_name: str | None = None


class Sums(Struct, frozen=True, kw_only=True):
    """What some lines amount to together."""

    count: int
    eligible: Decimal
    eligible_vat: Decimal
    eu_amount: Decimal
    disallowed: Decimal

    @property
    def own(self) -> Decimal:
        """What the beneficiary bears."""
        return self.eligible - self.eu_amount


class ClaimPaper(Struct, frozen=True, kw_only=True):
    """A payment claim, ready to be printed."""

    claim: Claim
    project: Project
    imprint: Imprint

    @property
    def is_draft(self) -> bool:
        """Not submitted: the paper has to say so on every page."""
        return self.claim.status in ("draft", "returned")

    @property
    def sums(self) -> Sums:
        """What the claim amounts to."""
        return summed(self.claim.charges)

    @property
    def by_category(self) -> list[tuple[str | None, Sums]]:
        """What each category of cost amounts to."""
        return _grouped(self.claim.charges, lambda one: one.category)

    def file_name(self, lang: Lang, suffix: str) -> str:
        """What the paper's file is called."""
        said = words(lang)["claim_file"]
        return file_name(said, self.project.code, self.claim.number, suffix=suffix)

    @property
    def by_task(self) -> list[tuple[str | None, Sums]]:
        """What each task amounts to."""
        return _grouped(self.claim.charges, lambda one: one.task)


def summed(charges: Iterable[Charge]) -> Sums:
    """The sums of these lines; sums of rounded lines, nothing is rounded again."""
    lines = list(charges)
    return Sums(
        count=len(lines),
        eligible=sum((one.eligible for one in lines), NOTHING),
        eligible_vat=sum((one.eligible_vat or NOTHING for one in lines), NOTHING),
        eu_amount=sum((one.eu_amount or NOTHING for one in lines), NOTHING),
        disallowed=sum((one.disallowed for one in lines), NOTHING),
    )


def _grouped(
    charges: list[Charge], of: Callable[[Charge], str | None]
) -> list[tuple[str | None, Sums]]:
    groups: dict[str | None, list[Charge]] = {}
    for one in charges:
        groups.setdefault(of(one), []).append(one)
    return [(name, summed(groups[name])) for name in sorted(groups, key=natural)]


def natural(name: str | None) -> list[tuple[int, int, str]]:
    """Task 2 before task 10; what has no name comes last."""
    if name is None:
        return [(2, 0, "")]
    pieces = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(0, int(one), "") if one.isdecimal() else (1, 0, one.casefold()) for one in pieces]


async def claim_paper(question: Question, log: EventLog, id: str) -> ClaimPaper:
    """The claim's paper at the moment of the question. Raises `NotFound`."""
    row, _ = await question.one(listing("/api/claims"), id)
    claim = msgspec.json.decode(row, type=Claim)
    row, _ = await question.one(listing("/api/projects"), claim.project)
    project = msgspec.json.decode(row, type=Project)
    return ClaimPaper(claim=claim, project=project, imprint=await imprint(log, question.moment))
