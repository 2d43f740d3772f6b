"""Which document came in, on which lines was it charged, when was it paid?"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct, structs
from msgspec.structs import replace

from ledger.aggregates.expenditures.identity import expenditure_id
from ledger.aggregates.expenditures.state import (
    EXPENDITURES,
    Charge,
    Expenditure,
    Stated,
    check_ceiling,
)
from ledger.kernel.errors import Collision, FieldError, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import (
    ChargeMethod,
    Date,
    DocumentNumber,
    Id,
    KsefNumber,
    Label,
    Money,
    Nip,
    ProjectId,
    Text,
    Title,
    decimal,
    share,
)
from ledger.kernel.ksef import is_ksef_number
from ledger.kernel.messages import Command, Event, Given
from ledger.kernel.nip import nip_of
from ledger.kernel.standing import ProjectTerms

ROUNDING = Decimal("0.02")  # net and VAT of many lines are rounded one by one


class NewCharge(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of a document to be charged; a client may choose its id."""

    project: ProjectId
    budget_line: Label
    eligible: Money
    eligible_vat: Money | None = None
    eu_amount: Money | None = None
    method: ChargeMethod = "actual"
    procurement: Title | None = None
    charge: Id | None = None


class PlacedCharge(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a document as it was charged."""

    charge: Id
    project: ProjectId
    budget_line: Label
    eligible: Money
    eligible_vat: Money | None = None
    eu_amount: Money | None = None
    method: ChargeMethod = "actual"
    procurement: Title | None = None

    def made(self, on: date) -> Charge:
        """The charge, true from that day on."""
        return Charge(
            project=self.project,
            budget_line=self.budget_line,
            eligible=self.eligible,
            eligible_vat=self.eligible_vat,
            eu_amount=self.eu_amount,
            method=self.method,
            procurement=self.procurement,
            since=on,
        )


@EXPENDITURES.event("expenditure.recorded", begins=True)
class ExpenditureRecorded(Event, frozen=True, kw_only=True):
    """An accounting document was recorded, with the parts of it that are charged."""

    document_number: DocumentNumber
    issuer_nip: Nip | None = None
    issuer_name: Title | None = None
    accounting_number: DocumentNumber | None = None
    ksef_number: KsefNumber | None = None
    issued_on: Date
    paid_on: Date | None = None
    description: Text
    net: Money
    vat: Money
    gross: Money
    charges: tuple[PlacedCharge, ...]

    def apply(self, state: None, on: date) -> Expenditure:
        return Expenditure(
            document_number=self.document_number,
            issuer_nip=self.issuer_nip,
            issuer_name=self.issuer_name,
            accounting_number=self.accounting_number,
            ksef_number=self.ksef_number,
            issued_on=self.issued_on,
            paid_on=self.paid_on,
            paid_since=on if self.paid_on else None,
            description=self.description,
            amounts=(Stated(on, self.net, self.vat, self.gross),),
            charges={one.charge: one.made(on) for one in self.charges},
            since=on,
        )


@EXPENDITURES.event("expenditure.charged")
class ExpenditureCharged(Event, frozen=True, kw_only=True):
    """A further part of the document was charged."""

    charge: Id
    project: ProjectId
    budget_line: Label
    eligible: Money
    eligible_vat: Money | None = None
    eu_amount: Money | None = None
    method: ChargeMethod = "actual"
    procurement: Title | None = None

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        made = PlacedCharge(**structs.asdict(self)).made(on)
        return replace(state, charges={**state.charges, self.charge: made})

    def answer(self) -> dict[str, Any]:
        return {"charge": self.charge}


@EXPENDITURES.event("expenditure.paid")
class ExpenditurePaid(Event, frozen=True, kw_only=True):
    """The document was paid."""

    paid_on: Date

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        return replace(state, paid_on=self.paid_on, paid_since=on)


class DocumentRecorded(Refusal):
    """The document {document_number} of the issuer {issuer} is recorded already; a further part
    of it is charged there."""


class DocumentPaid(Refusal):
    """The document was paid on {paid_on}; a mistaken date is corrected."""


class ChargeExists(Refusal):
    """The document has a charge with the id {charge} already."""


def amounts_errors(net: str, vat: str, gross: str) -> list[FieldError]:
    """What is wrong with a document's amounts; sums of rounded lines may differ by 0.02."""
    total = decimal(net) + decimal(vat)
    if abs(total - decimal(gross)) > ROUNDING:
        return [FieldError("gross", f"must be net + vat = {total}, give or take {ROUNDING}")]
    return []


def charge_errors(
    path: str, fields: Mapping[str, Any], gross: str, vat: str, terms: ProjectTerms
) -> list[FieldError]:
    """What is wrong with a charge's values, under the path of its fields."""
    eligible = decimal(fields["eligible"])
    errors = []
    if fields["budget_line"] not in terms.lines:
        errors.append(FieldError(f"{path}budget_line", "is not a line of the project's budget"))
    if eligible > decimal(gross):
        errors.append(FieldError(f"{path}eligible", f"must not exceed the gross amount ({gross})"))
    eligible_vat = fields.get("eligible_vat")
    if eligible_vat is not None and decimal(eligible_vat) > decimal(vat):
        errors.append(FieldError(f"{path}eligible_vat", f"must not exceed the VAT ({vat})"))
    elif eligible_vat is not None and decimal(eligible_vat) > eligible:
        errors.append(FieldError(f"{path}eligible_vat", "must not exceed the eligible amount"))
    eu_amount = fields.get("eu_amount")
    if eu_amount is not None and decimal(eu_amount) > eligible:
        errors.append(FieldError(f"{path}eu_amount", "must not exceed the eligible amount"))
    return errors


def date_errors(today: date, **dates: date | None) -> list[FieldError]:
    """Which of these days have not come yet."""
    return [
        FieldError(name, "must not be in the future")
        for name, on in dates.items()
        if on is not None and on > today
    ]


def ksef_errors(ksef_number: str | None, field: str = "ksef_number") -> list[FieldError]:
    """Whether the number's check digit is wrong."""
    if ksef_number is not None and not is_ksef_number(ksef_number):
        return [FieldError(field, "is not a KSeF number (its check digit or form is wrong)")]
    return []


def placed(new: Mapping[str, Any], given: Given) -> dict[str, Any]:
    """The charge with its id, and the Union's part where the client left it to us."""
    fields = dict(new)
    fields["charge"] = fields.get("charge") or given.new_id()
    if fields.get("eu_amount") is None:
        fields["eu_amount"] = eu_part(fields["eligible"], fields["project"], given)
    return fields


def eu_part(eligible: str, project: str, given: Given) -> str | None:
    """The Union's part of an amount, by the project's shares on the day of recording."""
    terms = given.of(ProjectTerms, project)
    if terms.eu_contribution is None:
        return None
    return share(eligible, terms.eu_contribution, terms.value)


def _charges_of(event: Event) -> Sequence[str]:
    if isinstance(event, ExpenditureRecorded):
        return [one.charge for one in event.charges]
    return [event.charge] if isinstance(event, ExpenditureCharged) else []


@EXPENDITURES.command("create")
class RecordExpenditure(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record an accounting document and the parts of it that are charged to budget lines."""

    document_number: DocumentNumber
    issuer_nip: Nip | None = None
    issuer_name: Title | None = None
    accounting_number: DocumentNumber | None = None
    ksef_number: KsefNumber | None = None
    issued_on: Date
    paid_on: Date | None = None
    description: Text
    net: Money
    vat: Money
    gross: Money
    charges: tuple[NewCharge, ...]

    def identity(self) -> str:
        return expenditure_id(self._nip(), self.issuer_name, self.document_number)

    def projects(self, state: Expenditure | None) -> frozenset[str]:
        return frozenset(one.project for one in self.charges)

    def existing(self, given: Given) -> Refusal:
        return DocumentRecorded(
            document_number=self.document_number,
            issuer=self._nip() or self.issuer_name,
            collides=Collision("expenditures", given.id),
        )

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        errors = [*self._document_errors(given), *self._charges_errors(given)]
        if errors:
            raise Invalid(errors)
        charges = [placed(structs.asdict(one), given) for one in self.charges]
        # What concerns one project must not tell of another: then each charge is an event.
        alone = len({one["project"] for one in charges}) <= 1
        recorded = ExpenditureRecorded(
            **structs.asdict(self)
            | {
                "issuer_nip": self._nip(),
                "charges": tuple(PlacedCharge(**one) for one in charges if alone),
            }
        )
        charged = [ExpenditureCharged(**one) for one in charges if not alone]
        made = recorded.apply(None, given.effective_on)
        for one in charged:
            made = one.apply(made, given.effective_on)
        check_ceiling(replace(made, charges={}), made, given)
        return [recorded, *charged]

    @classmethod
    def answer(cls, events: Sequence[Event]) -> dict[str, Any]:
        return {"charges": [id for event in events for id in _charges_of(event)]}

    def _nip(self) -> str | None:
        """The issuer's tax number as digits only; as it came where it is none."""
        return (nip_of(self.issuer_nip) or self.issuer_nip) if self.issuer_nip else None

    def _document_errors(self, given: Given) -> list[FieldError]:
        errors = amounts_errors(self.net, self.vat, self.gross)
        errors += date_errors(given.today, issued_on=self.issued_on, paid_on=self.paid_on)
        errors += ksef_errors(self.ksef_number)
        if self.issuer_nip and nip_of(self.issuer_nip) is None:
            wrong = "is not a valid NIP (10 digits with a check digit)"
            errors.append(FieldError("issuer_nip", wrong))
        if not self.issuer_nip and not self.issuer_name:
            errors.append(FieldError("issuer_nip", "is required, or else issuer_name"))
        return errors

    def _charges_errors(self, given: Given) -> list[FieldError]:
        errors: list[FieldError] = []
        if not self.charges and given.scope is not None:
            errors.append(FieldError("charges", "at least one charge is required"))
        seen: set[str] = set()
        for index, one in enumerate(self.charges):
            path = f"charges[{index}]."
            terms = given.of(ProjectTerms, one.project)
            errors += charge_errors(path, structs.asdict(one), self.gross, self.vat, terms)
            if one.charge in seen:
                errors.append(FieldError(f"{path}charge", "is named twice"))
            if one.charge:
                seen.add(one.charge)
        return errors


@EXPENDITURES.command("charge")
class ChargeExpenditure(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Charge a further part of the document to a budget line."""

    project: ProjectId
    budget_line: Label
    eligible: Money
    eligible_vat: Money | None = None
    eu_amount: Money | None = None
    method: ChargeMethod = "actual"
    procurement: Title | None = None
    charge: Id | None = None

    def projects(self, state: Expenditure | None) -> frozenset[str]:
        return frozenset({self.project})

    def decide(self, state: Expenditure, given: Given) -> Sequence[Event]:
        here = Collision("expenditures", given.id)
        fields, stated = structs.asdict(self), state.latest
        terms = given.of(ProjectTerms, self.project)
        errors = charge_errors("", fields, stated.gross, stated.vat, terms)
        if errors:
            raise Invalid(errors)
        if self.charge in state.charges:
            raise ChargeExists(charge=self.charge, collides=here)
        NotTrueYet.check(state.since, given.effective_on, here)
        charged = ExpenditureCharged(**placed(fields, given))
        check_ceiling(state, charged.apply(state, given.effective_on), given)
        return [charged]


@EXPENDITURES.command("pay")
class PayExpenditure(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that the document was paid."""

    paid_on: Date

    def decide(self, state: Expenditure, given: Given) -> Sequence[Event]:
        if errors := date_errors(given.today, paid_on=self.paid_on):
            raise Invalid(errors)
        here = Collision("expenditures", given.id)
        if state.paid_on is not None:
            raise DocumentPaid(paid_on=state.paid_on, collides=here)
        NotTrueYet.check(state.since, given.effective_on, here)
        return [ExpenditurePaid(paid_on=self.paid_on)]
