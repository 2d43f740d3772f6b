"""Does a process see what another one wrote? Even where it has remembered something older."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.application import Ledger, Receipt, Wish
from ledger.bootstrap import parts
from ledger.worker import Worker
from tests.properties.histories import ADMIN

ON = "2020-02-01"


async def _do(
    ledger: Ledger, path: str, id: str | None = None, by: str | None = None, **body: Any
) -> Receipt:
    collection, command = path.split("/")
    body |= {"effective_on": ON}
    wish = Wish(collection=collection, command=command, id=id, body=body, by=by)
    return await ledger.handle(wish, ADMIN, "request")


async def _project(ledger: Ledger) -> str:
    leader = await _do(ledger, "institutions/create", name="A", sector="ngo", level="county")
    project = await _do(
        ledger, "projects/create", code="P", title="P", programme="P", leader=leader.id,
        value="1", starts_on="2020-01-01", ends_on="2020-12-31",
    )  # fmt: skip
    return project.id


@pytest.fixture(autouse=True)
def _followed(database_url: str) -> Iterator[None]:
    """Some decisions look into the read models."""
    worker = Worker(database_url)
    worker.start()
    yield
    worker.stop()


def test_an_object_that_another_process_changed_can_be_changed_at_once(database_url: str) -> None:
    async def run() -> list[int]:
        async with parts(database_url) as one, parts(database_url) as two:
            versions = []
            project = await _project(one.ledger)
            team = (
                await _do(one.ledger, "teams/create", project=project, kind="model", name="T")
            ).id
            member: dict[str, Any] = {"role": "member"}
            for number, ledger in enumerate([two.ledger, one.ledger, two.ledger, one.ledger]):
                sector = {"sector": "ngo", "level": "county", "name": str(number)}
                other = two.ledger if ledger is one.ledger else one.ledger
                created = await _do(other, "institutions/create", **sector)
                done = await _do(ledger, "teams/appoint", team, institution=created.id, **member)
                versions.append(done.version)
            return versions

    assert asyncio.run(run()) == [2, 3, 4, 5]


def test_a_decision_that_looks_around_sees_what_another_process_recorded(
    database_url: str,
) -> None:
    async def run() -> Receipt:
        async with parts(database_url) as one, parts(database_url) as two:
            project = await _project(one.ledger)
            days = {"starts_on": "2020-01-01", "ends_on": "2020-03-01"}
            plan: dict[str, Any] = days | {"name": "M", "requires": ["report"], "number": 1}
            await _do(one.ledger, "projects/plan-milestone", project, **plan)
            about = {"project": project, "kind": "report", "title": "R"}
            report = (await _do(one.ledger, "deliverables/create", **about)).id
            for command in ("issue-version", "submit"):
                await _do(two.ledger, f"deliverables/{command}", report, "Anna", version="1")
            approval = {"version": "1", "approved_by": "MFiPR"}
            await _do(two.ledger, "deliverables/approve", report, "Ewa", **approval)
            return await _do(one.ledger, "projects/complete-milestone", project, number=1)

    assert asyncio.run(run()).version == 3


def test_a_claim_is_approved_where_the_documents_are_remembered_from_before_they_were_charged(
    database_url: str,
) -> None:
    async def run() -> int:
        async with parts(database_url) as one, parts(database_url) as two:
            project = await _project(one.ledger)
            line = {"line": "1.1", "task": "1", "category": "staff", "amount": "100"}
            await _do(one.ledger, "projects/set-budget", project, lines=[line])
            part = {"project": project, "budget_line": "1.1", "eligible": "10"}
            document = await _do(
                one.ledger, "expenditures/create", document_number="FV/1", issuer_name="Papirus",
                issued_on=ON, description="Paper", net="100", vat="23", gross="123",
                charges=[part],
            )  # fmt: skip
            charged = await _do(two.ledger, "expenditures/charge", document.id, **part)
            period = {"period_from": ON, "period_to": ON}
            claim = (await _do(two.ledger, "claims/create", project=project, number=1, **period)).id
            named = {"expenditure": document.id, "charge": charged.extra["charge"]}
            await _do(two.ledger, "claims/include", claim, charges=[named])
            await _do(two.ledger, "claims/submit", claim, by="Anna")
            return (await _do(one.ledger, "claims/approve", claim, by="Ewa")).version

    assert asyncio.run(run()) == 5
