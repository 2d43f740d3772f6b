"""Do shifts out of or into a task exceed the share of its first value that needs no consent?

Counted are the shifts between different tasks within the edition in force: a new edition is what
the authority consented to. The first value of a task is its sum in the first edition that has it.
Shifts are added up in the order of their days, and each sum is held against the share in force on
the day of its last shift.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ledger.findings.budget import edition_in_force, first_values, newest
from ledger.findings.facts import Facts, Shift
from ledger.findings.law import GRANT_AGREEMENT
from ledger.findings.model import Found, Rule, percent_of
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Percent, Text

_OUT, _INTO = Text("z", "out of"), Text("do", "into")


class _Move(NamedTuple):
    """One side of a shift: which task, and whether the amount went out of it."""

    task: str
    way: Text
    shift: Shift


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each task and way."""
    first = first_values(facts.lines)
    sums: dict[tuple[str, Text], Decimal] = defaultdict(Decimal)
    found: dict[tuple[str, Text], Found] = {}
    for task, way, shift in _moves(facts):
        sums[task, way] += shift.amount
        share = limits.limit("task_shift_percent", shift.on)
        if share is None or sums[task, way] <= percent_of(share, first[task]):
            continue
        found[task, way] = Found(
            subject=facts.project.id,
            collection="projects",
            name=task,
            position=shift.position,
            says={
                "way": way,
                "task": task,
                "shifted": sums[task, way],
                "share": Percent(share),
                "first": first[task],
                "limit": percent_of(share, first[task]),
            },
            key=f"{task}/{'out' if way is _OUT else 'into'}",
        )
    yield from found.values()


def _moves(facts: Facts) -> Iterator[_Move]:
    edition, lines = edition_in_force(facts.lines), newest(facts.lines)
    for shift in sorted(facts.shifts, key=lambda one: (one.on, one.position)):
        if shift.edition != edition or not {shift.from_line, shift.to_line} <= lines.keys():
            continue
        giver, taker = lines[shift.from_line].task, lines[shift.to_line].task
        if giver != taker:
            yield _Move(giver, _OUT, shift)
            yield _Move(taker, _INTO, shift)


RULE = Rule(
    id="task_shift",
    severity="warning",
    basis=GRANT_AGREEMENT,
    message=Text(
        "Przesunięcia {way} zadania „{task}” wynoszą łącznie {shifted}, a bez zgody instytucji"
        " można przesunąć najwyżej {limit}, czyli {share} jego pierwotnej wartości {first}."
        " Należy uzyskać zgodę na zmianę.",
        "Shifts {way} the task “{task}” amount to {shifted}, but at most {limit}, {share} of its"
        " first value {first}, may be shifted without consent. Obtain consent to the change.",
    ),
    needs=("lines", "shifts"),
    find=find,
)
