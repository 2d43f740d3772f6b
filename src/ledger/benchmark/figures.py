"""What was measured? Figures, each beside its baseline of the same run and its aim."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table


class Timing(Struct, frozen=True):
    """How often a second, and how long each took; no times where only the rate is known."""

    per_second: float
    p50_ms: float | None = None
    p99_ms: float | None = None


class Figure(Struct, frozen=True, kw_only=True):
    """One measurement. `ratio` is the value divided by the baseline's; neither decides anything."""

    what: str
    value: float
    unit: str = "/s"
    p50_ms: float | None = None
    p99_ms: float | None = None
    baseline: str | None = None
    baseline_value: float | None = None
    ratio: float | None = None
    aim: str | None = None


def figure(
    what: str,
    measured: Timing | float,
    *,
    unit: str = "/s",
    baseline: tuple[str, Timing | float] | None = None,
    aim: str | None = None,
) -> Figure:
    """A measurement beside its baseline (name, what was measured there)."""
    timing = measured if isinstance(measured, Timing) else Timing(measured)
    name, other = baseline or (None, None)
    base = other.per_second if isinstance(other, Timing) else other
    return Figure(
        what=what,
        value=timing.per_second,
        unit=unit,
        p50_ms=timing.p50_ms,
        p99_ms=timing.p99_ms,
        baseline=name,
        baseline_value=base,
        ratio=timing.per_second / base if base else None,
        aim=aim,
    )


def timing(times_s: Sequence[float], elapsed_s: float) -> Timing:
    """What single times and the time that all took together amount to."""
    ordered = sorted(times_s)

    def at(share: float) -> float:
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1_000

    return Timing(len(ordered) / elapsed_s, at(0.50), at(0.99))


def as_json(figures: Sequence[Figure], conditions: str) -> str:
    """One JSON object."""
    return msgspec.json.encode({"conditions": conditions, "figures": figures}).decode()


def show(figures: Sequence[Figure], conditions: str) -> None:
    """A table for people."""
    table = Table(caption=conditions, caption_justify="left")
    table.add_column("measured", overflow="fold")
    for name in ("value", "p50 ms", "p99 ms"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("baseline", overflow="fold")
    for name in ("its value", "ratio", "aim"):
        table.add_column(name, justify="right", overflow="fold")
    for one in figures:
        table.add_row(
            one.what,
            f"{_number(one.value)} {one.unit}",
            _number(one.p50_ms),
            _number(one.p99_ms),
            one.baseline or "",
            _number(one.baseline_value),
            "" if one.ratio is None else f"{one.ratio:.2f}x",
            one.aim or "",
        )
    console = Console()
    # Where nobody looks at a terminal, nothing is cut: the lines go to a file.
    Console(width=console.width if console.is_terminal else 140).print(table)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
