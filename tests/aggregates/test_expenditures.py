"""Expenditures: an accounting document is recorded once, and charged up to its gross amount."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace

from ledger.aggregates.expenditures import EXPENDITURES
from ledger.aggregates.expenditures.adjusting import CorrectingDocument as Correcting
from ledger.aggregates.expenditures.adjusting import ExpenditureAdjusted
from ledger.aggregates.expenditures.identity import DOCUMENTS, expenditure_id, folded
from ledger.aggregates.expenditures.mending import ChargeWithdrawn
from ledger.aggregates.expenditures.recording import (
    ChargeExists,
    ChargeExpenditure,
    DocumentPaid,
    DocumentRecorded,
    ExpenditureCharged,
    ExpenditurePaid,
    NewCharge,
    PayExpenditure,
    PlacedCharge,
    RecordExpenditure,
)
from ledger.aggregates.expenditures.state import ExceedsDocument
from ledger.kernel.errors import Invalid, NotTrueYet, ProjectClosed
from ledger.kernel.intake import read
from ledger.kernel.messages import Command
from ledger.kernel.standing import ChargeStanding, ExpenditureStanding
from tests.aggregates.scenario import DAY, PROJECT, TODAY, Scenario, an_id
from tests.aggregates.spending import (
    BEFORE,
    CHARGED,
    FIRST,
    HERE,
    LATER,
    NEXT,
    NIP,
    OTHER_PROJECT,
    RECORDED,
    SECOND,
    SHARED_TERMS,
    SPENT,
    THIRD,
    WORLD,
    expenditure,
    recorded,
    spent,
)

TOMORROW = TODAY + timedelta(days=1)


def new(eligible: str = "1000.00", **more: Any) -> NewCharge:
    return NewCharge(**({"project": PROJECT, "budget_line": "1.1", "eligible": eligible} | more))


def charge(eligible: str = "230.00", **more: Any) -> ChargeExpenditure:
    fields = {"project": PROJECT, "budget_line": "1.1", "eligible": eligible, "charge": SECOND}
    return ChargeExpenditure(**(fields | more))


def charged(id: str = SECOND, eligible: str = "230.00") -> ExpenditureCharged:
    return ExpenditureCharged(charge=id, project=PROJECT, budget_line="1.1", eligible=eligible)


def adjusted(gross: str) -> ExpenditureAdjusted:
    other = Correcting(document_number=f"KOR/{gross}", issued_on=DAY)
    return ExpenditureAdjusted(correcting_document=other, net=gross, vat="0.00", gross=gross)


def create(command: RecordExpenditure, **more: Any) -> Scenario:
    return Scenario(EXPENDITURES).when(command, world=WORLD, **more)


def test_a_document_is_recorded_with_its_charges() -> None:
    state = expenditure(create(SPENT).then(RECORDED))
    assert (state.free, state.projects()) == ("230.00", frozenset({PROJECT}))
    assert state.standing() == ExpenditureStanding(
        charges={
            FIRST: ChargeStanding(
                project=PROJECT,
                budget_line="1.1",
                eligible="1000.00",
                eu_amount="842.80",
                disallowed="0.00",
                claim=None,
                method="actual",
            )
        }
    )


def test_a_charge_without_an_id_gets_one_and_the_answer_names_it() -> None:
    command = spent(charges=(new(), new("1.00")))
    first = replace(CHARGED, charge=an_id(9001))
    second = replace(first, charge=an_id(9002), eligible="1.00", eu_amount="0.84")
    event = replace(RECORDED, charges=(first, second))
    create(command).then(event)
    assert command.answer([event]) == {"charges": [an_id(9001), an_id(9002)]}


def test_the_part_of_the_union_is_that_of_the_project_rounded_half_up() -> None:
    command = spent(net="390147.50", vat="0.00", gross="390147.50", charges=(new("390147.50"),))
    state = expenditure(create(command).then(
        replace(
            RECORDED,
            net="390147.50",
            vat="0.00",
            gross="390147.50",
            charges=(replace(CHARGED, charge=an_id(9001), eligible="390147.50",
                             eu_amount="328816.31"),),
        )
    ))  # fmt: skip
    assert state.charges[an_id(9001)].eu_amount == "328816.31"


@pytest.mark.parametrize(
    ("given", "stored"), [("0.00", "0.00"), ("1000.00", "1000.00"), (None, "842.80")]
)
def test_the_part_of_the_union_that_is_given_stays(given: str | None, stored: str) -> None:
    command = spent(charges=(new(eu_amount=given, charge=FIRST),))
    create(command).then(replace(RECORDED, charges=(replace(CHARGED, eu_amount=stored),)))


def test_without_a_contribution_nothing_comes_from_the_union() -> None:
    one = new(project=OTHER_PROJECT, budget_line="1", charge=FIRST)
    placed = PlacedCharge(charge=FIRST, project=OTHER_PROJECT, budget_line="1", eligible="1000.00")
    create(spent(charges=(one,))).then(replace(RECORDED, charges=(placed,)))


def test_a_document_may_be_charged_to_several_projects() -> None:
    two = (new("1000.00"), new("230.00", project=OTHER_PROJECT, budget_line="1"))
    state = expenditure(Scenario(EXPENDITURES).when(spent(charges=two), world=WORLD).state)
    assert (state.free, state.projects()) == ("0.00", frozenset({PROJECT, OTHER_PROJECT}))


def test_of_several_projects_each_charge_is_an_event_so_that_none_tells_of_another() -> None:
    here = new("1000.00", charge=FIRST)
    there = new("230.00", project=OTHER_PROJECT, budget_line="1", charge=SECOND)
    command = spent(charges=(here, there))
    elsewhere: dict[str, Any] = {"project": OTHER_PROJECT, "budget_line": "1"}
    events = [
        replace(RECORDED, charges=()),
        ExpenditureCharged(**structs.asdict(CHARGED)),
        ExpenditureCharged(charge=SECOND, eligible="230.00", **elsewhere),
    ]
    create(command).then(*events)
    assert command.answer(events) == {"charges": [FIRST, SECOND]}


@pytest.mark.parametrize("gross", ["1230.00", "1230.02", "1229.98"])
def test_rounding_of_lines_is_no_mistake(gross: str) -> None:
    assert create(spent(gross=gross)).error is None


MANY_BAD = [
    ({"gross": "1230.03"}, ["gross"]),
    ({"gross": "1229.97"}, ["gross"]),
    ({"issued_on": TOMORROW}, ["issued_on"]),
    ({"paid_on": TOMORROW}, ["paid_on"]),
    ({"issuer_nip": "8133315015"}, ["issuer_nip"]),
    ({"issuer_nip": "813331501"}, ["issuer_nip"]),
    ({"issuer_nip": "sklep"}, ["issuer_nip"]),
    ({"issuer_nip": None}, ["issuer_nip"]),
    ({"ksef_number": "5265877635-20250826-0100001AF629-AE"}, ["ksef_number"]),
    ({"charges": (new("1230.01"),)}, ["charges[0].eligible"]),
    ({"charges": (new(eligible_vat="230.01"),)}, ["charges[0].eligible_vat"]),
    ({"charges": (new("1.00", eligible_vat="1.01"),)}, ["charges[0].eligible_vat"]),
    ({"charges": (new(eu_amount="1000.01"),)}, ["charges[0].eu_amount"]),
    ({"charges": (new(), new(budget_line="9.9"))}, ["charges[1].budget_line"]),
    ({"charges": (new("1.00", charge=FIRST), new("1.00", charge=FIRST))}, ["charges[1].charge"]),
    (
        {"gross": "9.00", "issuer_nip": None, "charges": (new(budget_line="9.9"),)},
        ["gross", "issuer_nip", "charges[0].budget_line", "charges[0].eligible"],
    ),
]


@pytest.mark.parametrize(("changes", "bad"), MANY_BAD)
def test_every_bad_value_is_named(changes: dict[str, Any], bad: list[str]) -> None:
    create(spent(**changes)).invalid(*bad)


@pytest.mark.parametrize("nip", [NIP, "813-331-50-14", " 813 331 50 14", "PL8133315014"])
def test_a_tax_number_is_stored_as_its_digits(nip: str) -> None:
    create(spent(issuer_nip=nip)).then(RECORDED)
    assert spent(issuer_nip=nip).identity() == SPENT.identity()


def test_whoever_has_no_tax_number_is_known_by_name() -> None:
    command = spent(issuer_nip=None, issuer_name="Jan Kowalski")
    create(command).then(replace(RECORDED, issuer_nip=None, issuer_name="Jan Kowalski"))


SAME = [
    ("FV/12/2019", "fv/12/2019"),
    ("FV/12/2019", " FV / 12\t/\u00a02019 "),
    ("FV/12/2019", "ＦＶ/12/2019"),
    ("FV/12/2019", "FV/12/\u200b2019"),
    ("FV/12/2019", "FV/12/20\u00ad19\ufeff"),
    ("ŁÓDŹ/1", "Ło\u0301dz\u0301/1"),
    ("STRASSE 1", "straße1"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_letter_case_and_blanks_make_no_other_document(one: str, other: str) -> None:
    assert expenditure_id(NIP, None, one) == expenditure_id(NIP, None, other)
    assert expenditure_id(None, one, "1") == expenditure_id(None, other, "1")


def test_issuer_and_number_make_the_document() -> None:
    documents = [
        expenditure_id(NIP, None, "1"),
        expenditure_id(NIP, None, "2"),
        expenditure_id("5265877635", None, "1"),
        expenditure_id(None, NIP, "1"),
        expenditure_id(None, "A", "1"),
        expenditure_id(None, "A\n1", ""),
    ]
    assert len(set(documents)) == len(documents)
    assert expenditure_id(NIP, "A", "1") == expenditure_id(NIP, "B", "1")


def test_a_document_is_recorded_once() -> None:
    again = spent(document_number="fv/12/2019", charges=(new("1.00"),))
    recorded().when(again, world=WORLD).refused(DocumentRecorded, collides=HERE)


def test_who_sees_all_projects_may_record_a_document_that_none_is_charged_with() -> None:
    create(spent(charges=())).then(replace(RECORDED, charges=()))


def test_who_sees_one_project_charges_it() -> None:
    create(spent(charges=()), scope=PROJECT).invalid("charges")


def test_charges_of_a_new_document_stay_within_it() -> None:
    create(spent(charges=(new(), new("230.01")))).refused(ExceedsDocument, collides=HERE)


def test_a_further_part_is_charged_up_to_the_gross_amount() -> None:
    event = replace(charged(), eu_amount="193.84")
    state = expenditure(recorded().when(charge(), world=WORLD).then(event))
    assert state.free == "0.00"
    assert event.answer() == {"charge": SECOND}


def test_no_more_is_charged_than_the_document_says() -> None:
    scenario = recorded().when(charge("230.01"), world=WORLD)
    scenario.refused(ExceedsDocument, collides=HERE)
    assert "1230.01" in str(scenario.error)
    assert "free: 230.00" in str(scenario.error)


@pytest.mark.parametrize(
    ("command", "bad"),
    [
        (charge("1230.01"), ["eligible"]),
        (charge(budget_line="9.9"), ["budget_line"]),
        (charge(eligible_vat="230.01"), ["eligible_vat"]),
        (charge("1.00", eligible_vat="1.01", eu_amount="1.01"), ["eligible_vat", "eu_amount"]),
    ],
)
def test_every_bad_value_of_a_charge_is_named(command: ChargeExpenditure, bad: list[str]) -> None:
    recorded().when(command, world=WORLD).invalid(*bad)


def test_an_id_names_one_charge_of_the_document() -> None:
    recorded().when(charge(charge=FIRST), world=WORLD).refused(ChargeExists, collides=HERE)


def test_a_withdrawn_charge_keeps_its_id() -> None:
    scenario = recorded().given(ChargeWithdrawn(charge=FIRST))
    scenario.when(charge(charge=FIRST), world=WORLD).refused(ChargeExists)


def test_a_document_is_not_charged_before_it_is_recorded() -> None:
    recorded().when(charge(), on=BEFORE, world=WORLD).refused(NotTrueYet, collides=HERE)


def test_what_was_withdrawn_is_free_from_that_day_only() -> None:
    scenario = recorded().given(ChargeWithdrawn(charge=FIRST), on=LATER)
    scenario.when(charge("1230.00"), on=NEXT, world=WORLD).refused(ExceedsDocument)
    scenario.when(charge("1230.00"), on=LATER, world=WORLD).then(
        replace(charged(eligible="1230.00"), eu_amount="1036.64")
    )


def test_a_charge_in_the_past_must_fit_beside_those_that_came_later() -> None:
    scenario = recorded().given(charged(eligible="200.00"), on=LATER)
    scenario.when(charge("30.01", charge=THIRD), on=NEXT, world=WORLD).refused(ExceedsDocument)
    scenario.when(charge("30.00", charge=THIRD), on=NEXT, world=WORLD)
    assert expenditure(scenario.state).free == "0.00"


def test_a_raised_amount_is_free_from_its_day_only() -> None:
    scenario = recorded().given(adjusted("2000.00"), on=LATER)
    scenario.when(charge("1000.00"), on=NEXT, world=WORLD).refused(ExceedsDocument)
    assert scenario.when(charge("1000.00"), on=LATER, world=WORLD).error is None


def test_a_lowered_amount_counts_against_a_charge_before_its_day() -> None:
    scenario = recorded().given(adjusted("1100.00"), on=LATER)
    scenario.when(charge("100.01"), on=NEXT, world=WORLD).refused(ExceedsDocument)
    assert scenario.when(charge("100.00"), on=NEXT, world=WORLD).error is None


def test_a_document_is_paid_once() -> None:
    event = ExpenditurePaid(paid_on=LATER)
    scenario = recorded().when(PayExpenditure(paid_on=LATER), world=WORLD)
    assert expenditure(scenario.then(event)).paid_on == LATER
    scenario.when(PayExpenditure(paid_on=LATER), world=WORLD)
    scenario.refused(DocumentPaid, collides=HERE)


def test_a_payment_is_not_in_the_future() -> None:
    recorded().when(PayExpenditure(paid_on=TOMORROW), world=WORLD).invalid("paid_on")
    assert recorded().when(PayExpenditure(paid_on=TODAY), world=WORLD).error is None


def test_a_payment_is_not_known_before_the_document() -> None:
    command = PayExpenditure(paid_on=DAY)
    recorded().when(command, on=BEFORE, world=WORLD).refused(NotTrueYet, collides=HERE)


@pytest.mark.parametrize("command", [charge(), PayExpenditure(paid_on=DAY)])
def test_nothing_is_spent_on_a_closed_project(command: Command) -> None:
    world = WORLD | {PROJECT: replace(SHARED_TERMS, closed_on=DAY)}
    recorded().when(command, world=world).refused(ProjectClosed)


def test_nothing_new_is_recorded_on_a_closed_project() -> None:
    world = WORLD | {PROJECT: replace(SHARED_TERMS, closed_on=DAY)}
    Scenario(EXPENDITURES).when(SPENT, world=world).refused(ProjectClosed)


@pytest.mark.parametrize(
    ("changes", "bad"),
    [
        ({"net": "-1"}, ["net"]),
        ({"vat": "0.001", "gross": 1.5}, ["vat", "gross"]),
        ({"charges": [{"project": PROJECT, "budget_line": 1, "eligible": "-0.01"}]},
         ["charges[0].eligible"]),
        ({"charges": [{"project": PROJECT, "budget_line": 1, "eligible": 1, "method": "guess"}]},
         ["charges[0].method"]),
        ({"charges": [{"project": PROJECT, "budget_line": 1}]}, ["charges[0].eligible"]),
        ({"issued_on": "2019-02-30"}, ["issued_on"]),
        ({"document_number": " "}, ["document_number"]),
        ({"id": FIRST}, ["id"]),
    ],
)  # fmt: skip
def test_what_is_no_amount_or_date_is_named(changes: dict[str, Any], bad: list[str]) -> None:
    body = {"document_number": "1", "issuer_nip": NIP, "issued_on": "2019-05-13",
            "description": "x", "net": 1, "vat": 0, "gross": 1, "charges": []}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        read(RecordExpenditure, body | changes)
    assert [one.field for one in refused.value.errors] == bad


@given(st.text(), st.text())
def test_the_id_is_the_uuid_of_issuer_and_number(issuer: str, number: str) -> None:
    name = f"name:{folded(issuer)}\n{folded(number)}"
    assert expenditure_id(None, issuer, number) == str(uuid.uuid5(DOCUMENTS, name))
