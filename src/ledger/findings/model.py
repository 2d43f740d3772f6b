"""What is a rule of eligibility, and what does it find? Both are values; a rule is pure."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from ledger.findings.facts import Facts
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text, Value

Severity = Literal["error", "warning"]
Lang = Literal["pl", "en"]


class Found(Struct, frozen=True, kw_only=True):
    """One breach: of which object, since which event, and what its message has to name.

    `position` is the greatest among the facts that make it true. `key` tells apart what one rule
    finds several times of the same object.
    """

    subject: str
    collection: str
    name: str | None
    position: int
    says: Mapping[str, Value]
    key: str = ""


class Rule(Struct, frozen=True, kw_only=True):
    """A rule: `needs` names the facts that it is given; nothing else may decide.

    `basis` is the law by the regulation under which a project runs. `only` says in SQL, for facts
    of which a project has very many, outside of what the rule finds nothing: so much is left where
    it is; what is within, the rule judges alone. `by_document`: the facts of one accounting
    document are enough to judge that document. `in_all` says how many it finds where only the first
    facts, by their subjects, were asked for.
    """

    id: str
    severity: Severity
    basis: Mapping[str, Text]
    message: Text
    needs: tuple[str, ...]
    find: Callable[[Facts, RuleSet], Iterable[Found]]
    only: Mapping[str, str] = {}
    by_document: bool = False
    in_all: Callable[[Facts], int] | None = None


def percent_of(percent: Decimal, amount: Decimal) -> Decimal:
    """A share of an amount, exact: what is compared is not rounded."""
    return amount * percent / 100
