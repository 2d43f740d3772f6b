"""A chart shows its figures where they belong: in order, to scale, and within its frame."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from api.pages.frame import charts
from api.pages.frame.charts import Bar, Line, Mark, Row, Span

TODAY = date(2020, 6, 30)
DAYS = st.dates(date(2014, 1, 1), date(2030, 1, 1))


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    made = []
    for index in range(draw(st.integers(0, 6))):
        begins = draw(DAYS)
        length = draw(st.none() | st.integers(0, 2000))
        ends = None if length is None else begins + timedelta(days=length)
        made.append(Row(f"wiersz {index}", [Span(begins, ends, "1", "")], [Mark(begins, "")]))
    return made


@given(rows())
def test_spans_lie_within_the_frame_and_keep_their_order(some: list[Row]) -> None:
    chart = charts.spans(some, TODAY, "pl")
    assert len(chart.boxes) == len(some)
    for box in chart.boxes:
        assert charts.LABELS <= box.x <= charts.WIDTH
        assert box.x + box.width <= charts.WIDTH + 2
        assert box.y + box.height <= chart.height
    begun = [row.spans[0].begins for row in some]
    pairs = zip(begun, [box.x for box in chart.boxes], strict=True)
    assert [x for _, x in sorted(pairs)] == sorted(box.x for box in chart.boxes)


def test_a_span_twice_as_long_is_twice_as_wide() -> None:
    first = date(2019, 1, 1)
    short = Span(first, first + timedelta(days=100), "1", "")
    long = Span(first, first + timedelta(days=200), "1", "")
    boxes = charts.spans([Row("a", [short]), Row("b", [long])], TODAY, "pl").boxes
    assert abs(boxes[1].width - 2 * boxes[0].width) < 0.5


def test_what_goes_on_reaches_today() -> None:
    chart = charts.spans([Row("a", [Span(date(2018, 1, 1), None, "1", "")])], TODAY, "en")
    assert chart.now is not None
    assert chart.boxes[0].x + chart.boxes[0].width >= chart.now


@given(st.lists(st.tuples(DAYS, st.decimals(0, 10**9, places=2)), min_size=1, max_size=20))
def test_a_line_rises_with_the_sum_and_stays_in_the_frame(
    amounts: list[tuple[date, Decimal]],
) -> None:
    sums = charts.cumulated(amounts)
    assert sums[-1][1] == sum(value for _, value in amounts)
    chart = charts.lines([Line("x", sums)], TODAY, "pl")
    heights = [level.at for level in chart.levels]
    assert heights == sorted(heights, reverse=True)
    assert all(0 <= at <= charts.LINES_HEIGHT for at in heights)
    assert len(chart.lines[0].path.split("V")) == len(sums)


def test_bars_are_to_one_scale() -> None:
    half, whole = Decimal(50), Decimal(100)
    chart = charts.bars([Bar("a", half, [half], ""), Bar("b", whole, [half, half], "")])
    widths = [box.width for box in chart.boxes]
    assert widths == [widths[0], widths[0], 2 * widths[0], widths[0], widths[0]]
    assert [box.tone for box in chart.boxes] == ["back", "1", "back", "1", "2"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert charts.spans([], TODAY, "pl").boxes == []
    assert charts.lines([], TODAY, "pl").lines == []
    assert charts.bars([]).boxes == []
