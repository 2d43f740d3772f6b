"""Rules about two things that look like one: documents of one amount, a person in two places."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.findings.facts import Attendance, Twin
from tests.findings.given import day, dec, facts, found, messages


def twin(name: str, issued_on: str, **told: Any) -> Twin:
    fields: dict[str, Any] = {
        "expenditure": name,
        "number": f"FV/{name}",
        "issuer_key": "8133315014",
        "issuer": "Drukarnia",
        "gross": dec("1230.00"),
        "issued_on": day(issued_on),
        "own": True,
        "position": 10,
    }
    return Twin(**(fields | told))


@pytest.mark.parametrize(("later", "breaches"), [("2019-05-17", 1), ("2019-05-18", 0)])
def test_the_same_amount_is_suspect_within_seven_days(later: str, breaches: int) -> None:
    given = facts(twins=[twin("b", later, position=12), twin("a", "2019-05-10")])
    pairs = [(one.subject, one.key, one.position) for one in found("same_amount", given)]
    assert pairs == [("b", "a", 12)] * breaches


@pytest.mark.parametrize(
    "other",
    [{"issuer_key": "5265877635"}, {"gross": dec("1230.01")}, {"number": "FV/a"}],
)
def test_another_issuer_or_amount_or_the_same_number_is_no_pair(other: dict[str, Any]) -> None:
    given = facts(twins=[twin("a", "2019-05-10"), twin("b", "2019-05-10", **other)])
    assert found("same_amount", given) == []


def test_three_alike_documents_are_three_pairs() -> None:
    days = {"a": "2019-05-10", "b": "2019-05-11", "c": "2019-05-12"}
    given = facts(twins=[twin(name, on) for name, on in days.items()])
    pairs = {(one.subject, one.key) for one in found("same_amount", given)}
    assert pairs == {("b", "a"), ("c", "a"), ("c", "b")}


def test_many_alike_documents_are_not_every_pair_of_them() -> None:
    alike = [twin(f"FV/{n}", "2019-05-02") for n in range(100)]
    assert 99 <= len(found("same_amount", facts(twins=alike))) < 300


_TWINS = st.lists(
    st.builds(
        lambda number, day_of_may, own: (number, day_of_may, own),
        st.integers(1, 6),
        st.integers(1, 12),
        st.booleans(),
    ),
    max_size=12,
)


@given(_TWINS, st.sets(st.integers(0, 11)))
def test_what_is_found_of_some_documents_is_what_all_that_is_found_says_of_them(
    told: list[tuple[int, int, bool]], some: set[int]
) -> None:
    alike = [
        twin(f"d{n}", f"2019-05-{on:02}", number=f"FV/{number}", own=own, position=n)
        for n, (number, on, own) in enumerate(told)
    ]
    asked = frozenset(f"d{n}" for n in some)
    everything = found("same_amount", facts(twins=alike))
    of_some = found("same_amount", facts(twins=alike, asked=asked))
    assert of_some == [one for one in everything if one.subject in asked]


def test_the_own_document_is_the_subject_also_where_the_other_projects_is_later() -> None:
    given = facts(twins=[twin("a", "2019-05-10"), twin("b", "2019-05-12", own=False)])
    assert [one.subject for one in found("same_amount", given)] == ["a"]
    polish, english = messages("same_amount", given)
    assert "kwotę brutto 1 230,00 zł co dokument FV/b z 12.05.2019." in polish
    assert "PLN 1,230.00 as document FV/b of 12 May 2019." in english


def test_two_documents_of_other_projects_are_not_this_projects_concern() -> None:
    given = facts(twins=[twin(name, "2019-05-10", own=False) for name in ("a", "b")])
    assert found("same_amount", given) == []


def attended(activity: str, place: str | None, first: str, last: str, **told: Any) -> Attendance:
    fields: dict[str, Any] = {
        "person": "anna",
        "person_name": "Anna Nowak",
        "activity": activity,
        "title": f"Szkolenie {activity}",
        "starts_on": day(first),
        "ends_on": day(last),
        "place": place,
        "position": 50,
    }
    return Attendance(**(fields | told))


def test_nobody_is_in_two_places_on_one_day() -> None:
    given = facts(
        attendances=[
            attended("a", "Rzeszów", "2019-05-13", "2019-05-15"),
            attended("b", "Lublin", "2019-05-15", "2019-05-15", position=70),
        ]
    )
    (one,) = found("attendance_clash", given)
    assert (one.subject, one.name, one.position) == ("anna", "Anna Nowak", 70)
    polish, english = messages("attendance_clash", given)
    assert polish.startswith("Anna Nowak jest 15.05.2019 na listach obecności dwóch działań")
    assert "on 15 May 2019: “Szkolenie a” (Rzeszów) and “Szkolenie b” (Lublin)" in english


@pytest.mark.parametrize(
    ("place", "first", "told"),
    [
        (" rzeszów ", "2019-05-15", {}),
        (None, "2019-05-15", {}),
        ("Lublin", "2019-05-16", {}),
        ("Lublin", "2019-05-15", {"person": "jan"}),
    ],
)
def test_one_place_or_none_or_another_day_or_person_does_not_clash(
    place: str | None, first: str, told: dict[str, Any]
) -> None:
    given = facts(
        attendances=[
            attended("a", "Rzeszów", "2019-05-13", "2019-05-15"),
            attended("b", place, first, "2019-05-17", **told),
        ]
    )
    assert found("attendance_clash", given) == []


def test_a_person_whose_name_may_not_be_read_is_not_named() -> None:
    given = facts(
        attendances=[
            attended("a", "Rzeszów", "2019-05-13", "2019-05-13", person_name=None),
            attended("b", "Lublin", "2019-05-13", "2019-05-13", person_name=None),
        ]
    )
    assert messages("attendance_clash", given)[0].startswith("Ta sama osoba jest 13.05.2019")
