"""What does a payment claim know of itself? Its charges, its course, and its frozen sums."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import TypeVar

import msgspec
from msgspec import Struct

from ledger.kernel.errors import Collision, Refusal
from ledger.kernel.fields import (
    NOTHING,
    ChargeMethod,
    ExpenditureId,
    Id,
    Label,
    Money,
    ShortText,
    Sum,
    TaskName,
    added,
)
from ledger.kernel.messages import Aggregate, State
from ledger.kernel.standing import ClaimStanding

R = TypeVar("R", bound=Struct)
BYTES_PER_EVENT = 48_000  # an event's line in the log has at most 65 535 bytes


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A charge as it stands in a claim that was submitted: net of what was refused by then."""

    expenditure: ExpenditureId
    charge: Id
    budget_line: Label
    task: TaskName | None = None
    category: ShortText | None = None
    method: ChargeMethod
    eligible: Money
    eu_amount: Money | None = None
    disallowed: Money = NOTHING


class Totals(Struct, frozen=True, kw_only=True):
    """Sums of a claim's lines, each rounded by itself."""

    eligible: Sum
    eu_amount: Sum
    by_category: dict[str, Sum]


def totals_of(lines: Iterable[Line]) -> Totals:
    """The sums; a line whose category is not known stands under `unknown`."""
    lines = list(lines)
    by_category: dict[str, str] = {}
    for one in lines:
        name = one.category or "unknown"
        by_category[name] = added(by_category.get(name, NOTHING), one.eligible)
    return Totals(
        eligible=added(*(one.eligible for one in lines)),
        eu_amount=added(*(one.eu_amount or NOTHING for one in lines)),
        by_category=dict(sorted(by_category.items())),
    )


def portions(rows: Sequence[R]) -> list[tuple[R, ...]]:
    """The rows in portions that each fit into one event."""
    sizes = accumulate(len(msgspec.json.encode(row)) for row in rows)
    found: dict[int, list[R]] = {}
    for row, size in zip(rows, sizes, strict=True):
        found.setdefault(size // BYTES_PER_EVENT, []).append(row)
    return [tuple(portion) for portion in found.values()]


class Claim(State, frozen=True, kw_only=True):
    """A request for payment for a period; `charges` maps each to its expenditure."""

    project: str
    number: str | int
    period_from: date
    period_to: date
    status: str = "draft"
    charges: Mapping[str, str] = {}
    frozen: Mapping[str, Line] = {}
    submissions: int = 0
    moved_on: date
    submitted_by: str | None = None
    approved_on: date | None = None
    paid: str = NOTHING
    payments: int = 0

    def standing(self) -> ClaimStanding:
        return ClaimStanding(
            project=self.project, number=str(self.number).strip(), approved_on=self.approved_on
        )


CLAIMS = Aggregate.define("claims", kind="claim", state=Claim, writers=["officer"])


class ClaimNotOpen(Refusal):
    """The claim is {status}: it can be changed only while it is a draft or returned."""


class ClaimNotSubmitted(Refusal):
    """The claim is {status}, not submitted."""


class ClaimNotApproved(Refusal):
    """The claim is {status}: only an approved one is paid."""


def check_status(state: Claim, allowed: Sequence[str], refusal: type[Refusal], claim: str) -> None:
    """Raises the refusal where the claim's course does not allow it."""
    if state.status not in allowed:
        raise refusal(status=state.status, collides=Collision("claims", claim))
