"""What might the two projects have been allowed to spend? Budgets, line by line, invented.

Amounts of lines stand in thousands of złoty; one line of each edition takes what is left, so
that the lines come to the project's value. Indirect costs are a flat rate of the direct costs
without cross-financing.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from invention.story import Story

CENT = Decimal("0.01")
FLAT_RATE = Decimal("0.10")  # direct costs lie above 4 550 000 PLN
INDIRECT = "KP"
CROSS, ASSETS = "cross_financing", "fixed_assets"


class Line(NamedTuple):
    """A line: its task, category and thousands of złoty in the first and in the second edition."""

    line: str
    task: int
    category: str
    first: int
    second: int
    flag: str | None = None


TASKS = {
    0: "Koszty pośrednie",
    1: "Zadanie 1. Wypracowanie Modelu Kooperacji",
    2: "Zadanie 2. Testowanie Modelu Kooperacji",
    3: "Zadanie 3. Szkoła Kooperacji",
    4: "Zadanie 4. Raporty i Księga Rekomendacji",
    5: "Zadanie 5. Upowszechnianie i wdrożenie",
    6: "Zadanie 6. Przeciwdziałanie skutkom COVID-19",
}
LINES = (
    Line("1.01", 1, "personel projektu", 1450, 1420),
    Line("1.02", 1, "usługi zewnętrzne", 250, 250),
    Line("1.03", 1, "wynajem sal", 190, 180),
    Line("1.04", 1, "wyżywienie uczestników", 160, 160),
    Line("1.05", 1, "podróże służbowe", 60, 60),
    Line("1.06", 1, "materiały i druk", 70, 70),
    Line("1.07", 1, "sprzęt komputerowy", 120, 120, ASSETS),
    Line("2.01", 2, "personel projektu", 2100, 2180),
    Line("2.02", 2, "wsparcie finansowe", 1850, 1850),
    Line("2.03", 2, "animatorzy i doradcy", 600, 600),
    Line("2.04", 2, "doradztwo i coaching", 420, 400),
    Line("2.05", 2, "podróże służbowe", 110, 90),
    Line("2.06", 2, "wyżywienie uczestników", 180, 160),
    Line("2.07", 2, "wyposażenie miejsc spotkań", 120, 120, CROSS),
    Line("2.08", 2, "oprogramowanie", 90, 90, ASSETS),
    Line("3.01", 3, "trenerzy", 520, 520),
    Line("3.02", 3, "wynajem sal", 260, 260),
    Line("3.03", 3, "noclegi i wyżywienie", 450, 430),
    Line("3.04", 3, "materiały szkoleniowe", 110, 110),
    Line("3.05", 3, "podróże uczestników", 90, 80),
    Line("3.06", 3, "personel projektu", 380, 380),
    Line("4.01", 4, "badania ewaluacyjne", 300, 320),
    Line("4.02", 4, "ekspertyzy prawne", 180, 180),
    Line("4.03", 4, "druk i skład", 120, 120),
    Line("4.04", 4, "tłumaczenia", 40, 40),
    Line("4.05", 4, "personel projektu", 260, 260),
    Line("4.06", 4, "konferencje", 210, 190),
    Line("5.01", 5, "personel projektu", 300, 300),
    Line("5.02", 5, "działania edukacyjne", 250, 280),
    Line("5.03", 5, "platforma edukacyjna", 230, 230),
    Line("5.04", 5, "konferencja końcowa", 120, 120),
    Line("5.05", 5, "dostosowanie pomieszczeń", 60, 60, CROSS),
    Line("5.06", 5, "materiały i druk", 90, 90),
    Line("6.01", 6, "wsparcie finansowe", 0, 9600),
    Line("6.02", 6, "środki ochrony indywidualnej", 0, 2300),
    Line("6.03", 6, "personel projektu", 0, 640),
    Line("6.04", 6, "transport", 0, 140),
    Line("6.05", 6, "wyposażenie izolatoriów", 0, 200, CROSS),
    Line("6.06", 6, "testy", 0, 660),
)
KOOPERACJA_LINES = (
    Line("1.1", 1, "personel projektu", 3200, 0),
    Line("1.2", 1, "usługi zewnętrzne", 900, 0),
    Line("1.3", 1, "szkolenia", 1400, 0),
    Line("2.1", 2, "personel projektu", 2400, 0),
    Line("2.2", 2, "coaching", 1100, 0),
    Line("2.3", 2, "wsparcie finansowe", 1500, 0),
    Line("2.4", 2, "sprzęt komputerowy", 300, 0, ASSETS),
)


def rounded(amount: Decimal) -> Decimal:
    """Half a grosz rounds up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def edition(
    lines: tuple[Line, ...], total: str, balancing: str, *, second: bool = False
) -> dict[str, Decimal]:
    """The amount of every line of an edition; together they are the total."""
    planned = {one.line: Decimal(1000 * (one.second if second else one.first)) for one in lines}
    planned = {line: amount for line, amount in planned.items() if amount}
    cross = sum(planned.get(one.line, Decimal(0)) for one in lines if one.flag == CROSS)
    direct = rounded((Decimal(total) - cross) / (1 + FLAT_RATE))
    planned[balancing] += direct + cross - sum(planned.values())
    planned[INDIRECT] = Decimal(total) - direct - cross
    return {line: rounded(amount) for line, amount in planned.items()}


def set_budget(
    story: Story,
    project: str,
    lines: tuple[Line, ...],
    planned: dict[str, Decimal],
    on: date,
    reason: str | None = None,
) -> None:
    """Tells the lines of an edition."""
    rows: list[dict[str, Any]] = []
    for one in (*lines, Line(INDIRECT, 0, "indirect", 0, 0)):
        if one.line in planned:
            row = {"line": one.line, "task": TASKS[one.task], "category": one.category}
            row["amount"] = str(planned[one.line])
            rows.append(row | ({one.flag: True} if one.flag else {}))
    story.tell(f"projects/{project}/set-budget", on, reason, lines=rows)


def cross_financed(lines: tuple[Line, ...]) -> set[str]:
    """The lines that are no base of the flat rate."""
    return {one.line for one in lines if one.flag == CROSS} | {INDIRECT}
