"""How does a correcting invoice change what is recorded? By its difference, from its day on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ledger.aggregates.expenditures.identity import expenditure_id, folded
from ledger.application import Wish, new_id
from ledger.imports.accounting import Correction, Document
from ledger.imports.problems import Problems, Spot
from ledger.imports.recorded import Part, Standing
from ledger.imports.wording import Lang, say


@dataclass(slots=True)
class Corrections:
    """The corrections of a file, worked out on what is recorded and what the file brings.

    `wishes` stand beside their corrections; `on_new` says which change a document of the file.
    """

    known: int = 0
    fresh: list[Correction] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    on_new: list[bool] = field(default_factory=list)

    def with_evidence(self) -> list[Wish]:
        """The commands, naming the invoices that are kept now."""
        for one, wish in zip(self.fresh, self.wishes, strict=True):
            wish.body["evidence"] = [one.evidence]
        return self.wishes


def original_of(correction: Correction) -> str:
    """The id of the document that it corrects."""
    return expenditure_id(correction.nip, None, correction.original)


def standing_of(document: Document, project: str) -> Standing:
    """A document of the same file, as it will stand; its charges get ids to be named by."""
    parts = []
    for one in document.charges:
        one.id = one.id or new_id()
        vat = None if one.eligible_vat is None else Decimal(one.eligible_vat)
        parts.append(Part(one.id, project, Decimal(one.eligible), vat))
    amounts = (Decimal(document.net), Decimal(document.vat), Decimal(document.gross))
    return Standing(document.issued_on, *amounts, parts, set())


def work_out(
    corrections: Sequence[Correction],
    standings: dict[str, Standing],
    new: dict[str, Document],
    name: str,
    problems: Problems,
) -> Corrections:
    """The commands of the corrections, in the order of their days."""
    found = Corrections()
    for one in sorted(corrections, key=lambda it: (it.issued_on, it.number)):
        id = original_of(one)
        standing = standings.get(id)
        if standing is None:
            spot = Spot(one.source, None, None, "Fa/DaneFaKorygowanej/NrFaKorygowanej")
            problems.add(spot, one.original, "original_unknown", number=one.original)
        elif folded(one.number) in standing.corrected_by:
            found.known += 1
        elif _applies(one, standing, problems):
            standing.corrected_by.add(folded(one.number))
            found.fresh.append(one)
            found.wishes.append(_wish(one, id, standing, name, problems.lang))
            found.on_new.append(id in new)
    return found


def _applies(one: Correction, standing: Standing, problems: Problems) -> bool:
    """Moves the document's amounts by the differences; notes where that cannot be."""
    if one.issued_on < standing.since:
        facts = {"since": standing.since, "on": one.issued_on}
        problems.add(Spot(one.source, field="Fa/P_1"), one.issued_on, "not_true_yet", **facts)
        return False
    amounts = {
        name: getattr(standing, name) + Decimal(getattr(one, name))
        for name in ("net", "vat", "gross")
    }
    elements = {"net": "Fa/P_13", "vat": "Fa/P_14", "gross": "Fa/P_15"}
    below = [name for name, amount in amounts.items() if amount < 0]
    for name in below:
        spot = Spot(one.source, field=elements[name])
        problems.add(spot, getattr(one, name), "corrected_below_zero", amount=amounts[name])
    if not below:
        for name, amount in amounts.items():
            setattr(standing, name, amount)
        standing.since = one.issued_on
    return not below


def _wish(one: Correction, id: str, standing: Standing, name: str, lang: Lang) -> Wish:
    reason = f"{say(lang, 'correcting', number=one.number)}; {say(lang, 'reason', name=name)}"
    if one.source != name:
        reason += f", {one.source}"
    if one.cause:
        reason += f": {one.cause[:500]}"
    document = {"document_number": one.number, "issued_on": one.issued_on}
    if one.ksef_number:
        document["ksef_number"] = one.ksef_number
    body: dict[str, Any] = {
        "net": str(standing.net),
        "vat": str(standing.vat),
        "gross": str(standing.gross),
        "correcting_document": document,
        "effective_on": one.issued_on,
        "reason": reason,
    }
    return Wish(
        collection="expenditures", command="correct", id=id, body=body | _less_charged(standing)
    )


def _less_charged(standing: Standing) -> dict[str, str]:
    """A single charge that the document no longer covers is cut to what it does cover."""
    if len(standing.parts) != 1 or standing.parts[0].eligible <= standing.gross:
        return {}
    part = standing.parts[0]
    part.eligible = standing.gross
    changed = {"charge": part.charge, "eligible": str(part.eligible)}
    if part.eligible_vat is not None and part.eligible_vat > standing.vat:
        part.eligible_vat = standing.vat
        changed["eligible_vat"] = str(part.eligible_vat)
    return changed
