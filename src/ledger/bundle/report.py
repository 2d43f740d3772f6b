"""What does the report say? Facts and tables of the project, whatever it is then printed on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from ledger.bundle.tables import Row
from ledger.bundle.words import WORDS
from ledger.papers.written import LANGS, Lang, amount, day

Kind = Literal["text", "long", "money", "day", "whole", "word", "both"]
NUMBERS = frozenset({"money", "whole"})
PRINTED, ALIKE = 100, 5  # so many rows of a table go on paper, so many of them alike


class Both(NamedTuple):
    """The same in both languages."""

    pl: str
    en: str

    def of(self, lang: Lang) -> str:
        """In that language."""
        return self.en if lang == "en" else self.pl


Cells = Sequence[Both]


class Column(NamedTuple):
    """A column: its heading, what stands in it, and where it is found in a row.

    `word`: the value is a word of ours, known under this prefix.
    """

    word: str
    kind: Kind = "text"
    key: str = ""
    prefix: str = ""


class Plan(NamedTuple):
    """A table of the report, and which of its columns are summed.

    `alike`: rows with the same value there are alike; of these only some are printed on paper.
    """

    name: str
    columns: Sequence[Column]
    summed: bool = False
    in_print: bool = True
    alike: str = ""


class Table:
    """A table of the report, to which rows come some at a time; it keeps those that go on paper.

    `count`: how many rows came; `printed`: the cells of some of them.
    """

    def __init__(self, plan: Plan) -> None:
        self.name, self.columns, self.in_print = plan.name, plan.columns, plan.in_print
        self.count = 0
        self.printed: list[Cells] = []
        self._plan = plan
        self._sums = [Decimal("0.00")] * len(plan.columns)
        self._alike = Counter[Any]()

    def add(self, rows: Iterable[Row]) -> list[Cells]:
        """The cells of more rows."""
        return [self._add(row) for row in rows]

    def _add(self, row: Row) -> Cells:
        cells = [cell(row, one) for one in self.columns]
        self.count += 1
        # A paper is to be read, and the file has all of the rows.
        self._alike[kind := row.get(self._plan.alike)] += 1
        few = not self._plan.alike or self._alike[kind] <= ALIKE
        if few and len(self.printed) < PRINTED:
            self.printed.append(cells)
        for at, one in enumerate(self.columns if self._plan.summed else ()):
            if one.kind == "money" and (amount := row[one.key or one.word]):
                self._sums[at] += Decimal(amount)
        return cells

    @property
    def total(self) -> Cells:
        """The last row, where columns are summed."""
        if not self._plan.summed or not self.count:
            return []
        told = zip(self.columns, self._sums, strict=True)
        sums = [_money(one) if of.kind == "money" else _plain("") for of, one in told]
        return [Both(*WORDS["total"]), *sums[1:]]


class Report(Struct, frozen=True, kw_only=True):
    """The report."""

    title: str
    code: str
    proof: Sequence[tuple[str, Both]]
    project: Sequence[tuple[str, Both]]
    tables: Sequence[Table]


_POSITION = Column("position", "whole")
PLANS = (
    Plan(
        "budget",
        (
            Column("line"), Column("task", "long"), Column("category", "word", prefix="category_"),
            *(Column(name, "money") for name in (
                "planned", "recorded", "claimed", "approved", "disallowed", "remaining")),
        ),
        summed=True,
    ),
    Plan(
        "claims",
        (
            Column("number"), Column("period_from", "day"), Column("period_to", "day"),
            Column("status", "word", prefix="claim_"), Column("eligible", "money"),
            Column("eu_amount", "money"), Column("approved", "money"), Column("paid", "money"),
            _POSITION,
        ),
        summed=True,
    ),
    Plan(
        "milestones",
        (
            Column("number", "whole"), Column("name", "long"), Column("starts_on", "day"),
            Column("ends_on", "day"), Column("status", "word", prefix="milestone_"),
            Column("completed_on", "day"), Column("approved_on", "day"), _POSITION,
        ),
    ),
    Plan(
        "indicators",
        (
            Column("code"), Column("name", "long"), Column("target", "whole"),
            Column("achieved", "whole"), Column("share", "money"), _POSITION,
        ),
    ),
    Plan(
        "findings_by_rule",
        (
            Column("severity", "word"), Column("rule", "word", prefix="rule_"),
            Column("basis", "both"), Column("count", "whole"),
        ),
    ),
    Plan(
        "findings",
        (
            Column("severity", "word"), Column("message", "both"), Column("basis", "both"),
            _POSITION,
        ),
        alike="rule",
    ),
    Plan(
        "agreements",
        (
            Column("title", "long"), Column("kind", "word", prefix="kind_"),
            Column("signed_on", "day"), Column("status", "word", prefix="agreement_"), _POSITION,
        ),
    ),
    Plan(
        "obligations",
        (
            Column("party_name", "long"), Column("obligation_text", "long", "text"),
            Column("due_on", "day"), Column("target", "whole"), Column("done", "whole"),
            Column("status", "word", prefix="obligation_"), _POSITION,
        ),
    ),
    Plan(
        "teams",
        (
            Column("name", "long"), Column("kind", "word", prefix="team_"),
            Column("established_on", "day"), Column("members", "whole"), _POSITION,
        ),
    ),
    Plan(
        "expenditures",
        (
            Column("document_number"), Column("issuer_name", "long"), Column("issued_on", "day"),
            Column("paid_on", "day"), Column("description", "long"), Column("gross", "money"),
            Column("line", key="budget_line"), Column("eligible", "money"),
            Column("eu_amount", "money"), Column("disallowed", "money"), Column("claim_name"),
            Column("status", "word", prefix="charge_"), _POSITION,
        ),
        in_print=False,
    ),
    Plan(
        "documents",
        (
            Column("name", "long"), Column("sha256"), Column("bytes", "whole", "size"),
            Column("stored", "word"), _POSITION,
        ),
    ),
)  # fmt: skip
_PROJECT = (
    Column("title"), Column("code"), Column("programme"), Column("fund"), Column("leader_name"),
    Column("value", "money"), Column("eu_contribution", "money"),
    Column("project_starts_on", "day", "starts_on"), Column("project_ends_on", "day", "ends_on"),
)  # fmt: skip
_UNKNOWN = "–"


def report(project: Row, proof: Mapping[str, Any], tables: Sequence[Table]) -> Report:
    """The report of a project; `proof` says from what it was made."""
    return Report(
        title=project["title"],
        code=project["code"],
        proof=[(name, _proof(value)) for name, value in proof.items()],
        project=[(one.word, cell(project, one)) for one in _PROJECT],
        tables=tables,
    )


def told_as(word: str, **facts: Any) -> Both:
    """A sentence of ours with these facts."""
    return Both(*(text.format(**facts) for text in WORDS[word]))


def _proof(value: Any) -> Both:
    if isinstance(value, Both):
        return value
    return Both(day(value, "pl"), day(value, "en")) if isinstance(value, date) else _plain(value)


def cell(row: Row, column: Column) -> Both:
    """What stands there, as people write it."""
    key = column.key or column.word
    if column.kind == "both":
        return Both(row[f"{key}_pl"], row[f"{key}_en"])
    value = row[key]
    match column.kind:
        case _ if value is None or value == "":
            return _plain(_UNKNOWN)
        case "money":
            return _money(Decimal(value))
        case "day":
            known = date.fromisoformat(value)
            return Both(day(known, "pl"), day(known, "en"))
        case "word":
            return Both(*WORDS.get(f"{column.prefix}{value}", (str(value), str(value))))
        case "whole" if isinstance(value, float) and value.is_integer():
            return _plain(int(value))
        case _:
            return _plain(value)


def _money(value: Decimal) -> Both:
    return Both(*(amount(value, lang) for lang in LANGS))


def _plain(value: Any) -> Both:
    return Both(str(value), str(value))
