"""What may a rule know? The facts of one project at one moment, as plain values.

A project may have 100 000 charges: a rule is given those that it could find (`Rule.only`), and
others' with them; what concerns all of them comes as sums.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

CENT = Decimal("0.01")
INDIRECT = "indirect"  # the category of costs that a flat rate covers
SUBMITTED = ("submitted", "approved", "paid")


class Project(Struct, frozen=True, gc=False):
    """The terms of the grant agreement on the day."""

    id: str
    code: str
    title: str
    programme: str
    value: Decimal
    eu_contribution: Decimal | None
    starts_on: date
    ends_on: date
    closed_on: date | None
    position: int


class BudgetLine(Struct, frozen=True, gc=False):
    """A line of an edition of the budget, as it was laid down before any shift."""

    edition: int
    line: str
    task: str
    category: str
    amount: Decimal
    cross_financing: bool
    position: int


class Shift(Struct, frozen=True, gc=False):
    """An amount moved from one line to another within an edition."""

    edition: int
    from_line: str
    to_line: str
    amount: Decimal
    on: date
    position: int


class Document(Struct, frozen=True, gc=False):
    """An accounting document of which the project bears a part.

    `position` is that of the document; where it is a fact by itself, that of the project's first
    charge of it, if that is later.
    """

    expenditure: str
    number: str
    issuer: str
    issued_on: date
    paid_on: date | None
    net: Decimal
    vat: Decimal
    position: int

    @property
    def day(self) -> date:
        """The day by which it is judged: that of its payment, or else of its issue."""
        return self.paid_on or self.issued_on


class ChargedVat(Struct, frozen=True, gc=False):
    """How much VAT the charges of a document, of whatever project, call eligible."""

    document: Document
    charged: Decimal
    position: int


class Charged(Struct, frozen=True, gc=False):
    """What is charged to a line by one method: the sum, net of what was refused.

    `first` and `last` are the least and greatest position of these charges, refusals included;
    `since` is that of the first of them alone.
    """

    line: str
    method: str
    net: Decimal
    since: int
    first: int
    last: int


class Daily(Struct, frozen=True, gc=False):
    """What is charged to a line by documents of one day, net of what was refused.

    `last` is the greatest position of these charges.
    """

    line: str
    day: date
    amount: Decimal
    last: int


class Charge(Struct, frozen=True, gc=False):
    """A part of a document on a line of the project's budget, while it is not withdrawn.

    `net` and `eu` are what is left after reductions and financial corrections. `approved` is what
    an approved claim bears of it, less what was corrected since, where that is another amount.
    """

    document: Document
    charge: str
    line: str
    net: Decimal
    eu: Decimal | None
    method: str
    procurement: str | None
    claim: str | None
    approved: Decimal | None
    position: int


class Unproved(Struct, frozen=True, gc=False):
    """A document in a submitted claim that has nothing in our store behind it.

    What a flat rate covers is left out. `in_all`: how many there are, where only the first were
    asked for.
    """

    expenditure: str
    number: str
    issuer: str
    claim: str
    claim_number: str
    position: int
    in_all: int


class Twin(Struct, frozen=True, gc=False):
    """A document that shares issuer and gross amount with another.

    `own`: the project bears a part of it.
    """

    expenditure: str
    number: str
    issuer_key: str
    issuer: str
    gross: Decimal
    issued_on: date
    own: bool
    position: int


class Claim(Struct, frozen=True, gc=False):
    """A claim for payment."""

    claim: str
    number: str
    period_from: date
    period_to: date
    status: str
    submitted_on: date | None
    position: int

    @property
    def submitted(self) -> bool:
        """Whether it has been handed in and not been returned."""
        return self.status in SUBMITTED


class Receipt(Struct, frozen=True, gc=False):
    """Money received from the Union's funds, as a tranche or a part of one."""

    tranche: str | None
    amount: Decimal
    on: date
    position: int


class Settlement(Struct, frozen=True, gc=False):
    """What a day's approvals settled of the Union's money, or its corrections unsettled."""

    on: date
    amount: Decimal
    position: int


class Attendance(Struct, frozen=True, gc=False):
    """A person at an activity; the name only where the one who asks may read it."""

    person: str
    person_name: str | None
    activity: str
    title: str
    starts_on: date
    ends_on: date
    place: str | None
    position: int


class Appointment(Struct, frozen=True, gc=False):
    """An institution in a team, and where that team works."""

    appointment: str
    team: str
    team_name: str
    kind: str
    voivodeship: str | None
    county: str | None
    commune: str | None
    agreement: str | None
    institution: str
    institution_name: str
    since: date
    position: int


class Party(Struct, frozen=True, gc=False):
    """A party of an agreement of the project that is signed and not terminated."""

    agreement: str
    institution: str
    sector: str
    level: str
    voivodeship: str | None
    county: str | None
    commune: str | None


class IndicatorFact(Struct, frozen=True, gc=False):
    """An indicator with its target and what was achieved, as the caller counted it."""

    code: str
    name: str
    target: Decimal
    achieved: Decimal
    position: int


class Milestone(Struct, frozen=True, gc=False):
    """A stage of the project."""

    number: int
    name: str
    ends_on: date
    completed_on: date | None
    position: int


class Unheld(Struct, frozen=True, gc=False):
    """A document that stands as evidence, by its digest, and that neither we nor others hold."""

    digest: str
    stream: str
    collection: str
    name: str | None
    position: int


class Facts(Struct, frozen=True, kw_only=True):
    """What is true of a project on the day `valid_at`; only what a rule needs is filled in.

    `first_day` is that of the earliest document. `asked`: the documents that are asked about, where
    it is only some; others may be told of for comparison.
    """

    valid_at: date
    project: Project
    lines: Sequence[BudgetLine] = ()
    shifts: Sequence[Shift] = ()
    documents: Sequence[Document] = ()
    charges: Sequence[Charge] = ()
    charged: Sequence[Charged] = ()
    daily: Sequence[Daily] = ()
    charged_vat: Sequence[ChargedVat] = ()
    first_day: date | None = None
    unproved: Sequence[Unproved] = ()
    twins: Sequence[Twin] = ()
    claims: Mapping[str, Claim] = {}
    receipts: Sequence[Receipt] = ()
    settlements: Sequence[Settlement] = ()
    attendances: Sequence[Attendance] = ()
    appointments: Sequence[Appointment] = ()
    parties: Sequence[Party] = ()
    indicators: Sequence[IndicatorFact] = ()
    milestones: Sequence[Milestone] = ()
    unheld: Sequence[Unheld] = ()
    asked: frozenset[str] | None = None

    def asks(self, expenditure: str) -> bool:
        """Whether it is asked what is found of that document."""
        return self.asked is None or expenditure in self.asked
