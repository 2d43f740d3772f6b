"""Is an invoice ever paid for twice, however many do so at once, in however many processes?"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.conftest import fresh_database
from tests.journeys.accounts import LINES, ON
from tests.journeys.server import Server, token

CLIENTS, FIT, CLAIMING = 200, 130, 50


class Crowd:
    """Many clients of two processes on one database."""

    def __init__(self, servers: list[Server], url: str) -> None:
        self.urls = [server.url for server in servers]
        self.headers = {"Authorization": f"Bearer {asyncio.run(token(url))}"}

    async def post(self, http: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
        """Records something that must be recorded."""
        body = {"effective_on": ON, "reason": "x"} | body
        answer = await http.post(f"{self.urls[0]}/api/{path}", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def project(self, http: httpx.AsyncClient, code: str) -> str:
        """A project with a budget."""
        leader = await self.post(http, "institutions", name="A", sector="ngo", level="commune")
        made = await self.post(
            http, "projects", code=code, title="P", programme="P", leader=leader["id"],
            value="100.00", eu_contribution="84.28", starts_on="2018-04-01", ends_on="2021-03-31",
        )  # fmt: skip
        await self.post(http, f"projects/{made['id']}/set-budget", lines=LINES)
        return str(made["id"])

    async def document(
        self, http: httpx.AsyncClient, gross: str, *charges: dict[str, Any]
    ) -> dict[str, Any]:
        """A document with these charges."""
        return await self.post(
            http, "expenditures", document_number=gross, issuer_name="Razem", issued_on=ON,
            description="Szkolenie", net=gross, vat=0, gross=gross, charges=list(charges),
        )  # fmt: skip

    def clients(self) -> httpx.AsyncClient:
        """As many connections as there are clients."""
        limits = httpx.Limits(max_connections=CLIENTS)
        return httpx.AsyncClient(headers=self.headers, timeout=60, limits=limits)

    async def all_at_once(
        self, http: httpx.AsyncClient, asked: list[tuple[str, dict[str, Any]]]
    ) -> list[httpx.Response]:
        """Every request at the same time, each to the next process."""
        return await asyncio.gather(
            *(
                http.post(f"{self.urls[n % len(self.urls)]}/api/{path}", json=body)
                for n, (path, body) in enumerate(asked)
            )
        )

    async def read(self, http: httpx.AsyncClient, path: str, after: int) -> Any:
        """What every process answers; the same everywhere."""
        headers = {"Ledger-Position": str(after)}
        answers = [await http.get(f"{url}/api/{path}", headers=headers) for url in self.urls]
        bodies = [answer.json() for answer in answers]
        assert all(body == bodies[0] for body in bodies)
        return bodies[0]


@pytest.fixture(scope="module")
def crowd(server_url: str) -> Iterator[Crowd]:
    """Two processes on one database."""
    with fresh_database(server_url) as url, ExitStack() as running:
        yield Crowd([running.enter_context(Server(url)) for _ in range(2)], url)


def rules(answers: list[httpx.Response]) -> Counter[str]:
    """How often each rule stood against it; '' where none did."""
    assert {answer.status_code for answer in answers} <= {201, 409}
    return Counter(answer.json().get("rule", "") for answer in answers)


def last(answers: list[httpx.Response]) -> int:
    """The position of the last that was recorded."""
    return max(int(one.json()["position"]) for one in answers if one.status_code == 201)


def test_many_charge_a_document_at_once_and_its_gross_amount_holds(crowd: Crowd) -> None:
    async def run() -> tuple[list[httpx.Response], str, Any]:
        async with crowd.clients() as http:
            project = await crowd.project(http, "A")
            gross = f"{FIT}.99"
            id = str((await crowd.document(http, gross))["id"])
            charge = {"project": project, "budget_line": "1.1", "eligible": "1.00",
                      "effective_on": ON}  # fmt: skip
            answers = await crowd.all_at_once(
                http, [(f"expenditures/{id}/charge", charge)] * CLIENTS
            )
            return answers, id, await crowd.read(http, f"expenditures/{id}", last(answers))

    answers, id, row = asyncio.run(run())
    assert rules(answers) == {"": FIT, "exceeds_document": CLIENTS - FIT}
    refused = [one.json() for one in answers if one.status_code == 409]
    assert {one["collides_with"] for one in refused} == {f"/api/expenditures/{id}"}
    made = {one.json()["charge"] for one in answers if one.status_code == 201}
    assert {one["charge"] for one in row["charges"]} == made
    assert len(made) == FIT
    assert sum(Decimal(one["eligible"]) for one in row["charges"]) == FIT
    assert (row["eligible"], row["free"]) == (f"{FIT}.00", "0.99")
    versions = [one.json()["version"] for one in answers if one.status_code == 201]
    assert sorted(versions) == list(range(2, FIT + 2))


def test_many_record_the_same_document_at_once_and_one_does(crowd: Crowd) -> None:
    async def run() -> list[httpx.Response]:
        async with crowd.clients() as http:
            project = await crowd.project(http, "B")
            bodies = [
                {"document_number": "FV / 7" if n % 3 else "fv/7", "issuer_nip": "8133315014",
                 "issued_on": ON, "effective_on": ON, "description": "x", "net": 1, "vat": 0,
                 "gross": 1, "charges": [{"project": project, "budget_line": "1.1",
                                          "eligible": 1}]}
                for n in range(CLAIMING)
            ]  # fmt: skip
            return await crowd.all_at_once(http, [("expenditures", body) for body in bodies])

    answers = asyncio.run(run())
    assert rules(answers) == {"": 1, "document_recorded": CLAIMING - 1}


def test_many_include_a_charge_at_once_and_it_stands_in_one_claim(crowd: Crowd) -> None:
    async def run() -> tuple[list[httpx.Response], list[Any]]:
        async with crowd.clients() as http:
            project = await crowd.project(http, "C")
            part = {"project": project, "budget_line": "1.1", "eligible": "9.00"}
            made = await crowd.document(http, "9.00", part)
            days = {"period_from": ON, "period_to": ON}
            claims = [
                (await crowd.post(http, "claims", project=project, number=n, **days))["id"]
                for n in (1, 2)
            ]
            named = [{"expenditure": made["id"], "charge": made["charges"][0]}]
            # Each process is asked for both claims.
            asked = [
                (f"claims/{claims[n // 2 % 2]}/include", {"charges": named, "effective_on": ON})
                for n in range(CLAIMING)
            ]
            answers = await crowd.all_at_once(http, asked)
            rows = [await crowd.read(http, f"claims/{one}", last(answers)) for one in claims]
            return answers, rows

    answers, rows = asyncio.run(run())
    assert rules(answers) == {"": 1, "charge_claimed": CLAIMING - 1}
    assert sorted(row["totals"]["eligible"] for row in rows) == ["0.00", "9.00"]
    assert sum(len(row["charges"]) for row in rows) == 1


def test_a_charge_is_claimed_or_withdrawn_but_not_both(crowd: Crowd) -> None:
    async def run() -> list[list[httpx.Response]]:
        rounds = []
        async with crowd.clients() as http:
            project = await crowd.project(http, "D")
            days = {"period_from": ON, "period_to": ON}
            claim = (await crowd.post(http, "claims", project=project, number=1, **days))["id"]
            for n in range(8):
                part = {"project": project, "budget_line": "1.1", "eligible": "9.00"}
                made = await crowd.document(http, f"{20 + n}.00", part)
                id, charge = made["id"], made["charges"][0]
                common = {"effective_on": ON, "reason": "x"}
                named = [{"expenditure": id, "charge": charge}]
                rounds.append(
                    await crowd.all_at_once(
                        http,
                        [
                            (f"expenditures/{id}/withdraw", {"charge": charge, **common}),
                            (f"claims/{claim}/include", {"charges": named, "effective_on": ON}),
                        ],
                    )
                )
        return rounds

    for withdrawn, included in asyncio.run(run()):
        assert {withdrawn.status_code, included.status_code} in ({201, 409}, {201, 422})
