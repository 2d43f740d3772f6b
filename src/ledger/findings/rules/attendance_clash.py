"""Was one person at two activities of the project on the same day in different places?

The days of an activity are all those from its first to its last; activities of which no place is
known, and cancelled ones, clash with nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from ledger.findings.facts import Attendance, Facts
from ledger.findings.law import always
from ledger.findings.model import Found, Rule
from ledger.findings.rule_sets import RuleSet
from ledger.findings.wording import Text

_SOMEBODY = Text("Ta sama osoba", "The same person")


def find(facts: Facts, limits: RuleSet) -> Iterator[Found]:
    """One finding for each person and pair of activities."""
    by_person: dict[str, list[Attendance]] = defaultdict(list)
    for one in facts.attendances:
        if one.place is not None:
            by_person[one.person].append(one)
    for some in by_person.values():
        some.sort(key=lambda one: (one.starts_on, one.activity))
        for first, second in combinations(some, 2):
            if first.activity != second.activity and _clash(first, second):
                yield _found(first, second)


def _clash(first: Attendance, second: Attendance) -> bool:
    return second.starts_on <= first.ends_on and _folded(first.place) != _folded(second.place)


def _folded(place: str | None) -> str:
    return " ".join((place or "").casefold().split())


def _found(first: Attendance, second: Attendance) -> Found:
    return Found(
        subject=first.person,
        collection="persons",
        name=first.person_name,
        position=max(first.position, second.position),
        says={
            "person": first.person_name or _SOMEBODY,
            "on": second.starts_on,
            "first": first.title,
            "first_place": first.place or "",
            "second": second.title,
            "second_place": second.place or "",
        },
        key=f"{first.activity}/{second.activity}",
    )


RULE = Rule(
    id="attendance_clash",
    severity="warning",
    basis=always("rzetelność dokumentacji projektu", "the reliability of the project's evidence"),
    message=Text(
        "{person} jest {on} na listach obecności dwóch działań w różnych miejscach: „{first}”"
        " ({first_place}) i „{second}” ({second_place}). Należy sprawdzić obie listy.",
        "{person} is on the attendance lists of two activities in different places on {on}:"
        " “{first}” ({first_place}) and “{second}” ({second_place}). Check both lists.",
    ),
    needs=("attendances",),
    find=find,
)
