"""Do the laws of money hold on random histories of budgets, documents, charges and claims?"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

import pytest

from ledger.bootstrap import Parts, parts
from ledger.findings import judged
from ledger.projections import claim_register, expenditure_register
from ledger.projections.engine.reading import Moment
from ledger.queries import explain, settlement
from ledger.queries.asking import Asker, Question
from ledger.queries.audit_trail import COUNT
from ledger.queries.budget import GROUPINGS, BudgetRow, budget, budget_items, budget_totals
from ledger.queries.event_tally import event_tallies
from ledger.queries.spending_curve import DAILY_APPROVED, DAILY_RECORDED
from tests.conftest import fresh_database
from tests.properties.draws import DAYS, FIRST
from tests.properties.histories import Chronicle
from tests.properties.money import SPENDING
from tests.properties.money_oracle import FROZEN, MEASURES, NOTHING, MoneyOracle
from tests.properties.test_histories import ask, leaves, living

SEEDS = (1, 2)
STEPS, MOMENTS = 1_000, 6
END = date(2021, 1, 1)
Law = Callable[[Parts], Awaitable[int]]


class Spent(NamedTuple):
    """A history of money that happened in a database, up to a position."""

    url: str
    seed: int
    chronicle: Chronicle
    begun: int
    head: int

    def holds(self, law: Law) -> int:
        """Asks the law; how much it looked at."""

        async def run() -> int:
            async with parts(self.url) as one:
                return await law(one)

        return asyncio.run(run())

    def questions(self, one: Parts, count: int = MOMENTS) -> Iterator[Question]:
        """Questions at random moments, by somebody who sees all projects."""
        chance = random.Random(self.seed)
        for _ in range(count):
            on = FIRST + timedelta(days=chance.randrange(DAYS // 6, DAYS + 5))
            at = Moment(on, chance.randrange(self.begun, self.head + 1))
            yield Question(one.reading, at, Asker(), reached=self.head)

    @property
    def projects(self) -> Sequence[str]:
        """Those that spend."""
        return self.chronicle.made["projects"]


@pytest.fixture(scope="module", params=SEEDS)
def spent(server_url: str, request: pytest.FixtureRequest) -> Iterator[Spent]:
    """One random history for all the laws: what they read does not change."""
    chronicle = Chronicle(request.param, SPENDING)

    async def happen(url: str) -> tuple[int, int]:
        async with living(url, processes=2) as running:
            one = running[0]
            await chronicle.begin(one.ledger)
            begun = await one.log.head()
            await chronicle.go([each.ledger for each in running], STEPS)
            return begun, await one.reading.wait_for(await one.log.head(), 60)

    with fresh_database(server_url) as url:
        begun, head = asyncio.run(happen(url))
        yield Spent(url, request.param, chronicle, begun, head)


def total(numbers: Sequence[BudgetRow], name: str) -> Decimal:
    """The sum of one column."""
    return sum((Decimal(getattr(row, name)) for row in numbers), NOTHING)


def test_budget_claims_and_advances_are_what_an_independent_fold_says(spent: Spent) -> None:
    async def law(one: Parts) -> int:
        oracle, seen = MoneyOracle(await leaves(one)), 0
        for question in spent.questions(one, 25):
            moment = (question.moment.valid_at, question.moment.known_at)
            claims = await ask(one, claim_register.LISTING, moment)
            expected = oracle.claims(*moment)
            assert {c["id"]: _claim(c) for c in claims} == {
                id: _expected(claim) for id, claim in expected.items()
            }, moment
            for project in spent.projects:
                rows = await budget(question, project)
                found = {r.line: {n: Decimal(getattr(r, n)) for n in MEASURES} for r in rows}
                assert found == oracle.budget(project, *moment), (project, moment)
                account = await settlement.advances(question, project)
                came = (Decimal(account.received), Decimal(account.settled))
                assert came == oracle.advances(project, *moment), (project, moment)
                seen += sum(n != 0 for row in found.values() for n in row.values())
        return seen

    assert spent.holds(law) > 300


def _claim(row: dict[str, Any]) -> tuple[Any, ...]:
    approved = None if row["approved"] is None else Decimal(row["approved"])
    return row["status"], Decimal(row["totals"]["eligible"]), approved, len(row["charges"])


def _expected(claim: dict[str, Any]) -> tuple[Any, ...]:
    lines, approved = claim["lines"].values(), None
    if claim["status"] in ("approved", "paid"):
        approved = sum((Decimal(o.get("approved", o)["eligible"]) for o in lines), NOTHING)
    return (
        claim["status"],
        sum((Decimal(o["eligible"]) for o in lines), NOTHING),
        approved,
        len(claim["lines"]),
    )


def test_every_number_of_the_budget_is_the_sum_of_its_explanation_however_it_is_grouped(
    spent: Spent,
) -> None:
    async def law(one: Parts) -> int:
        chance, seen = random.Random(spent.seed), 0
        for question in spent.questions(one):
            for project in spent.projects:
                totals = await budget_totals(question, project)
                for by in GROUPINGS:
                    rows = await budget(question, project, by)
                    for row in rows:
                        assert Decimal(row.planned) == Decimal(row.recorded) + Decimal(
                            row.remaining
                        )
                    for name in (*MEASURES, "remaining"):
                        assert total(rows, name) == Decimal(getattr(totals, name)), (by, name)
                    for row in chance.sample(rows, min(1, len(rows))):
                        seen += await _explained(question, project, by, row)
                for name in MEASURES:
                    items = await budget_items(question, project, name, None, None)
                    amounts = explain.sum_of_amounts(explain.items_of(items))
                    assert amounts == getattr(totals, name), (project, name)
        return seen

    assert spent.holds(law) > 100


async def _explained(question: Question, project: str, by: str, row: BudgetRow) -> int:
    """Checks each number of a row; how many items there were."""
    count = 0
    for name in (*MEASURES, "remaining"):
        items = await budget_items(question, project, name, by, getattr(row, by))
        amounts = explain.sum_of_amounts(explain.items_of(items))
        assert amounts == getattr(row, name), (by, name, row)
        assert all(item[0] <= question.moment.known_at for item in items)
        count += len(items)
    return count


def test_a_claim_is_the_sum_of_its_lines_and_the_budget_the_sum_of_its_claims(spent: Spent) -> None:
    async def law(one: Parts) -> int:
        seen: Counter[str] = Counter()
        for question in spent.questions(one, 60):
            moment = (question.moment.valid_at, question.moment.known_at)
            claims = await ask(one, claim_register.LISTING, moment)
            for claim in claims:
                seen[claim["status"]] += len(claim["charges"])
                await _adds_up(question, claim)
            stand = Counter(
                (c["expenditure"], c["charge"]) for one in claims for c in one["charges"]
            )
            assert not [charge for charge, times in stand.items() if times > 1]
            for project in spent.projects:
                totals = await budget_totals(question, project)
                asked = [c["totals"]["eligible"] for c in claims if c["project"] == project]
                assert Decimal(totals.claimed) == sum(map(Decimal, asked), NOTHING), project
                got = [c["approved"] or "0" for c in claims if c["project"] == project]
                assert Decimal(totals.approved) == sum(map(Decimal, got), NOTHING), project
        stages = (("draft", "returned"), ("submitted",), ("approved", "paid"))
        return min(sum(seen[status] for status in stage) for stage in stages)

    assert spent.holds(law) > 0


async def _adds_up(question: Question, claim: dict[str, Any]) -> None:
    lines, totals = claim["charges"], claim["totals"]
    by_category: dict[str, Decimal] = {}
    for line in lines:
        name = line["category"] or "unknown"
        by_category[name] = by_category.get(name, NOTHING) + Decimal(line["eligible"])
        assert Decimal(line["eligible"]) >= Decimal(line["eu_amount"] or 0) >= 0, line
    assert {k: Decimal(v) for k, v in totals["by_category"].items()} == by_category
    assert Decimal(totals["eligible"]) == sum(by_category.values(), NOTHING)
    eu_amounts = (Decimal(line["eu_amount"] or 0) for line in lines)
    assert Decimal(totals["eu_amount"]) == sum(eu_amounts, NOTHING)
    explained = await explain.claim_total(question, claim["id"])
    assert explained["total"] == totals["eligible"]
    if claim["approved"] is not None:
        approved = (Decimal(line["approved"]) for line in lines)
        assert Decimal(claim["approved"]) == sum(approved, NOTHING)


def test_the_sums_of_a_claim_stand_still_from_its_submission_until_it_is_returned(
    spent: Spent,
) -> None:
    async def law(one: Parts) -> int:
        sums: dict[str, dict[str, Any]] = {}
        before: dict[str, Any] = {}
        compared = 0
        for event in map(json.loads, await leaves(one)):
            if event["type"].startswith(("expenditure.", "claim.")):
                rows = await ask(one, claim_register.LISTING, (END, event["position"]))
                claims = {row["id"]: row for row in rows}
                for id, claim in claims.items():
                    if claim["status"] not in FROZEN:
                        sums.pop(id, None)
                        continue
                    if id not in sums and before[id]["totals"] != claim["totals"]:
                        raise AssertionError((event["position"], before[id], claim))
                    assert sums.setdefault(id, claim["totals"]) == claim["totals"], event
                    compared += 1
                before = claims
        return compared

    assert spent.holds(law) > 100


def test_the_charges_of_a_document_never_come_to_more_than_its_gross_amount(spent: Spent) -> None:
    async def law(one: Parts) -> int:
        oracle, seen = MoneyOracle(await leaves(one)), 0
        for question in spent.questions(one, 25):
            moment = (question.moment.valid_at, question.moment.known_at)
            gross = oracle.gross(*moment)
            for row in await ask(one, expenditure_register.LISTING, moment):
                live = [c for c in row["charges"] if c["status"] != "withdrawn"]
                eligible = sum((Decimal(c["eligible"]) for c in live), NOTHING)
                assert Decimal(row["gross"]) == gross[row["id"]]
                assert eligible == Decimal(row["eligible"]) <= gross[row["id"]]
                assert Decimal(row["free"]) == gross[row["id"]] - eligible >= 0
                for charge in live:
                    assert 0 <= Decimal(charge["disallowed"]) <= Decimal(charge["eligible"])
                seen += len(live)
        return seen

    assert spent.holds(law) > 300


def test_what_is_shown_of_a_document_is_what_is_decided_upon(spent: Spent) -> None:
    async def law(one: Parts) -> int:
        shown = await ask(one, expenditure_register.LISTING, (END, spent.head))
        states = await one.ledger._states.get({row["id"] for row in shown}, fresh=True)
        for row in shown:
            state: Any = states[row["id"]].state
            of_document = ("issued_on", "paid_on", "description")
            known = {name: getattr(state, name) for name in of_document}
            assert {name: row[name] for name in known} == {
                k: v and str(v) for k, v in known.items()
            }
            assert row["gross"] == state.latest.gross
            assert row["free"] == state.free
            assert {c["charge"]: _charge(c) for c in row["charges"]} == {
                id: _decided(charge) for id, charge in state.charges.items()
            }
        return len(shown)

    assert spent.holds(law) > 20


_OF_CHARGE = ("project", "budget_line", "eligible", "eligible_vat", "eu_amount", "method", "claim")


def _charge(row: dict[str, Any]) -> tuple[Any, ...]:
    withdrawn = row["status"] == "withdrawn"
    return (*(row[name] for name in _OF_CHARGE), withdrawn, row["disallowed"])


def _decided(charge: Any) -> tuple[Any, ...]:
    withdrawn = charge.withdrawn_on is not None
    return (*(getattr(charge, name) for name in _OF_CHARGE), withdrawn, charge.disallowed)


def test_advances_are_what_came_less_what_is_settled_and_both_are_explained(spent: Spent) -> None:
    async def law(one: Parts) -> int:
        settled = 0
        for question in spent.questions(one, 20):
            for project in spent.projects:
                account = await settlement.advances(question, project)
                came = await settlement.received(question, project)
                done = await settlement.settled(question, project)
                assert account.received == came["total"]
                assert account.settled == done["total"]
                left = Decimal(account.received) - Decimal(account.settled)
                assert Decimal(account.outstanding) == left
                tranches = sum((Decimal(t.amount) for t in account.tranches), NOTHING)
                assert Decimal(account.received) == tranches
                settled += Decimal(account.settled) > 0
        return settled

    assert spent.holds(law) > 0


def test_what_was_known_of_money_never_changes(spent: Spent) -> None:
    async def law(one: Parts) -> int:
        asked = list(spent.questions(one, 4))
        first = [await _all(question, spent.projects[:2]) for question in asked]
        async with living(spent.url) as (other,):
            await spent.chronicle.go([other.ledger], STEPS // 10)
            head = await other.reading.wait_for(await other.log.head(), 60)
            for question, before in zip(asked, first, strict=True):
                # Asked of somebody who remembers nothing.
                again = Question(other.reading, question.moment, Asker(), reached=head)
                assert await _all(again, spent.projects[:2]) == before
        return sum(map(len, first))

    assert spent.holds(law) > 50


async def _all(question: Question, projects: Sequence[str]) -> list[Any]:
    """What is said of two projects."""
    found: list[Any] = []
    for project in projects:
        for by in GROUPINGS:
            found += await budget(question, project, by)
        for name in MEASURES:
            found += await budget_items(question, project, name, None, None)
        found.append(await settlement.advances(question, project))
        law = await judged(question.rows, question.moment, project, scope=None)
        found += law.told("en")
        for text in (COUNT, DAILY_RECORDED, DAILY_APPROVED):
            found += await question.rows(text, plan_once=False, project=project)
    return found


def test_events_are_tallied_alike_from_where_it_was_left_and_anew(spent: Spent) -> None:
    async def law(one: Parts) -> int:
        events = [json.loads(leaf) for leaf in await leaves(one)]
        chance, joined = random.Random(spent.seed), 0
        days = (FIRST + timedelta(days=DAYS // 2), END)
        known = [chance.randrange(spent.begun, spent.head + 1) for _ in range(40)]
        for at in [*sorted(known[:30]), *known[30:]]:
            for project, day in product(spent.projects, days):
                question = Question(one.reading, Moment(day, at), Asker(), reached=spent.head)
                found = await event_tallies(question, project)
                assert found == _tallied(events, project, day, at), (project, day, at)
                joined += sum(one.times for one in found.values())
        return joined

    assert spent.holds(law) > 1_000


def _tallied(
    events: Sequence[dict[str, Any]], project: str, day: date, at: int
) -> dict[str, tuple[int, int, int]]:
    """The same, by a fold that knows nothing of read models."""
    known = [one for one in events if one["position"] <= at]
    mine = {one["stream"] for one in known if project in _projects(one)}
    found: dict[str, list[int]] = {}
    for one in known:
        if one["stream"] in mine and one["effective_on"] <= day.isoformat():
            found.setdefault(one["type"], []).append(one["position"])
    return {name: (len(some), some[0], some[-1]) for name, some in found.items()}


def _projects(event: dict[str, Any]) -> set[str]:
    """To which projects it says that its stream belongs."""
    data = event["data"]
    if event["type"] == "project.started":
        return {event["stream"]}
    charges = data["charges"] if event["type"] == "expenditure.recorded" else ()
    return {one["project"] for one in charges} | (
        {data["project"]} if isinstance(data.get("project"), str) else set()
    )
