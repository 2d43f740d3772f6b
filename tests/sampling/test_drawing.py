"""The draw comes out the same for everybody, and chance is what decides it."""

import hashlib
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.aggregates.samples.state import Design, Method
from ledger.sampling.designs import draw, size_of
from ledger.sampling.drawing import (
    draw_by_value,
    draw_equally,
    high_value,
    in_random_order,
    number_below,
    seed_of,
)
from ledger.sampling.population import NotPossible, Unit, by_value, digest, in_order, total
from ledger.sampling.screening import chi_square_p

SEED = bytes(range(32))


def units(*values: int | str) -> list[Unit]:
    """Units u000, u001, … with these book values."""
    return [Unit(f"u{n:03}", Decimal(value).quantize(Decimal("0.01"))) for n, value in
            enumerate(values)]  # fmt: skip


populations = st.lists(st.decimals("0.01", "100000", places=2), min_size=2, max_size=60).map(
    lambda values: units(*map(str, values))
)
seeds = st.binary(min_size=32, max_size=32)


def test_the_seed_is_the_hash_of_the_root_and_the_number() -> None:
    root = hashlib.sha256(b"").digest()
    expected = hashlib.sha256(root + b"271828").hexdigest()
    assert seed_of(root, "271828").hex() == expected


def test_a_uniform_number_is_the_first_block_that_lies_below_the_limit() -> None:
    def block(counter: int) -> int:
        return hashlib.sha256(SEED + b"start " + counter.to_bytes(8, "big")).digest()[0] >> 5

    blocks = [block(counter) for counter in range(50)]
    assert number_below(SEED, "start ", 5) == next(one for one in blocks if one < 5)
    assert number_below(SEED, "start ", 8) == blocks[0]
    assert number_below(SEED, "start ", 1) == 0


def test_uniform_numbers_are_uniform() -> None:
    counted = Counter(number_below(SEED, str(n), 10) for n in range(5000))
    statistic = sum((counted[one] - 500) ** 2 / 500 for one in range(10))
    assert chi_square_p(statistic, 9) > 0.001


def test_equal_chances_follow_the_hash_of_seed_and_id() -> None:
    some = units(*range(1, 30))
    expected = sorted(some, key=lambda one: hashlib.sha256(SEED + one.id.encode()).digest())
    found = draw_equally(SEED, list(reversed(some)), 7)
    assert (list(found.sampled), found.exhaustive) == (expected[:7], ())


def test_systematic_selection_is_what_the_description_says() -> None:
    some = units(300, 200, 100, 400, 150, 250, 50, 350, 120, 80)  # 2000.00, of which n = 4
    found = draw_by_value(SEED, "", some, 4)
    assert found.exhaustive == ()
    assert found.interval == 500
    start = number_below(SEED, "start ", 200_000)
    expected, passed, points = [], 0, [start + k * 200_000 for k in range(4)]
    for one in in_random_order(SEED, some):
        reach = passed + int(one.book_value * 100) * 4
        expected += [one for point in points if passed <= point < reach]
        passed = reach
    assert list(found.sampled) == expected
    assert len(set(expected)) == 4


def test_high_value_units_are_found_again_until_none_is_left() -> None:
    # 10 000 / 4 = 2500: 6000 goes; 4000 / 3 = 1333.33: 1500 goes; 2500 / 2 = 1250: none above
    high, rest = high_value(units(6000, 1500, 1000, 1000, 500), 4)
    assert [int(one.book_value) for one in high] == [6000, 1500]
    assert [int(one.book_value) for one in rest] == [1000, 1000, 500]


@given(populations, seeds, st.integers(1, 70))
def test_a_draw_by_value_takes_exactly_what_was_asked_and_all_that_is_above_the_interval(
    some: list[Unit], seed: bytes, size: int
) -> None:
    found = draw_by_value(seed, "", some, size)
    drawn = [*found.exhaustive, *found.sampled]
    assert len(set(drawn)) == len(drawn) == min(size, len(some))
    assert found == draw_by_value(seed, "", list(reversed(some)), size)
    if found.interval is not None:
        assert all(one.book_value > found.interval for one in found.exhaustive)
        left = [one for one in some if one not in found.exhaustive]
        assert all(one.book_value <= found.interval for one in left)
        assert found.interval * len(found.sampled) == Fraction(total(left))


@given(populations, seeds, st.integers(0, 70), st.decimals("0", "100000", places=2))
def test_an_equal_draw_takes_exactly_what_was_asked_beside_what_is_taken_anyway(
    some: list[Unit], seed: bytes, size: int, above: Decimal
) -> None:
    found = draw_equally(seed, some, size, above)
    high = [one for one in in_order(some) if one.book_value > above]
    if size >= len(some) - len(high):
        assert (found.exhaustive, found.sampled) == (tuple(in_order(some)), ())
    else:
        assert list(found.exhaustive) == high
        assert len(set(found.sampled)) == size
        assert not set(found.sampled) & set(high)


def test_chances_are_in_proportion_to_book_values() -> None:
    some = units(100, 200, 300, 400, 500, 600, 700, 800, 900, 500)  # 5000, n = 3
    draws = 3000
    counted: Counter[str] = Counter()
    for n in range(draws):
        seed = hashlib.sha256(n.to_bytes(4, "big")).digest()
        counted.update(one.id for one in draw_by_value(seed, "", some, 3).sampled)
    expected = {one.id: draws * 3 * float(one.book_value) / 5000 for one in some}
    statistic = sum((counted[id] - n) ** 2 / n for id, n in expected.items())
    assert sum(counted.values()) == 3 * draws
    assert chi_square_p(statistic, len(some) - 1) > 0.001


def test_chances_of_a_simple_sample_are_equal() -> None:
    some = units(*range(1, 21))
    counted: Counter[str] = Counter()
    for n in range(2000):
        seed = hashlib.sha256(n.to_bytes(4, "big")).digest()
        counted.update(one.id for one in draw_equally(seed, some, 5).sampled)
    statistic = sum((counted[one.id] - 500) ** 2 / 500 for one in some)
    assert chi_square_p(statistic, 19) > 0.001


def test_another_seed_draws_another_sample() -> None:
    some = units(*range(1, 200))
    other = bytes(31) + b"\x01"
    assert draw_equally(SEED, some, 20).sampled != draw_equally(other, some, 20).sampled


def test_the_digest_of_a_population_can_be_made_with_a_shell() -> None:
    lines = b"a 1.00 x\nb 2.50 y\n"
    some = [Unit("b", Decimal("2.50"), "y"), Unit("a", Decimal("1.00"), "x")]
    assert digest(some) == hashlib.sha256(lines).hexdigest()


def test_strata_by_value_are_counted_from_the_lowest() -> None:
    limits = [Decimal(1000), Decimal(100)]
    found = [by_value(limits, Decimal(one)) for one in (1, 100, 101, 1000, 1001)]
    assert found == ["1", "1", "2", "2", "3"]


STRATA = [Unit(f"{name}{n:03}", Decimal(n * 100), name) for name in "ab" for n in range(1, 41)]


@pytest.mark.parametrize("method", ["stratified_mean", "stratified_ratio", "mus_stratified"])
def test_every_stratum_is_drawn_from_and_together_they_are_the_population(method: Method) -> None:
    design = Design(method=method, confidence=90, stratify_by="task", sample_size=20)
    found = draw(design, STRATA, SEED)
    assert [layer.name for layer in found.layers] == ["a", "b"]
    assert sorted(one.id for layer in found.layers for one in layer.units) == sorted(
        one.id for one in STRATA
    )
    for layer in found.layers:
        assert len(layer.selection.sampled) + len(layer.selection.exhaustive) == 10
        assert {one.stratum for one in layer.selection.sampled} == {layer.name}


def test_a_stratified_size_is_drawn_as_it_is_spread() -> None:
    design = Design(
        method="stratified_mean", confidence=90, stratify_by="task", anticipated_error="0.005",
        deviations={"a": "10", "b": "50"},
    )  # fmt: skip
    sizing = size_of(design, STRATA)
    drawn = draw(design, STRATA, SEED)
    assert drawn.sizing == sizing
    assert {one.name: len(one.selection.sampled) for one in drawn.layers} == sizing.strata


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"method": "mus", "confidence": 90, "sample_size": 5, "stratify_by": "task"},
         "design.stratify_by"),
        ({"method": "mus_stratified", "confidence": 90, "sample_size": 5}, "design.stratify_by"),
        ({"method": "mus", "confidence": 90, "sample_size": 5, "exhaustive_above": "1.00"},
         "design.exhaustive_above"),
        ({"method": "mus", "confidence": 85, "sample_size": 5}, "design.confidence"),
        ({"method": "mus", "sample_size": 5}, "design.confidence"),
        ({"method": "mus_conservative", "confidence": 65, "sample_size": 5}, "design.confidence"),
        ({"method": "mus", "confidence": 90}, "design.anticipated_error"),
        ({"method": "mus", "confidence": 90, "anticipated_error": "0.001"}, "design.deviation"),
        ({"method": "mus", "confidence": 90, "sample_size": 5, "materiality": "1"},
         "design.materiality"),
        ({"method": "mus_stratified", "confidence": 90, "sample_size": 5,
          "stratify_by": "book_value"}, "design.limits"),
        ({"method": "mus_stratified", "confidence": 90, "stratify_by": "task",
          "anticipated_error": "0", "deviations": {"a": "1"}}, "design.deviations"),
        ({"method": "non_statistical", "sample_size": 7}, "design.sample_size"),
    ],
)  # fmt: skip
def test_a_design_that_contradicts_itself_draws_nothing(
    fields: dict[str, object], bad: str
) -> None:
    with pytest.raises(NotPossible) as refused:
        draw(Design(**fields), STRATA, SEED)  # type: ignore[arg-type]
    assert refused.value.field == bad


def test_a_small_population_is_drawn_without_statistics_and_the_largest_in_full() -> None:
    design = Design(method="non_statistical", exhaustive_above="3900.00")
    found = draw(design, [Unit(one.id, one.book_value) for one in STRATA], SEED).layers[0]
    assert [one.book_value for one in found.selection.exhaustive] == [4000, 4000]
    assert len(found.selection.sampled) == 8


def test_no_population_has_no_sample() -> None:
    with pytest.raises(NotPossible, match="no units"):
        draw(Design(method="mus", confidence=90, sample_size=5), [], SEED)
