"""What comes in as JSON becomes a message in its one written form, or every bad field is named."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Struct, UnsetType

from ledger import catalogue
from ledger.kernel.errors import FieldError, Invalid
from ledger.kernel.fields import Date, Digest, Id, InstitutionId, Money, PersonId, Text
from ledger.kernel.intake import Reference, read
from ledger.kernel.messages import Command

LOWER = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"
UPPER = LOWER.upper()


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the example, as deep as it gets."""

    amount: Money
    institution: InstitutionId | None = None


class Example(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command with every kind of field that is brought into form."""

    id: Id | None = None
    amount: Money | None = None
    changed: Money | UnsetType | None = UNSET
    on: Date | None = None
    text: Text | None = None
    persons: tuple[PersonId, ...] = ()
    lines: tuple[Line, ...] = ()
    shares: dict[InstitutionId, int] | None = None
    evidence: tuple[Digest, ...] | None = None


class Strict(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command that cannot do without its fields."""

    amount: Money
    line: Line


def amount_of(raw: object) -> str | None:
    return read(Example, {"amount": raw})[0].amount


def bad_fields(kind: type[Command], raw: object) -> list[str]:
    with pytest.raises(Invalid) as refused:
        read(kind, raw)
    return [error.field for error in refused.value.errors]


def test_a_digest_in_upper_case_is_the_same_digest() -> None:
    assert read(Example, {"evidence": ["AB" * 32]})[0].evidence == ("ab" * 32,)
    assert bad_fields(Example, {"evidence": ["AB" * 31, "ÀB" * 32]}) == [
        "evidence[0]",
        "evidence[1]",
    ]


def test_an_id_in_upper_case_is_the_same_id() -> None:
    message, references = read(
        Example, {"id": UPPER, "persons": [UPPER], "lines": [{"amount": 1, "institution": UPPER}]}
    )
    assert (message.id, message.persons, message.lines[0].institution) == (
        LOWER,
        (LOWER,),
        LOWER,
    )
    assert references == [
        Reference("persons[0]", "persons", LOWER),
        Reference("lines[0].institution", "institutions", LOWER),
    ]


def test_ids_that_are_keys_are_references_too() -> None:
    message, references = read(Example, {"shares": {UPPER: 1}})
    assert message.shares == {LOWER: 1}
    assert [r.id for r in references] == [LOWER]


@pytest.mark.parametrize(
    "raw", ["x", "", 5, [], f" {LOWER}", LOWER.replace("-", ""), f"{LOWER}0", "İ" * 36]
)
def test_what_is_no_uuid_is_no_id(raw: object) -> None:
    assert bad_fields(Example, {"id": raw}) == ["id"]


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        (5, "5.00"),
        (0, "0.00"),
        ("5", "5.00"),
        ("5.", "5.00"),
        ("5.5", "5.50"),
        ("5.50", "5.50"),
        ("5.500", "5.50"),
        ("0005.50", "5.50"),
        ("000", "0.00"),
        (9_999_999_999_999, "9999999999999.00"),
        ("9999999999999.99", "9999999999999.99"),
        (None, None),
    ],
)
def test_an_amount_is_stored_with_two_places(raw: object, stored: str | None) -> None:
    assert amount_of(raw) == stored


@pytest.mark.parametrize(
    "raw",
    [
        1.5, 5.0, True, False, [], {}, [1], "", " ", " 5", "5 ", "+5", "1e3", ".5", "5,50", "5.5.5",
        "NaN", "Infinity", "1 000", "5.555", "5.001", -1, "-1", "-0", "-0.01", "5\n", "5.5\n",
        "5.50\n", "5.50\x00", "\x005", "٥٥.٥٥", 10**13, "10000000000000.00", 10**30,
    ],
)  # fmt: skip
def test_what_is_no_amount_is_named(raw: object) -> None:
    assert bad_fields(Example, {"amount": raw}) == ["amount"]


def test_an_amount_to_be_changed_is_left_out_cleared_or_set() -> None:
    assert read(Example, {})[0].changed is UNSET
    assert read(Example, {"changed": None})[0].changed is None
    assert read(Example, {"changed": 5})[0].changed == "5.00"


@pytest.mark.parametrize("raw", ["", " ", "\t\n", "\u00a0"])
def test_blank_text_is_invalid(raw: str) -> None:
    assert bad_fields(Example, {"text": raw}) == ["text"]


def test_the_character_nul_is_invalid_wherever_it_stands() -> None:
    assert bad_fields(Example, {"text": "a\x00b"}) == ["text"]
    assert "persons[1]" in bad_fields(Example, {"persons": [LOWER, "\x00"]})


@pytest.mark.parametrize("raw", ["2019-02-30", "2019-5-1", "yesterday", 20190513, ""])
def test_what_is_no_day_is_named(raw: object) -> None:
    assert bad_fields(Example, {"on": raw}) == ["on"]


def test_missing_and_unknown_fields_are_named_all_at_once() -> None:
    assert bad_fields(Strict, {"more": 1, "less": 2}) == ["amount", "line", "less", "more"]


def test_missing_and_unknown_fields_are_named_at_depth() -> None:
    assert bad_fields(Strict, {"amount": 1, "line": {}}) == ["line.amount"]
    assert bad_fields(Strict, {"amount": 1, "line": {"amount": 1, "x": 1}}) == ["line.x"]
    assert bad_fields(Example, {"lines": [{"amount": 1}, {"amount": 1, "x": 1}]}) == ["lines[1].x"]
    assert bad_fields(Example, {"lines": [{"amount": 1}, {}]}) == ["lines[1].amount"]


def test_every_bad_amount_is_named_at_depth() -> None:
    lines = [{"amount": "x"}, {"amount": 1}, {"amount": -1}]
    assert bad_fields(Example, {"lines": lines}) == ["lines[0].amount", "lines[2].amount"]


def test_bad_fields_of_every_kind_are_named_together() -> None:
    raw = {
        "id": "x", "amount": "-1", "on": "2019-02-30", "text": " ", "persons": [LOWER, 5],
        "lines": [{"amount": 1}, {"institution": 7, "more": 1}], "shares": {LOWER: "x"},
    }  # fmt: skip
    assert sorted(bad_fields(Example, raw)) == [
        "amount", "id", "lines[1].amount", "lines[1].institution", "lines[1].more", "on",
        "persons[1]", f"shares.{LOWER}", "text",
    ]  # fmt: skip


@pytest.mark.parametrize("raw", [None, 1, "x", [], [{}], True])
def test_a_message_is_an_object(raw: object) -> None:
    assert bad_fields(Example, raw) == [""]


@pytest.mark.parametrize("raw", [f"{LOWER}\n"])
def test_an_id_ends_where_it_ends(raw: str) -> None:
    assert bad_fields(Example, {"id": raw}) == ["id"]


@pytest.mark.parametrize("raw", ["1٥.00", "1.٥"])
def test_an_amount_is_written_in_the_digits_0_to_9(raw: str) -> None:
    assert bad_fields(Example, {"amount": raw}) == ["amount"]


def test_the_character_nul_is_invalid_in_a_key_too() -> None:
    scores = catalogue.aggregates()["recruitments"].commands["score"]
    raw = {"institution": LOWER, "subregion": "x", "values": {"a\x00": 1}}
    assert bad_fields(scores, raw)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from([LOWER, UPPER, "5.50", "-1", "2019-05-13", "ngo", "commune", "1e3"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)
COMMANDS = [c for a in catalogue.aggregates().values() for c in a.commands.values()]


@st.composite
def requests(draw: st.DrawFn) -> tuple[type[Command], Any]:
    """A command, and an object with some of its fields and any values in them."""
    kind = draw(st.sampled_from(COMMANDS))
    if draw(st.booleans()):
        return kind, draw(JSON)
    names = list(kind.__struct_fields__) or ["nothing"]
    return kind, draw(st.dictionaries(st.sampled_from(names), JSON))


@settings(database=None, deadline=None, max_examples=500)
@given(requests())
def test_whatever_comes_in_is_a_message_or_invalid(request: tuple[type[Command], Any]) -> None:
    kind, raw = request
    message: Command | None = None
    references: list[Reference] = []
    errors: tuple[FieldError, ...] = ()
    try:
        message, references = read(kind, raw)
    except Invalid as invalid:
        errors = invalid.errors
    assert (message is None) == bool(errors)
    assert message is None or type(message) is kind
    assert all(reference.id == reference.id.lower() for reference in references)
    assert all(error.message for error in errors)
