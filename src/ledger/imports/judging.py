"""What does the ledger say to a file? Its documents as commands, its refusals as cells."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

from ledger.application import Caller, Outcome, Receipt, Wish
from ledger.imports import wording
from ledger.imports.accounting import Document
from ledger.imports.problems import Problems, Spot
from ledger.imports.wording import Lang, say
from ledger.kernel.errors import Invalid, LedgerError

ROWS_NAMED = 20  # of a document with more charges the reason names the first ones

# Where in the table a command's field stands.
_PLACES = {"budget_line": "line", "effective_on": "issued_on"}
_RULE_FIELDS = {"exceeds_document": "eligible"}
_CHARGE = re.compile(r"charges\[(\d+)\]\.(\w+)")
# What the ledger says in English only, for those who asked for Polish.
_SAYINGS: Sequence[tuple[str, str]] = (
    (r"is not a line of the project's budget", "unknown_line"),
    (r"must be net \+ vat = (?P<sum>[\d.]+)", "amounts_differ"),
    (r"must not exceed the gross amount \((?P<gross>[\d.]+)\)", "above_gross"),
    (r"must not exceed the VAT \((?P<vat>[\d.]+)\)", "vat_above_vat"),
    (r"must not exceed the eligible amount", "above_its_eligible"),
    (r"must not be in the future", "in_the_future"),
    (r"is not a KSeF number", "ksef_number"),
    (r"is not a valid NIP", "nip_checksum"),
    (r"is required", "required"),
    (r"must not be blank", "required"),
    (r".*of length <= (?P<limit>\d+)", "longer_than"),
    (r"must not contain the character", "control_character"),
    (r"the amount is too large", "amount_too_large"),
)


class Judge(Protocol):
    """The part of `ledger.application.Ledger` that imports go through."""

    def today(self) -> date:
        """The day in Poland."""

    async def handle_many(
        self,
        wishes: Any,
        caller: Caller,
        request_id: str,
        *,
        record: bool,
        tell: Callable[[int], None] | None = None,
    ) -> Outcome:
        """Decides every wish; records all or nothing."""

    async def handle_all(
        self, wishes: Sequence[Wish], caller: Caller, request_id: str
    ) -> list[Receipt]:
        """Carries out all or none, each on what those before it decided."""


def creation(document: Document, project: str, name: str, lang: Lang, *, kept: bool) -> Wish:
    """The command that records a document; `kept`: its evidence is stored."""
    charges = []
    for one in document.charges:
        charge: dict[str, Any] = {
            "project": project,
            "budget_line": one.line,
            "eligible": one.eligible,
        }
        for field in ("eligible_vat", "eu_amount", "method", "procurement"):
            if (value := getattr(one, field)) is not None:
                charge[field] = value
        if one.id is not None:
            charge["charge"] = one.id
        charges.append(charge)
    body: dict[str, Any] = {
        "document_number": document.number,
        "issued_on": document.issued_on,
        "description": document.description,
        "net": document.net,
        "vat": document.vat,
        "gross": document.gross,
        "charges": charges,
        "effective_on": document.issued_on,
        "reason": _reason(document, name, lang),
    }
    optional = {
        "issuer_nip": document.nip,
        "issuer_name": document.name,
        "accounting_number": document.accounting_number,
        "ksef_number": document.ksef_number,
        "paid_on": document.paid_on,
        "evidence": [document.evidence] if kept and document.evidence else None,
    }
    body |= {field: value for field, value in optional.items() if value is not None}
    return Wish(collection="expenditures", command="create", body=body)


def _reason(document: Document, name: str, lang: Lang) -> str:
    text = say(lang, "reason", name=name)
    rows = [str(one.row) for one in document.charges if one.row is not None]
    if len(rows) > ROWS_NAMED:
        rows = [*rows[:ROWS_NAMED], "…"]
    if rows:
        key = "of_row" if len(rows) == 1 else "of_rows"
        text += say(lang, key, rows=", ".join(rows))
    elif document.source != name:
        text += f", {document.source}"
    return text + (document.remark or "")


def explain(
    error: LedgerError,
    document: Document,
    spot: Callable[[str, int | None, str], Spot],
    problems: Problems,
) -> None:
    """Notes a refusal of the ledger at the cells that it is about."""
    if isinstance(error, Invalid):
        for one in error.errors:
            row, field, value = _place(one.field, document)
            where = spot(document.source, row, field)
            problems.tell(where, value, _translated(one.message, problems.lang))
        return
    field = _RULE_FIELDS.get(error.rule(), "document_number")
    where = spot(document.source, document.row, field)
    problems.tell(where, document.number, refusal(error, problems.lang))


def refusal(error: LedgerError, lang: Lang) -> str:
    """What a refusal says, in that language."""
    if isinstance(error, Invalid):
        return "; ".join(f"{e.field}: {_translated(e.message, lang)}" for e in error.errors)
    rule = error.rule()
    if wording.known(rule):
        return say(lang, rule, **error.facts)
    return say(lang, "refused", why=error.message())


def _place(path: str, document: Document) -> tuple[int | None, str, str | None]:
    """The row, the column and the value of a command's field."""
    if found := _CHARGE.fullmatch(path):
        index, field = int(found[1]), _PLACES.get(found[2], found[2])
        charge = document.charges[index]
        return charge.row, field, getattr(charge, field, None)
    field = _PLACES.get(path, path)
    attribute = {"document_number": "number", "issuer_nip": "nip", "issuer_name": "name"}
    return document.row, field, getattr(document, attribute.get(field, field), None)


def _translated(message: str, lang: Lang) -> str:
    for pattern, key in _SAYINGS:
        if found := re.match(pattern, message):
            return say(lang, key, **found.groupdict())
    return say(lang, "invalid", why=message)
