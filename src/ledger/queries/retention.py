"""Until when must a project's documents be kept, and what keeps them longer?

Programmes of 2021-2027: five years from 31 December of the year of the last payment to the
beneficiary (Regulation (EU) 2021/1060 article 82(1)). Programmes of 2014-2020: two years from
31 December following the submission of the accounts in which the final expenditure stands
(Regulation (EU) No 1303/2013 article 140(1)). The ledger does not see those accounts: it takes
the accounting year (1 July to 30 June) of the last approval of a claim, or else of the last
payment, and the day by which its accounts are due, 15 February of the year after it ends
(Regulation (EU, Euratom) 2018/1046 article 63(5)).

Both periods stand still while a proceeding is open: the days for which it was are added.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from ledger.findings.law import CPR_2021, of_2014, of_2021
from ledger.findings.model import Lang
from ledger.findings.rule_sets import rule_set_of
from ledger.kernel.errors import NotFound
from ledger.kernel.fields import Date, Id, Label, Title
from ledger.queries.asking import Question

BASIS_2021 = of_2021("art. 82", "Article 82")
BASIS_2014 = of_2014("art. 140", "Article 140")


class HoldRow(Struct, frozen=True, kw_only=True):
    """A proceeding; `days`: by how many it has moved the end."""

    hold: Label
    placed_on: Date
    placed_by: str
    lifted_on: Date | None
    days: int
    position: int


class Retention(Struct, frozen=True, kw_only=True):
    """How long a project's documents are kept; `keep_until` is null while that is not known.

    `counts_from`: the event whose day it is counted from. `final`: no later payment is expected,
    as the project is over.
    """

    id: Id
    name: Title
    regulation: str
    basis: Title
    last_payment_on: Date | None
    accounts_due_on: Date | None
    keep_from: Date | None
    without_holds: Date | None
    suspended: bool
    keep_until: Date | None
    final: bool
    holds: list[HoldRow]
    counts_from: int | None
    position: int


class _Project(Struct, frozen=True):
    """What is known of a project, in the order of the query's columns."""

    id: str
    name: str
    programme: str
    starts_on: date
    ends_on: date
    closed_on: date | None
    position: int
    paid_on: date | None
    paid_at: int | None
    approved_on: date | None
    approved_at: int | None


_PROJECTS = """
SELECT p.project::text, p.title, p.programme, p.starts_on, p.ends_on, p.closed_on, p.position,
    y.paid_on, y.position, a.approved_on, a.position
FROM {projects} AS p
LEFT JOIN LATERAL (
    SELECT x.paid_on, x.position FROM (
        SELECT f.valid_from AS paid_on, f.position FROM {funds_received:ever} AS f
        WHERE f.project = p.project
        UNION ALL
        SELECT m.paid_on, m.position FROM {claim_payments:ever} AS m
        JOIN {claims} AS c ON c.claim = m.claim WHERE c.project = p.project) AS x
    WHERE x.paid_on <= %(valid_at)s
    ORDER BY x.paid_on DESC, x.position DESC LIMIT 1) AS y ON true
LEFT JOIN LATERAL (
    SELECT c.approved_on, c.position FROM {claims} AS c
    WHERE c.project = p.project AND c.approved_on IS NOT NULL
    ORDER BY c.approved_on DESC, c.position DESC LIMIT 1) AS a ON true
WHERE (%(scope)s::uuid IS NULL OR p.project = %(scope)s::uuid)
    AND (%(project)s::uuid IS NULL OR p.project = %(project)s::uuid)
ORDER BY p.project"""
_HOLDS = """
SELECT h.project::text, h.hold, h.valid_from, h.placed_by, nullif(h.valid_to, '9999-12-31'),
    h.position
FROM {holds:ever} AS h
WHERE h.valid_from <= %(valid_at)s AND (%(project)s::uuid IS NULL OR h.project = %(project)s::uuid)
ORDER BY h.valid_from, h.hold"""


async def retention(question: Question, project: str, lang: Lang = "pl") -> Retention:
    """How long the project's documents are kept. Raises `NotFound`."""
    await question.require("projects", project)
    found = await retentions(question, project, lang)
    if not found:
        raise NotFound
    return found[0]


async def retentions(
    question: Question, project: str | None = None, lang: Lang = "pl"
) -> list[Retention]:
    """The same for every project that the asker may see, or for one."""
    day = question.moment.valid_at
    holds: dict[str, list[tuple[str, date, str, date | None, int]]] = defaultdict(list)
    for of, name, since, by, until, position in await question.rows(_HOLDS, project=project):
        # Whether it was lifted is known on the day on which it was, not before.
        holds[of].append((name, since, by, until if until and until <= day else None, position))
    rows = await question.rows(_PROJECTS, project=project)
    return [_retention(_Project(*row), holds[row[0]], day, lang) for row in rows]


def _retention(
    of: _Project, holds: Sequence[tuple[str, date, str, date | None, int]], day: date, lang: Lang
) -> Retention:
    regulation = rule_set_of(of.programme, of.starts_on).regulation
    if regulation == CPR_2021:
        basis, accounts, counted, at = BASIS_2021, None, of.paid_on, of.paid_at
        keep_from = None if counted is None else last_day(counted.year)
        years = 5
    else:
        basis = BASIS_2014
        counted, at = (
            (of.approved_on, of.approved_at) if of.approved_on else (of.paid_on, of.paid_at)
        )
        accounts = None if counted is None else accounts_due(counted)
        keep_from = None if accounts is None else last_day(accounts.year)
        years = 2
    plain = None if keep_from is None else last_day(keep_from.year + years)
    periods = [(since, until) for _, since, _, until, _ in holds]
    days = (
        [0] * len(holds) if keep_from is None or plain is None else held(periods, keep_from, plain)
    )
    suspended = any(until is None for _, until in periods)
    until = None if plain is None or suspended else plain + timedelta(days=sum(days))
    rows = [
        HoldRow(hold=name, placed_on=since, placed_by=by, lifted_on=to, days=n, position=position)
        for (name, since, by, to, position), n in zip(holds, days, strict=True)
    ]
    return Retention(
        id=of.id,
        name=of.name,
        regulation=regulation,
        basis=basis.of(lang),
        last_payment_on=of.paid_on,
        accounts_due_on=accounts,
        keep_from=keep_from,
        without_holds=plain,
        suspended=suspended,
        keep_until=until,
        final=of.closed_on is not None or of.ends_on < day,
        holds=rows,
        counts_from=at,
        position=max([of.position, *(one.position for one in rows)], default=of.position),
    )


def last_day(year: int) -> date:
    """31 December."""
    return date(year, 12, 31)


def accounts_due(on: date) -> date:
    """By when the accounts of the accounting year of that day are due."""
    ends = on.year if (on.month, on.day) <= (6, 30) else on.year + 1
    return date(ends + 1, 2, 15)


def held(periods: Sequence[tuple[date, date | None]], begins: date, ends: date) -> list[int]:
    """By how many days each proceeding moves the end; days that two share count once.

    `periods` in the order of their first days; what is not over yet moves nothing yet. What began
    after the (moved) end came too late to move it.
    """
    days, covered = [], begins
    for since, until in periods:
        first = max(since, covered)
        if until is None or until <= first or first > ends:
            days.append(0)
            continue
        days.append((until - first).days)
        ends += until - first
        covered = until
    return days


def is_over(found: Mapping[str, Retention], projects: Sequence[str], day: date) -> bool:
    """Whether none of these projects' documents must be kept on that day any more."""
    of = [found.get(one) for one in projects]
    return all(
        one is not None and one.final and one.keep_until is not None and one.keep_until < day
        for one in of
    )
