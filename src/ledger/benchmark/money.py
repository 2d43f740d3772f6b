"""How long do answers about money take over HTTP, in a small log and in a large one?

Asked one after the other, as a person waits for each; only recording is also asked by many. Sums
over a project are remembered for their moment, so each time they are asked at an earlier one.
"""

import asyncio
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import msgspec

from ledger.benchmark.figures import Figure, Timing, figure
from ledger.benchmark.requests import CONNECTIONS, request, time_requests
from ledger.benchmark.service import new_token, served, wait_for
from ledger.benchmark.spending import LINES, Spending
from ledger.kernel.fields import money

AIMS = {
    "POST /api/expenditures": "p50 well under 50 ms",
    "GET the project's budget": "< 300 ms",
    "GET a claim": "< 300 ms",
    "GET a page of all documents": "< 100 ms",
}


class MoneyTimings(NamedTuple):
    """What was asked of a log of that size, and what each question took."""

    size: str
    timings: Mapping[str, Timing]


def time_money(url: str, spending: Spending | None, events: int, seconds: float) -> MoneyTimings:
    """Asks the service on this log, whose read models are made already."""
    assert spending is not None
    token, numbers, recorded = asyncio.run(new_token(url)), count(1), list[str]()

    def record() -> bytes:
        body = msgspec.json.encode(_document(spending.project, next(numbers)))
        return request("POST", "/api/expenditures", body, token)

    def keep(answer: bytes) -> None:
        recorded.append(msgspec.json.decode(answer)["id"])

    project, timings = f"/api/projects/{spending.project}", dict[str, Timing]()
    with served(url) as port:
        for what, connections in (("", 1), (f", {CONNECTIONS} at once", CONNECTIONS)):
            timing = time_requests(port, record, seconds, keep, connections=connections)
            timings[f"POST /api/expenditures{what}"] = timing
        wait_for(port, f"/api/expenditures/{recorded[-1]}", token)
        moments = count(events, -1)

        def earlier(path: str) -> bytes:
            return request("GET", f"{path}?known_at={next(moments)}", token=token)

        for name in ("budget", "findings"):
            read = partial(earlier, f"{project}/{name}")
            timings[f"GET the project's {name}"] = time_requests(port, read, seconds, connections=1)
        for what, path in (
            ("GET a claim", f"/api/claims/{spending.claims[-1]}"),
            (
                "GET a page of the project's documents",
                f"/api/expenditures?project={spending.project}",
            ),
            ("GET a page of all documents", "/api/expenditures"),
        ):
            read = partial(request, "GET", path, token=token)
            timings[what] = time_requests(port, read, seconds, connections=1)
    charges = f"{spending.documents:,} charges, claims of {spending.claim_size:,}"
    return MoneyTimings(f"{events:,} events, {charges}", timings)


def _document(project: str, number: int) -> dict[str, Any]:
    charge = {"project": project, "budget_line": LINES[number % len(LINES)], "eligible": "1.23"}
    net = Decimal(10_000 + number) / 100  # no two documents of the issuer are of the same amount
    return {
        "document_number": f"NOWA/{number}", "issuer_name": "Hurtownia", "issued_on": "2024-05-13",
        "description": "Papier", "net": money(net), "vat": "23.00", "gross": money(net + 23),
        "charges": [charge],
    }  # fmt: skip


def compare_money(small: MoneyTimings, large: MoneyTimings) -> Iterator[Figure]:
    """The median in the large log beside that in the small one."""
    for what, before in small.timings.items():
        after = large.timings[what]
        assert before.p50_ms is not None
        assert after.p50_ms is not None
        yield figure(
            f"p50 of {what}; {large.size}",
            Timing(after.p50_ms, after.p50_ms, after.p99_ms),
            unit="ms",
            baseline=(f"with {small.size}", before.p50_ms),
            aim=AIMS.get(what),
        )
