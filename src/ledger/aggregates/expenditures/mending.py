"""What was written down wrongly, and what did the issuer change? Corrections and withdrawals.

A mistake of typing was never true: its correction holds from the beginning, or since the issuer
last changed the amounts. What the issuer changes (`adjusting`) holds from its day: another event.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec import UNSET, UnsetType, structs
from msgspec.structs import replace

from ledger.aggregates.expenditures.adjusting import (
    OF_CHARGE_AMOUNTS,
    ChargeAdjusted,
    CorrectingDocument,
    ExpenditureAdjusted,
)
from ledger.aggregates.expenditures.identity import folded
from ledger.aggregates.expenditures.recording import (
    amounts_errors,
    charge_errors,
    date_errors,
    eu_part,
    ksef_errors,
)
from ledger.aggregates.expenditures.state import (
    EXPENDITURES,
    Charge,
    Expenditure,
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
    ProjectId,
    Text,
    Title,
    decimal,
)
from ledger.kernel.messages import Command, Event, Given
from ledger.kernel.standing import ClaimStanding, ProjectTerms

AMOUNTS = ("net", "vat", "gross")
OF_DOCUMENT = ("accounting_number", "ksef_number", "issued_on", "paid_on", "description")
OF_CHARGE = (
    "project", "budget_line", "eligible", "eligible_vat", "eu_amount", "method", "procurement",
)  # fmt: skip


@EXPENDITURES.event("expenditure.corrected")
class ExpenditureCorrected(Event, frozen=True, kw_only=True):
    """The document had been written down wrongly; only what was wrong stands here.

    It holds from `since` on, amounts and payment from the days on which they were stated.
    """

    since: Date
    amounts_since: Date
    paid_since: Date
    accounting_number: DocumentNumber | UnsetType = UNSET
    ksef_number: KsefNumber | UnsetType = UNSET
    issued_on: Date | UnsetType = UNSET
    paid_on: Date | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    net: Money | UnsetType = UNSET
    vat: Money | UnsetType = UNSET
    gross: Money | UnsetType = UNSET

    def changes(self, names: Collection[str]) -> dict[str, object]:
        """Those of these fields that it sets, with their right values."""
        pairs = structs.asdict(self).items()
        return {k: v for k, v in pairs if k in names and v is not UNSET}

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        latest = replace(state.latest, **self.changes(AMOUNTS))
        amounts = (*state.amounts[:-1], latest)
        return replace(state, amounts=amounts, **self.changes(OF_DOCUMENT))


@EXPENDITURES.event("expenditure.charge-corrected")
class ChargeCorrected(Event, frozen=True, kw_only=True):
    """A charge had been written down wrongly; what was wrong holds from `since` on."""

    charge: Id
    since: Date
    project: ProjectId | UnsetType = UNSET
    budget_line: Label | UnsetType = UNSET
    eligible: Money | UnsetType = UNSET
    eligible_vat: Money | UnsetType = UNSET
    eu_amount: Money | UnsetType | None = UNSET
    method: ChargeMethod | UnsetType = UNSET
    procurement: Title | UnsetType = UNSET

    def changes(self) -> dict[str, object]:
        """The fields that it sets, with their right values."""
        pairs = structs.asdict(self).items()
        return {k: v for k, v in pairs if k in OF_CHARGE and v is not UNSET}

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        charge = replace(state.charges[self.charge], **self.changes())
        return replace(state, charges={**state.charges, self.charge: charge})


@EXPENDITURES.event("expenditure.charge-withdrawn")
class ChargeWithdrawn(Event, frozen=True, kw_only=True):
    """A charge was taken back; its amount is free again."""

    charge: Id

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        charge = replace(state.charges[self.charge], withdrawn_on=on)
        return replace(state, charges={**state.charges, self.charge: charge})


class ChargeSettled(Refusal):
    """The charge stands in the claim {number}, which was approved on {approved_on}."""


class ChargeClaimed(Refusal):
    """The charge stands in the claim {number}: exclude it there first."""


class ChargeWasWithdrawn(Refusal):
    """The charge was withdrawn on {withdrawn_on}."""

    @classmethod
    def rule(cls) -> str:
        return "charge_withdrawn"


class CorrectedBefore(Refusal):
    """The correcting document {document_number} is recorded already."""


class NothingToCorrect(Refusal):
    """The correction changes nothing."""


def live_charge(state: Expenditure, charge: str, given: Given, field: str = "charge") -> Charge:
    """The charge, which the caller must be able to see and which must not be withdrawn."""
    known = state.charges.get(charge)
    if known is None or given.scope not in (None, known.project):
        raise Invalid.field(field, "is not a charge of this document")
    if known.withdrawn_on is not None:
        raise ChargeWasWithdrawn(
            withdrawn_on=known.withdrawn_on, collides=Collision("expenditures", given.id)
        )
    return known


def claim_of(charge: Charge, given: Given) -> ClaimStanding | None:
    """The claim in which the charge stands."""
    return None if charge.claim is None else given.of(ClaimStanding, charge.claim)


def _check_unsettled(charge: Charge, given: Given) -> None:
    claim = claim_of(charge, given)
    if claim is not None and claim.approved_on is not None:
        raise ChargeSettled(
            number=claim.number,
            approved_on=claim.approved_on,
            collides=Collision("claims", str(charge.claim)),
        )


def claims_of(state: Expenditure | None, charge: str | None) -> tuple[str, ...]:
    """The claim that decides whether the charge may still be changed."""
    known = state.charges.get(charge) if state is not None and charge is not None else None
    return (known.claim,) if known is not None and known.claim is not None else ()


@EXPENDITURES.command("correct", reason=True, correction=True)
class CorrectExpenditure(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Mend what was written down wrongly, or record what a correcting document changed."""

    accounting_number: DocumentNumber | None = None
    ksef_number: KsefNumber | None = None
    issued_on: Date | None = None
    paid_on: Date | None = None
    description: Text | None = None
    net: Money | None = None
    vat: Money | None = None
    gross: Money | None = None
    correcting_document: CorrectingDocument | None = None
    charge: Id | None = None
    project: ProjectId | None = None
    budget_line: Label | None = None
    eligible: Money | None = None
    eligible_vat: Money | None = None
    eu_amount: Money | None = None
    method: ChargeMethod | None = None
    procurement: Title | None = None

    def needs(self, state: Expenditure | None, world: Mapping[str, object]) -> Collection[str]:
        return claims_of(state, self.charge)

    def decide(self, state: Expenditure, given: Given) -> Sequence[Event]:
        errors = self._errors(given)
        if self.charge is None and (misplaced := self._given(OF_CHARGE)):
            errors += [FieldError(name, "needs the charge that it corrects") for name in misplaced]
        if errors:
            raise Invalid(errors)
        events: list[Event] = []
        after = state
        for event in (self._of_document(state, given), *self._of_charge(state, given)):
            if event is not None:
                events.append(event)
                after = event.apply(after, given.effective_on)
        if not events:
            raise NothingToCorrect(collides=Collision("expenditures", given.id))
        self._check(after, given)
        check_ceiling(state, after, given)
        return events

    def _given(self, names: Collection[str]) -> dict[str, object]:
        return {n: v for n in names if (v := getattr(self, n)) is not None}

    def _errors(self, given: Given) -> list[FieldError]:
        errors = date_errors(given.today, issued_on=self.issued_on, paid_on=self.paid_on)
        errors += ksef_errors(self.ksef_number)
        if (other := self.correcting_document) is not None:
            path = "correcting_document."
            late = date_errors(given.today, issued_on=other.issued_on)
            errors += [FieldError(path + one.field, one.message) for one in late]
            errors += ksef_errors(other.ksef_number, path + "ksef_number")
            for name in AMOUNTS:
                if getattr(self, name) is None:
                    errors.append(FieldError(name, "is required with a correcting document"))
            apart = "is corrected apart from what a correcting document changed"
            others = [*OF_DOCUMENT, *(n for n in OF_CHARGE if n not in OF_CHARGE_AMOUNTS)]
            errors += [FieldError(name, apart) for name in self._given(others)]
        return errors

    def _of_document(self, state: Expenditure, given: Given) -> Event | None:
        here = Collision("expenditures", given.id)
        if self.correcting_document is not None:
            number = self.correcting_document.document_number
            if folded(number) in map(folded, state.corrected_by):
                raise CorrectedBefore(document_number=number, collides=here)
            NotTrueYet.check(state.latest.since, given.effective_on, here)
            return ExpenditureAdjusted(
                correcting_document=self.correcting_document,
                net=str(self.net),
                vat=str(self.vat),
                gross=str(self.gross),
            )
        known = structs.asdict(state) | structs.asdict(state.latest)
        named = self._given((*OF_DOCUMENT, *AMOUNTS))
        changes = {name: value for name, value in named.items() if known[name] != value}
        if not changes:
            return None
        return ExpenditureCorrected(
            since=state.since,
            amounts_since=state.latest.since,
            paid_since=state.paid_since or state.since,
            **changes,  # type: ignore[arg-type]
        )

    def _of_charge(self, state: Expenditure, given: Given) -> Sequence[Event]:
        if self.charge is None:
            return []
        charge = live_charge(state, self.charge, given)
        _check_unsettled(charge, given)
        named = self._given(OF_CHARGE)
        if charge.claim is not None and self.project not in (None, charge.project):
            claim = given.of(ClaimStanding, charge.claim)
            raise ChargeClaimed(number=claim.number, collides=Collision("claims", charge.claim))
        eligible, moves = (
            self.eligible or charge.eligible,
            self.project not in (None, charge.project),
        )
        if self.eu_amount is None and (moves or eligible != charge.eligible):
            named["eu_amount"] = _eu_amount(charge, eligible, self.project, given)
        _check_refused(charge, named)
        changes = {name: value for name, value in named.items() if getattr(charge, name) != value}
        if not changes:
            return []
        if self.correcting_document is not None:
            since = max(given.effective_on, charge.amounts_since)
            return [ChargeAdjusted(charge=self.charge, since=since, **changes)]  # type: ignore[arg-type]
        return _corrections(self.charge, charge, changes)

    def _check(self, after: Expenditure, given: Given) -> None:
        """Raises `Invalid` where the values do not agree with each other any more."""
        stated = after.latest
        errors = amounts_errors(stated.net, stated.vat, stated.gross)
        if self.charge is not None:
            charge = after.charges[self.charge]
            terms = given.of(ProjectTerms, charge.project)
            fields = structs.asdict(charge)
            if self.budget_line is None and self.project is None:
                fields["budget_line"] = next(iter(terms.lines), "")  # it stood there before
            errors += charge_errors("", fields, stated.gross, stated.vat, terms)
        if errors:
            raise Invalid(errors)


def _corrections(id: str, charge: Charge, changes: Mapping[str, object]) -> Sequence[Event]:
    """Amounts are corrected since they were last stated, all else since the charge began."""
    amounts = {name: value for name, value in changes.items() if name in OF_CHARGE_AMOUNTS}
    others = {name: value for name, value in changes.items() if name not in amounts}
    if charge.amounts_since == charge.since:
        amounts, others = {}, dict(changes)
    parts = ((charge.since, others), (charge.amounts_since, amounts))
    return [ChargeCorrected(charge=id, since=on, **some) for on, some in parts if some]  # type: ignore[arg-type]


def _eu_amount(charge: Charge, eligible: str, project: str | None, given: Given) -> str | None:
    """The Union's part keeps its share when the amount is corrected."""
    known = project in (None, charge.project) and charge.eu_amount is not None
    if known and decimal(charge.eligible):
        return charge.eu_part(eligible)
    return eu_part(eligible, project or charge.project, given)


def _check_refused(charge: Charge, wanted: Mapping[str, object]) -> None:
    """Raises `Invalid` where what was refused of the charge would not fit to it any more."""
    floors = {"eligible": charge.most_refused, "eu_amount": charge.most_refused_eu}
    for name, least in floors.items():
        amount = wanted.get(name)
        if amount is not None and decimal(least) > decimal(str(amount)):
            raise Invalid.field(name, f"must not be less than what was disallowed ({least})")
    moves = wanted.get("project", charge.project) != charge.project
    if moves and (charge.refusals or charge.claim_since or charge.earlier):
        why = "stays, as more was recorded of the charge there: withdraw it and charge anew"
        raise Invalid.field("project", why)


@EXPENDITURES.command("withdraw", reason=True, correction=True)
class WithdrawCharge(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take a charge back that stands in no claim; its amount is free again."""

    charge: Id

    def needs(self, state: Expenditure | None, world: Mapping[str, object]) -> Collection[str]:
        return claims_of(state, self.charge)

    def decide(self, state: Expenditure, given: Given) -> Sequence[Event]:
        charge = live_charge(state, self.charge, given)
        _check_unsettled(charge, given)
        if (claim := claim_of(charge, given)) is not None:
            raise ChargeClaimed(
                number=claim.number, collides=Collision("claims", str(charge.claim))
            )
        since = max(charge.amounts_since, charge.claim_since or charge.since)
        NotTrueYet.check(since, given.effective_on, Collision("expenditures", given.id))
        return [ChargeWithdrawn(charge=self.charge)]
