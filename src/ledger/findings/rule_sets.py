"""Which limits apply on a day? Dated values with their source, in sets for each period of funds.

What is judged is judged by the value in force on its own day, so a value that is changed later
leaves old judgements alone.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files

import msgspec
from msgspec import Struct

from ledger.findings.wording import Text


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """A flat rate in percent; `up_to`: for direct costs that do not pass this amount."""

    percent: Decimal
    up_to: Decimal | None = None


class Dated(Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """A value, or flat rates, with the days on which it is in force and where it comes from."""

    since: date
    source: str
    until: date | None = None
    value: Decimal | None = None
    rates: tuple[Rate, ...] = ()

    def in_force(self, on: date) -> bool:
        """Whether it holds on that day; the last day is included."""
        return self.since <= on and (self.until is None or on <= self.until)


class RuleSet(Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of one period of funds.

    `programmes` are patterns of programme names that belong to it; where none is known, projects
    that start from `projects_from` on do. `eligible` holds the days of eligible expenditure.
    """

    id: str
    name: Text
    regulation: str
    programmes: tuple[str, ...]
    projects_from: date
    eligible: Dated
    limits: dict[str, tuple[Dated, ...]]

    def limit(self, name: str, on: date) -> Decimal | None:
        """The value in force on that day; None where nothing was laid down."""
        return next((one.value for one in self.limits[name] if one.in_force(on)), None)

    def limit_by_day(self, name: str) -> Callable[[date], Decimal | None]:
        """The same for many days, of which most come again and again."""
        return cache(partial(self.limit, name))

    def flat_rates(self, on: date, direct_costs: Decimal) -> tuple[Decimal, ...]:
        """The rates, in percent, of which one must have been used on that day."""
        dated = next((one for one in self.limits["flat_rate"] if one.in_force(on)), None)
        rates = dated.rates if dated else ()
        bracket = next((r for r in rates if r.up_to is not None and direct_costs <= r.up_to), None)
        if bracket is not None:
            return (bracket.percent,)
        return tuple(rate.percent for rate in rates if rate.up_to is None)

    def names(self, programme: str) -> bool:
        """Whether a programme of that name belongs to this set."""
        folded = re.sub(r"[\s,.]+", " ", re.sub(r"[‐‑‒–—/]", "-", programme.casefold()))
        return any(re.search(pattern, folded) for pattern in self.programmes)


@cache
def rule_sets() -> tuple[RuleSet, ...]:
    """Every set, from the oldest period to the newest."""
    text = files("ledger.findings").joinpath("rule_sets.yaml").read_bytes()
    found = msgspec.yaml.decode(text, type=list[RuleSet])
    return tuple(sorted(found, key=lambda one: one.projects_from))


def rule_set_of(programme: str, starts_on: date) -> RuleSet:
    """The set that a project uses: by its programme's name, or else by its first day."""
    return next(_candidates(programme, starts_on), rule_sets()[0])


def _candidates(programme: str, starts_on: date) -> Iterator[RuleSet]:
    yield from (one for one in rule_sets() if one.names(programme))
    yield from (one for one in reversed(rule_sets()) if one.projects_from <= starts_on)
