"""What stands in a row of a list? A charge with its document, in the same columns everywhere."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from ledger.papers.workbooks import Column, Value

NOTHING = Decimal("0.00")
Row = Sequence[Value]


class Charge(Struct, frozen=True, kw_only=True):
    """An accounting document, and the part of it that is charged to a line of the budget.

    In a claim `eligible` is what is asked for: without what was refused before it was handed in.
    `status` and `claim_name` are told of charges that stand in a register.
    """

    document_number: str
    accounting_number: str | None = None
    ksef_number: str | None = None
    issuer_nip: str | None = None
    issuer_name: str | None = None
    issued_on: date
    paid_on: date | None = None
    description: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    budget_line: str
    task: str | None = None
    category: str | None = None
    method: str = "actual"
    eligible: Decimal
    eligible_vat: Decimal | None = None
    eu_amount: Decimal | None = None
    disallowed: Decimal = NOTHING
    approved: Decimal | None = None
    status: str | None = None
    claim_name: str | None = None


_COLUMNS = {
    one.word: one
    for one in (
        Column("ordinal", "whole", 7),
        Column("document_number", "text", 22),
        Column("accounting_number", "text", 16),
        Column("ksef_number", "text", 38),
        Column("issuer_nip", "text", 13),
        Column("issuer_name", "long", 36),
        Column("issued_on", "day", 12),
        Column("paid_on", "day", 12),
        Column("description", "long", 44),
        Column("gross", "amount", 14),
        Column("net", "amount", 14),
        Column("vat", "amount", 13),
        Column("eligible", "amount", 15, summed=True),
        Column("eligible_vat", "amount", 13, summed=True),
        Column("eu_amount", "amount", 15, summed=True),
        Column("disallowed", "amount", 13, summed=True),
        Column("approved", "amount", 15, summed=True),
        Column("task", "long", 26),
        Column("budget_line", "text", 12),
        Column("category", "long", 28),
        Column("method", "text", 22),
        Column("charge_status", "text", 15),
        Column("claim_column", "text", 18),
    )
}


def columns(words: Sequence[str]) -> list[Column]:
    """The columns of a list, in this order."""
    return [_COLUMNS[word] for word in words]


def cells(ordinal: int, one: Charge, shown: Sequence[Column], said: dict[str, str]) -> Row:
    """What stands in these columns."""
    instead: dict[str, Value] = {
        "ordinal": ordinal,
        "task": one.task or said["no_task"],
        "category": category(one.category, said),
        "method": said[one.method],
        "charge_status": said[f"charge_{one.status}"] if one.status else None,
        "claim_column": one.claim_name,
    }
    names = (column.word for column in shown)
    return [instead[name] if name in instead else getattr(one, name) for name in names]


def category(name: str | None, said: dict[str, str]) -> str:
    """What a category of cost is called; the ledger knows one by a code."""
    return said["no_category"] if name is None else said["indirect"] if name == "indirect" else name
