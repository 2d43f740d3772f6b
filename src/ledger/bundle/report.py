"""What does the report say? Facts and tables of the project, whatever it is then printed on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from ledger.bundle.tables import Row, Tables
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


class Table(Struct, frozen=True, kw_only=True):
    """A table with its cells in both languages; `printed`: those of the rows that go on paper."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Both]]
    printed: Sequence[Sequence[Both]]
    total: Sequence[Both]
    in_print: bool


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


def report(of: Tables, proof: Mapping[str, Any]) -> Report:
    """The report of these tables; `proof` says what they were made from."""
    project = of.project
    return Report(
        title=project["title"],
        code=project["code"],
        proof=[(name, _proof(value)) for name, value in proof.items()],
        project=[(one.word, cell(project, one)) for one in _PROJECT],
        tables=[_table(plan, _rows(of, plan.name)) for plan in PLANS],
    )


def told_as(word: str, **facts: Any) -> Both:
    """A sentence of ours with these facts."""
    return Both(*(text.format(**facts) for text in WORDS[word]))


def _proof(value: Any) -> Both:
    if isinstance(value, Both):
        return value
    return Both(day(value, "pl"), day(value, "en")) if isinstance(value, date) else _plain(value)


def _rows(of: Tables, name: str) -> Sequence[Row]:
    if name == "findings_by_rule":
        return _by_rule(of.rows["findings"])
    rows = of.rows[name]
    if name == "teams":
        return [{**one, "members": len(one["members"])} for one in rows]
    if name == "documents":
        return [{**one, "stored": "yes" if one["stored"] else "no"} for one in rows]
    return rows


def _by_rule(findings: Sequence[Row]) -> Sequence[Row]:
    """How often each rule was broken, in the order in which the findings are listed."""
    count = Counter(one["rule"] for one in findings)
    first = {one["rule"]: one for one in reversed(findings)}
    return [{**first[rule], "count": often} for rule, often in count.items()]


def _printed(plan: Plan, rows: Sequence[Row]) -> list[int]:
    """Which rows go on paper: a paper is to be read, and the file has all of them."""
    seen, found = Counter[Any](), list[int]()
    for at, row in enumerate(rows):
        seen[kind := row.get(plan.alike)] += 1
        if not plan.alike or seen[kind] <= ALIKE:
            found.append(at)
    return found[:PRINTED]


def _table(plan: Plan, rows: Sequence[Row]) -> Table:
    cells = [[cell(row, one) for one in plan.columns] for row in rows]
    total = [_sum(rows, one) for one in plan.columns] if plan.summed and rows else []
    return Table(
        name=plan.name,
        columns=plan.columns,
        rows=cells,
        printed=[cells[at] for at in _printed(plan, rows)],
        total=total and [Both(*WORDS["total"]), *total[1:]],
        in_print=plan.in_print,
    )


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


def _sum(rows: Iterable[Row], column: Column) -> Both:
    if column.kind != "money":
        return _plain("")
    amounts = (row[column.key or column.word] for row in rows)
    return _money(sum((Decimal(one) for one in amounts if one), Decimal("0.00")))


def _money(value: Decimal) -> Both:
    return Both(*(amount(value, lang) for lang in LANGS))


def _plain(value: Any) -> Both:
    return Both(str(value), str(value))
