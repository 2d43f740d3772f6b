"""Where do the shapes of a chart lie? Spans over time, lines over time, bars; drawn as SVG.

A page says what is to be seen; what comes out are numbers for `templates/parts/charts.html`. Every
chart stands beside a table with the same figures.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10
from typing import Literal, NamedTuple

from babel.dates import format_date

from api.pages.frame import written

WIDTH = 900.0
LABELS = 250.0  # of it for the names beside spans and bars
ROW = 30.0
AXIS = 26.0
HALF_MARK = 10.0  # of the width: a mark of the last day is not cut off
LONGEST_LABEL = 33
LINES_HEIGHT = 260.0
LEFT = 90.0  # of a line chart, for the amounts
COLOURS = 5

Tone = Literal["planned", "1", "2", "3", "4", "5", "rest"]


class Tick(NamedTuple):
    """A place on an axis and what is written there."""

    at: float
    label: str


# Spans over time: milestones, and who was in a team when.


class Span(NamedTuple):
    """A time in a row; without an end it goes on. `title` is read by who points at it."""

    begins: date
    ends: date | None
    tone: Tone
    title: str


class Mark(NamedTuple):
    """A day in a row."""

    on: date
    title: str


class Row(NamedTuple):
    """A row of spans."""

    label: str
    spans: Sequence[Span]
    marks: Sequence[Mark] = ()


class Box(NamedTuple):
    """A drawn span or bar."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str


class Point(NamedTuple):
    """A drawn mark."""

    x: float
    y: float
    title: str


class Label(NamedTuple):
    """The name of a row, shortened to what fits, and in full."""

    y: float
    text: str
    full: str


class Spans(NamedTuple):
    """A chart of spans, ready to be drawn."""

    height: float
    labels: list[Label]
    boxes: list[Box]
    points: list[Point]
    ticks: list[Tick]
    now: float | None


def spans(rows: Sequence[Row], today: date, lang: str) -> Spans:
    """Rows of spans under one axis of time; `today` is marked where it lies within."""
    days = [d for row in rows for one in row.spans for d in (one.begins, one.ends) if d]
    days += [mark.on for row in rows for mark in row.marks]
    open_ones = [one.begins for row in rows for one in row.spans if one.ends is None]
    if open_ones:
        days += [today, max(open_ones) + timedelta(days=60)]
    first, last = min(days, default=today), max(days, default=today)
    scale = _Scale(first, max(last, first + timedelta(days=30)), LABELS, WIDTH - HALF_MARK)
    labels, boxes, points = [], [], []
    for index, row in enumerate(rows):
        y = AXIS + index * ROW
        labels.append(Label(y + 14, _short(row.label), row.label))
        for one in row.spans:
            x = scale.at(one.begins)
            width = max(scale.at(one.ends or scale.last) - x, 2.0)
            # What was planned stands as a thin line under what is.
            down, high = (24.0, 4.0) if one.tone == "planned" else (7.0, 14.0)
            boxes.append(Box(x, y + down, width, high, one.tone, one.title))
        points += [Point(scale.at(mark.on), y + 14, mark.title) for mark in row.marks]
    now = scale.at(today) if scale.first <= today <= scale.last else None
    height = AXIS + len(rows) * ROW + 6
    return Spans(height, labels, boxes, points, scale.ticks(lang), now)


class _Scale:
    """Days on the horizontal axis."""

    def __init__(self, first: date, last: date, left: float, right: float) -> None:
        self.first, self.last, self._left, self._right = first, last, left, right

    def at(self, day: date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(self._left + min(max(share, 0.0), 1.0) * (self._right - self._left), 1)

    def ticks(self, lang: str) -> list[Tick]:
        """Years, or quarters or months where the time is short."""
        months = (self.last - self.first).days / 30.4
        step, pattern = (12, "y") if months > 30 else (3, "LLL y") if months > 9 else (1, "LLL y")
        found = []
        year, month = self.first.year, 1
        while (day := date(year, month, 1)) <= self.last:
            if day >= self.first:
                found.append(Tick(self.at(day), format_date(day, pattern, locale=lang)))
            month += step
            year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        # Labels need some room between them.
        kept: list[Tick] = []
        for tick in found:
            if not kept or tick.at - kept[-1].at >= 60:
                kept.append(tick)
        return kept


# Lines over time: how spending grew.


class Line(NamedTuple):
    """A series: what it is called, and its values from those days on."""

    label: str
    values: Sequence[tuple[date, Decimal]]
    planned: bool = False


class Drawn(NamedTuple):
    """A drawn line: the path, its tone, and its label."""

    path: str
    tone: str
    label: str


class Lines(NamedTuple):
    """A chart of lines, ready to be drawn."""

    height: float
    lines: list[Drawn]
    ticks: list[Tick]
    levels: list[Tick]
    now: float | None


def lines(series: Sequence[Line], today: date, lang: str) -> Lines:
    """Lines over time that change in steps; planned ones run straight from point to point."""
    days = [day for one in series for day, _ in one.values]
    most = max((value for one in series for _, value in one.values), default=Decimal(0))
    first, last = min(days, default=today), max(days, default=today)
    scale = _Scale(first, max(last, first + timedelta(days=30)), LEFT, WIDTH)
    top = float(most) or 1.0
    levels = _levels(top)
    top = max(top, levels[-1])
    floor_y = LINES_HEIGHT - AXIS

    def at(value: float) -> float:
        return round(floor_y - value / top * (floor_y - 12), 1)

    found = []
    tones = iter(range(1, COLOURS + 1))
    for one in series:
        points = [(scale.at(day), at(float(value))) for day, value in sorted(one.values)]
        tone = "planned" if one.planned else str(next(tones, "rest"))
        found.append(Drawn(_path(points, stepped=not one.planned), tone, one.label))
    written_levels = [Tick(at(one), _shortened(one, lang)) for one in levels]
    now = scale.at(today) if scale.first <= today <= scale.last else None
    return Lines(LINES_HEIGHT, found, scale.ticks(lang), written_levels, now)


def _path(points: Sequence[tuple[float, float]], *, stepped: bool) -> str:
    if not points:
        return ""
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for (_, _), (x, y) in pairwise(points):
        path += f"H{x:g}V{y:g}" if stepped else f"L{x:g} {y:g}"
    return path


def _levels(top: float) -> list[float]:
    """Three to six round values from nothing up to the top."""
    step = 10.0 ** floor(log10(top))
    for divisor in (1, 2, 5, 10):
        if top / (step / divisor) >= 3:
            step /= divisor
            break
    return [index * step for index in range(ceil(top / step) + 1)]


def _shortened(value: float, lang: str) -> str:
    """An amount in millions or thousands, for an axis."""
    units = {"pl": ("mln", "tys."), "en": ("m", "k")}[lang]
    for size, unit in ((1e6, units[0]), (1e3, units[1])):
        if value >= size:
            text = written.number(lang, f"{value / size:.2f}")
            return f"{text}{written.NBSP}{unit}"
    return written.number(lang, f"{value:.0f}")


# Bars: how much of each, and what part of it.


class Bar(NamedTuple):
    """A bar: its whole, the parts of it in order, and what stands beside it."""

    label: str
    whole: Decimal
    parts: Sequence[Decimal]
    text: str


class Text(NamedTuple):
    """A text beside a bar."""

    x: float
    y: float
    text: str


class Bars(NamedTuple):
    """A chart of bars, ready to be drawn."""

    height: float
    labels: list[Label]
    boxes: list[Box]
    texts: list[Text]


def bars(rows: Sequence[Bar]) -> Bars:
    """Horizontal bars on one scale: the whole in the background, its parts before it."""
    most = max(
        (max(one.whole, sum(one.parts, Decimal(0))) for one in rows), default=Decimal(0)
    ) or Decimal(1)
    room = WIDTH - LABELS - 150
    labels, boxes, texts = [], [], []
    for index, one in enumerate(rows):
        y = index * ROW + 4
        labels.append(Label(y + ROW / 2, _short(one.label), one.label))
        boxes.append(Box(LABELS, y + 7, _width(one.whole, most, room), 16, "back", one.label))
        x = LABELS
        for number, part in enumerate(one.parts, 1):
            width = _width(part, most, room)
            boxes.append(Box(x, y + 7, width, 16, str(min(number, COLOURS)), one.label))
            x = round(x + width, 1)
        end = max(x, LABELS + _width(one.whole, most, room))
        texts.append(Text(end + 8, y + ROW / 2, one.text))
    return Bars(len(rows) * ROW + 8, labels, boxes, texts)


def _width(value: Decimal, most: Decimal, room: float) -> float:
    return round(max(float(value / most), 0.0) * room, 1)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"


def cumulated(amounts: Iterable[tuple[date, Decimal]]) -> list[tuple[date, Decimal]]:
    """Amounts of single days as sums up to each day."""
    found: dict[date, Decimal] = {}
    total = Decimal(0)
    for day, value in sorted(amounts):
        total += value
        found[day] = total
    return list(found.items())
