"""What did the issuer change by a correcting document? It holds from that document's day on."""

from datetime import date

from msgspec import UNSET, Struct, UnsetType, structs
from msgspec.structs import replace

from ledger.aggregates.expenditures.state import EXPENDITURES, Expenditure, Stated, Until
from ledger.kernel.fields import Date, DocumentNumber, Id, KsefNumber, Money
from ledger.kernel.messages import Event

OF_CHARGE_AMOUNTS = ("eligible", "eligible_vat", "eu_amount")


class CorrectingDocument(Struct, frozen=True, kw_only=True, omit_defaults=True,
                         forbid_unknown_fields=True):  # fmt: skip
    """The issuer's document that changes an earlier one (faktura korygująca)."""

    document_number: DocumentNumber
    issued_on: Date
    ksef_number: KsefNumber | None = None


@EXPENDITURES.event("expenditure.adjusted")
class ExpenditureAdjusted(Event, frozen=True, kw_only=True):
    """The issuer changed the document's amounts by a correcting document."""

    correcting_document: CorrectingDocument
    net: Money
    vat: Money
    gross: Money

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        return replace(
            state,
            amounts=(*state.amounts, Stated(on, self.net, self.vat, self.gross)),
            corrected_by=(*state.corrected_by, self.correcting_document.document_number),
        )


@EXPENDITURES.event("expenditure.charge-adjusted")
class ChargeAdjusted(Event, frozen=True, kw_only=True):
    """A charge changed with the document: from `since` on, and not before, it is of this amount."""

    charge: Id
    since: Date
    eligible: Money | UnsetType = UNSET
    eligible_vat: Money | UnsetType = UNSET
    eu_amount: Money | UnsetType | None = UNSET

    def changes(self) -> dict[str, object]:
        """The amounts that it sets."""
        pairs = structs.asdict(self).items()
        return {k: v for k, v in pairs if k in OF_CHARGE_AMOUNTS and v is not UNSET}

    def apply(self, state: Expenditure, on: date) -> Expenditure:
        charge = state.charges[self.charge]
        earlier = (*charge.earlier, Until(self.since, charge.eligible))
        changed = replace(charge, **self.changes(), earlier=earlier)
        return replace(state, charges={**state.charges, self.charge: changed})
