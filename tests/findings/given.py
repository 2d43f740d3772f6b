"""Given these facts, what does a rule find? Short ways to make the facts of one project."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from msgspec.structs import replace

from ledger.findings import catalogue
from ledger.findings.facts import (
    BudgetLine,
    Charge,
    Charged,
    Claim,
    Daily,
    Document,
    Facts,
    Project,
)
from ledger.findings.model import Found
from ledger.findings.rule_sets import RuleSet, rule_sets
from ledger.findings.wording import sentence

POWR, CPR = rule_sets()
_NUMBERS = count(1)


def dec(text: str) -> Decimal:
    """An exact amount."""
    return Decimal(text)


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)


PROJECT = Project(
    id="project",
    code="P",
    title="Projekt",
    programme="PO WER 2014-2020",
    value=dec("1000000.00"),
    eu_contribution=dec("842800.00"),
    starts_on=day("2018-04-01"),
    ends_on=day("2021-03-31"),
    closed_on=None,
    position=1,
)


def facts(valid_at: str = "2020-06-30", **known: Any) -> Facts:
    """The facts of the project; terms such as `value` and lists such as `charges`.

    What the charges come to follows from them, as if nothing of them had been refused.
    """
    terms = {name: known.pop(name) for name in Project.__struct_fields__ if name in known}
    if "charges" in known:
        found = {one.document.expenditure: one.document for one in known["charges"]}
        known.setdefault("documents", list(found.values()))
        known["charged"] = _sums(known["charges"])
        known["daily"] = [
            Daily(one.line, one.document.day, one.net, one.position) for one in known["charges"]
        ]
        known["first_day"] = min((one.day for one in found.values()), default=None)
    if "claims" in known:
        known["claims"] = {one.claim: one for one in known["claims"]}
    return Facts(valid_at=day(valid_at), project=replace(PROJECT, **terms), **known)


def _sums(charges: Iterable[Charge]) -> list[Charged]:
    alike: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for one in charges:
        alike[one.line, one.method].append(one)
    return [
        Charged(*key, sum((one.net for one in some), Decimal(0)), first, first, last)
        for key, some in alike.items()
        for first, *_, last in [sorted(2 * [one.position for one in some])]
    ]


def document(**told: Any) -> Document:
    """A document of 100.00 + 23.00, issued and paid in time."""
    number = next(_NUMBERS)
    fields: dict[str, Any] = {
        "expenditure": f"e{number}",
        "number": f"FV/{number}",
        "issuer": "Drukarnia",
        "issued_on": day("2019-05-10"),
        "paid_on": day("2019-05-13"),
        "net": dec("100.00"),
        "vat": dec("23.00"),
        "position": 10,
    }
    return Document(**(fields | told))


def charge(eligible: str = "100.00", **told: Any) -> Charge:
    """A charge of a document of its own on the line 1.1; nothing of it is disallowed."""
    number = next(_NUMBERS)
    fields: dict[str, Any] = {
        "document": told.pop("document", None) or document(),
        "charge": f"c{number}",
        "line": "1.1",
        "net": dec(eligible),
        "eu": None,
        "method": "actual",
        "procurement": None,
        "claim": None,
        "approved": None,
        "position": 20,
    }
    return Charge(**(fields | told))


def line(name: str = "1.1", amount: str = "1000.00", **told: Any) -> BudgetLine:
    """A line of the first edition."""
    fields: dict[str, Any] = {
        "edition": 1,
        "line": name,
        "task": name.partition(".")[0],
        "category": "personnel",
        "amount": dec(amount),
        "cross_financing": False,
        "position": 5,
    }
    return BudgetLine(**(fields | told))


def claim(status: str = "submitted", **told: Any) -> Claim:
    """The claim for April to June 2019."""
    fields: dict[str, Any] = {
        "claim": "claim",
        "number": "1",
        "period_from": day("2019-04-01"),
        "period_to": day("2019-06-30"),
        "status": status,
        "submitted_on": None if status == "draft" else day("2019-07-10"),
        "position": 30,
    }
    return Claim(**(fields | told))


def found(rule: str, given: Facts, limits: RuleSet = POWR) -> list[Found]:
    """What the rule finds."""
    return list(_rule(rule).find(given, limits))


def messages(rule: str, given: Facts, limits: RuleSet = POWR) -> tuple[str, str]:
    """What the rule's one finding says in Polish and in English, with plain spaces."""
    (one,) = found(rule, given, limits)
    pl, en = (sentence(_rule(rule).message, one.says, lang) for lang in ("pl", "en"))
    return pl.replace("\u00a0", " "), en.replace("\u00a0", " ")


def _rule(id: str) -> Any:
    return next(one for one in catalogue.rules() if one.id == id)
