"""Samples: drawn once from a seed that follows from root and number; errors until concluded."""

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.aggregates.samples.drawing import DrawSample, SampleDrawn, UnitsDrawn, seed_of
from ledger.aggregates.samples.examining import (
    ConcludeSample,
    CorrectError,
    ErrorCorrected,
    ErrorExceedsUnit,
    ErrorRecorded,
    ErrorWithdrawn,
    RecordError,
    SampleConcluded,
    SampleIsConcluded,
    WithdrawError,
)
from ledger.aggregates.samples.state import (
    SAMPLES,
    Design,
    Draw,
    DrawnStratum,
    DrawnUnit,
    Sample,
)
from ledger.kernel.errors import Collision, NotTrueYet
from ledger.kernel.messages import Command
from tests.aggregates.scenario import DAY, ITSELF, PROJECT, TERMS, Scenario, an_id

ROOT = "ab" * 32
FIRST, SECOND = f"{an_id(51)}/{an_id(61)}", f"{an_id(52)}/{an_id(62)}"
DESIGN = Design(method="mus", confidence=90, sample_size=2)
UNITS = (DrawnUnit(unit=FIRST, book_value="100.00"), DrawnUnit(unit=SECOND, book_value="50.00"))
STRATUM = DrawnStratum(
    stratum="", units=9, book_value="900.00", exhaustive_units=0, exhaustive_value="0.00", sampled=2
)
DRAW = Draw(
    checkpoint_size=88,
    checkpoint_root=ROOT,
    population_on=DAY,
    population_units=9,
    population_value="900.00",
    population_digest="cd" * 32,
    seed=seed_of(ROOT, "271828"),
    computed_size=None,
    strata=(STRATUM,),
    units=UNITS,
)
DRAWN = SampleDrawn(
    project=PROJECT,
    population="charges",
    design=DESIGN,
    seed_source="number",
    seed_text="271828",
    checkpoint_size=88,
    checkpoint_root=ROOT,
    population_on=DAY,
    population_units=9,
    population_value="900.00",
    population_digest="cd" * 32,
    seed=DRAW.seed,
    size=2,
    strata=(STRATUM,),
)
FOUND = ErrorRecorded(error=1, unit=FIRST, amount="40.00", classification="random", basis="art. 63")
LATER = DAY.replace(day=20)


def command(**fields: Any) -> DrawSample:
    stated: dict[str, Any] = {"project": PROJECT, "population": "charges", "design": DESIGN}
    stated |= {"draw": DRAW, "number": "271828"} | fields
    return DrawSample(**stated)


def drawn() -> Scenario:
    return Scenario(SAMPLES).given(DRAWN, UnitsDrawn(units=UNITS))


def record(unit: str = FIRST, amount: str = "40.00", **fields: Any) -> RecordError:
    stated: dict[str, Any] = {"classification": "random", "basis": "art. 63"}
    return RecordError(unit=unit, amount=amount, **(stated | fields))


def test_a_draw_is_recorded_with_all_that_it_follows_from() -> None:
    state = Scenario(SAMPLES).when(command()).then(DRAWN, UnitsDrawn(units=UNITS))
    assert isinstance(state, Sample)
    assert state.units == {FIRST: "100.00", SECOND: "50.00"}


def test_a_cosignature_makes_the_seed_as_well() -> None:
    line = "— witness.example.org VFZPKbG8dmVyeSBzaG9ydA=="
    draw = replace(DRAW, seed=seed_of(ROOT, line))
    events = Scenario(SAMPLES).when(command(number=None, cosignature=line, draw=draw)).events
    assert isinstance(events[0], SampleDrawn)
    assert (events[0].seed_source, events[0].seed_text) == ("cosignature", line)


def test_many_units_are_recorded_in_events_of_bounded_size() -> None:
    units = tuple(DrawnUnit(unit=f"{an_id(n)}/{an_id(n)}", book_value="1.00") for n in range(2000))
    draw = replace(DRAW, units=units, strata=(replace(STRATUM, units=9000, sampled=2000),))
    first, *portions = Scenario(SAMPLES).when(command(draw=draw)).events
    assert isinstance(first, SampleDrawn)
    assert first.size == 2000
    assert len(portions) > 1
    assert tuple(u for one in portions if isinstance(one, UnitsDrawn) for u in one.units) == units


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"number": None}, "number"),
        ({"cosignature": "— witness.example.org VFZPKbG8dmVyeSBzaG9ydA=="}, "number"),
        ({"draw": None}, "draw"),
        ({"number": "314159"}, "draw.seed"),
        ({"checkpoint_size": 87}, "draw.checkpoint_size"),
        ({"draw": replace(DRAW, units=UNITS[:1] * 2)}, "draw.units"),
        ({"draw": replace(DRAW, units=())}, "draw.units"),
        ({"draw": replace(DRAW, units=UNITS[:1])}, "draw.strata"),
    ],
)
def test_a_draw_that_does_not_agree_with_itself_is_bad(fields: dict[str, Any], bad: str) -> None:
    Scenario(SAMPLES).when(command(**fields)).invalid(bad)


def test_a_closed_project_is_still_audited() -> None:
    closed = {PROJECT: replace(TERMS, closed_on=DAY)}
    Scenario(SAMPLES).when(command(), world=closed).then(DRAWN, UnitsDrawn(units=UNITS))
    drawn().when(record(), world=closed).then(FOUND)


def test_errors_are_numbered() -> None:
    drawn().given(FOUND).when(record(SECOND, "50.00", classification="systemic")).then(
        replace(FOUND, error=2, unit=SECOND, amount="50.00", classification="systemic")
    )


def test_an_error_belongs_to_a_drawn_unit_and_is_more_than_nothing() -> None:
    drawn().when(record(f"{an_id(59)}/{an_id(69)}")).invalid("unit")
    drawn().when(record(amount="0.00")).invalid("amount")


def test_the_errors_of_a_unit_do_not_exceed_it() -> None:
    drawn().given(FOUND).when(record(amount="60.00")).then(replace(FOUND, error=2, amount="60.00"))
    drawn().given(FOUND).when(record(amount="60.01")).refused(
        ErrorExceedsUnit, collides=Collision("samples", ITSELF)
    )


def test_an_error_is_stated_anew_since_it_was_found() -> None:
    drawn().given(FOUND, on=LATER).when(
        CorrectError(error=1, amount="100.00"), on=LATER.replace(day=25), reason="pomyłka"
    ).then(
        ErrorCorrected(
            error=1, amount="100.00", classification="random", basis="art. 63", since=LATER
        )
    )
    drawn().given(FOUND).when(CorrectError(error=1, amount="100.01")).refused(ErrorExceedsUnit)
    drawn().given(FOUND).when(CorrectError(error=1)).invalid("amount")
    drawn().when(CorrectError(error=1, amount="1.00")).invalid("error")


def test_an_error_that_was_none_is_withdrawn_and_its_number_is_not_used_again() -> None:
    story = drawn().given(FOUND).when(WithdrawError(error=1))
    story.then(ErrorWithdrawn(error=1))
    story.when(WithdrawError(error=1)).invalid("error")
    story.when(record(amount="100.00")).then(replace(FOUND, error=2, amount="100.00"))


@pytest.mark.parametrize(
    "late",
    [
        record(),
        CorrectError(error=1, amount="1.00"),
        WithdrawError(error=1),
        ConcludeSample(conclusion="material"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_nothing_follows_a_conclusion(late: Command) -> None:
    story = drawn().given(FOUND).when(ConcludeSample(conclusion="not_material", opinion="Dobrze"))
    story.then(SampleConcluded(conclusion="not_material", opinion="Dobrze"))
    story.when(late).refused(SampleIsConcluded, collides=Collision("samples", ITSELF))


def test_no_error_was_found_before_the_draw() -> None:
    drawn().when(record(), on=DAY.replace(day=1)).refused(NotTrueYet)
