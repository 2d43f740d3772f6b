"""Which line of the project's budget is meant? Named outright, or by its task and category."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from itertools import takewhile

from msgspec import Struct

from ledger.imports.columns import plain
from ledger.kernel.fields import share

# How categories that the ledger names by a code are called in files.
_CATEGORY_CODES: Mapping[str, str] = {"koszty posrednie": "indirect", "posrednie": "indirect"}

_TASK = re.compile(r"^(zadanie|zad|task) (nr |no )?")


class Line(Struct, frozen=True):
    """A line as the budget in force has it."""

    line: str
    task: str
    category: str


class UnclearLine(Exception):
    """No line, or more than one, can be meant; its text names the sentence that says so."""

    def __init__(self, key: str, lines: Iterable[str] = ()) -> None:
        super().__init__(key)
        self.key, self.lines = key, ", ".join(list(lines)[:10])


class Budget:
    """A project with the lines of its budget."""

    def __init__(
        self, project: str, code: str, value: str, eu_contribution: str | None, lines: list[Line]
    ) -> None:
        self.project, self.code = project, code
        self.value, self.eu_contribution = value, eu_contribution
        self.lines = lines
        self._named = {one.line: one.line for one in lines}
        self._loose: dict[str, list[str]] = defaultdict(list)
        self._numbers: dict[Decimal, list[str]] = defaultdict(list)
        self._places: dict[tuple[str, str], list[str]] = defaultdict(list)
        for one in lines:
            self._loose["".join(one.line.casefold().split())].append(one.line)
            for task in {_task(one.task), _task_number(one.task)} - {""}:
                self._places[task, _category(one.category)].append(one.line)
            if (number := _number(one.line)) is not None:
                self._numbers[number].append(one.line)

    def eu_part(self, eligible: str) -> str:
        """The Union's part as the ledger will reckon it: each charge rounded by itself."""
        if self.eu_contribution is None:
            return "0.00"
        return share(eligible, self.eu_contribution, self.value)

    def named(self, text: str, *, as_number: bool = False) -> str:
        """The line of that name; a spreadsheet makes the number 1.1 of the line 1.10.

        Raises `UnclearLine`.
        """
        if as_number and (number := _number(text)) is not None:
            found = self._numbers.get(number, [])
        elif text in self._named:
            return text
        else:
            found = self._loose.get("".join(text.casefold().split()), [])
        return _only(found, "unknown_line", "ambiguous_line")

    def placed(self, task: str, category: str) -> str:
        """The only line of that task and category. Raises `UnclearLine`.

        A task that is called otherwise in the budget is known by its number.
        """
        here = _category(category)
        found = self._places.get((_task(task), here)) or self._places.get(
            (_task_number(task), here)
        )
        return _only(found or [], "no_line_for", "several_lines_for")


def _only(found: list[str], none: str, several: str) -> str:
    if len(found) == 1:
        return found[0]
    raise UnclearLine(several if found else none, found)


def _task(text: str) -> str:
    """`Zadanie 1`, `Zad. 1` and `1` are the same task."""
    return _TASK.sub("", plain(text))


def _task_number(text: str) -> str:
    """The numbers with which it begins: `1` of `Zadanie 1. Model`, nothing of `Promocja`."""
    return " ".join(takewhile(str.isdigit, _task(text).split()))


def _category(text: str) -> str:
    folded = plain(text)
    return _CATEGORY_CODES.get(folded, folded)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text.isascii() and text[:1].isdigit() else None
    except InvalidOperation:
        return None
