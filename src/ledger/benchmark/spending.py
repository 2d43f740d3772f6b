"""What does a large project spend? Documents charged to its budget, and claims for every third.

Of the made-up history this is the part about money: each document has one charge, and as soon as
enough of them wait, a claim is gathered, submitted and approved.
"""

# ruff: noqa: S311 - invented amounts need no secret randomness

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import uuid_utils
from stdnum.pl import nip

from ledger.aggregates import claims, expenditures, projects
from ledger.aggregates.claims.state import Line, portions, totals_of
from ledger.aggregates.expenditures.identity import expenditure_id
from ledger.aggregates.expenditures.recording import PlacedCharge
from ledger.kernel.fields import money
from ledger.kernel.messages import Event

CLAIM_SIZE = 1_500
CLAIMED_SHARE = 3  # every third document comes into a claim
LINES = tuple(f"{task}.{number:02}" for task in range(1, 5) for number in range(1, 11))
CATEGORIES = ("staff", "external", "travel", "equipment")
VAT, UNION = Decimal("1.23"), Decimal("0.85")

Fact = tuple[str, Event]


class Spending:
    """The spending of one project, document by document."""

    def __init__(self, project: str, seed: int, claim_size: int) -> None:
        self.project = project
        self.claims: list[str] = []
        self._random = random.Random(seed)
        self.claim_size = claim_size
        self.documents = 0
        self._waiting: list[Line] = []

    def begin(self, leader: str, on: date) -> Sequence[Fact]:
        """The project, and the lines to which everything is charged."""
        planned = projects.budget.PlannedLine
        started = projects.terms.ProjectStarted(
            code="WYDATKI", title="Duży projekt", programme="PO WER", leader=leader,
            value="12893583.46", eu_contribution="10866712.14", starts_on=on,
            ends_on=on + timedelta(days=4_000),
        )  # fmt: skip
        lines = tuple(
            planned(line=line, task=f"Zadanie {line[0]}", category=_category(line),
                    amount="250000.00", cross_financing=line.endswith("10"))
            for line in LINES
        )  # fmt: skip
        budget = projects.budget.BudgetSet(edition=1, lines=lines)
        return [(self.project, started), (self.project, budget)]

    def document(self, on: date) -> Sequence[Fact]:
        """The next document; now and then a claim follows that it completes."""
        self.documents += 1
        number, issuer = f"FV/{self.documents}/{on.year}", self._issuer()
        stream, line = expenditure_id(issuer, None, number), self._random.choice(LINES)
        net = Decimal(self._random.randrange(1_000, 250_000)) / 100
        gross = (net * VAT).quantize(Decimal("0.01"))
        charge = PlacedCharge(
            charge=str(uuid_utils.uuid7()), project=self.project, budget_line=line,
            eligible=money(gross), eu_amount=money((gross * UNION).quantize(Decimal("0.01"))),
        )  # fmt: skip
        recorded = expenditures.recording.ExpenditureRecorded(
            document_number=number, issuer_nip=issuer, issuer_name=f"Dostawca {issuer}",
            accounting_number=f"KP/{self.documents}", issued_on=on, paid_on=on,
            description="Materiały szkoleniowe dla zespołu kooperacji", net=money(net),
            vat=money(gross - net), gross=money(gross), charges=(charge,),
        )  # fmt: skip
        facts: list[Fact] = [(stream, recorded)]
        if self.documents % CLAIMED_SHARE == 0:
            self._waiting.append(_line(stream, charge))
        if len(self._waiting) == self.claim_size:
            facts += self._claim(on)
            self._waiting.clear()
        return facts

    def leave_out(self, facts: Sequence[Fact]) -> None:
        """Takes back the claims of which these facts have no room in the log any more."""
        left_out = {stream for stream, _ in facts}
        self.claims = [claim for claim in self.claims if claim not in left_out]

    def _issuer(self) -> str:
        while True:
            digits = f"52{self._random.randrange(3_000):07}"
            if (check := nip.checksum(f"{digits}0")) < 10:
                return f"{digits}{check}"

    def _claim(self, on: date) -> Sequence[Fact]:
        """A claim from its opening to its approval, and the documents' part in it."""
        claim = str(uuid_utils.uuid7())
        self.claims.append(claim)
        lines = self._waiting
        named = [
            claims.gathering.ClaimedCharge(expenditure=one.expenditure, charge=one.charge)
            for one in lines
        ]
        claimed = expenditures.claiming.ChargesClaimed
        facts: list[Fact] = [
            (one.expenditure, claimed(charges=(one.charge,), claim=claim)) for one in lines
        ]
        course: list[Event] = [
            claims.gathering.ClaimOpened(
                project=self.project, number=len(self.claims), period_from=on, period_to=on
            )
        ]
        included = claims.gathering.ChargesWereIncluded
        course += [included(charges=some) for some in portions(named)]
        frozen = claims.course.LinesFrozen
        course += [frozen(submission=1, lines=some) for some in portions(lines)]
        totals = totals_of(lines)
        course.append(
            claims.course.ClaimSubmitted(submission=1, submitted_by="officer", totals=totals)
        )
        course.append(claims.course.ClaimApproved(approved_by="manager", totals=totals))
        return [(claim, course[0]), *facts, *((claim, event) for event in course[1:])]


def _category(line: str) -> str:
    return CATEGORIES[int(line[-1]) % len(CATEGORIES)]


def _line(expenditure: str, charge: PlacedCharge) -> Line:
    return Line(
        expenditure=expenditure, charge=charge.charge, budget_line=charge.budget_line,
        task=f"Zadanie {charge.budget_line[0]}", category=_category(charge.budget_line),
        method=charge.method, eligible=charge.eligible, eu_amount=charge.eu_amount,
    )  # fmt: skip
