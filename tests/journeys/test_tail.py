"""Is an event told to those who follow the log as soon as it is recorded?"""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import fresh_database
from tests.journeys.server import Server, token

INSTITUTION = {"name": "Gmina Mirzec", "sector": "local_government", "level": "commune"}


@pytest.fixture(scope="module")
def client(server_url: str) -> Iterator[httpx.Client]:
    """An admin of a real server."""
    with fresh_database(server_url) as url, Server(url) as server:
        headers = {"Authorization": f"Bearer {asyncio.run(token(url))}"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=10) as made:
            yield made


def _post(client: httpx.Client, path: str = "/api/institutions", **more: Any) -> dict[str, Any]:
    answer = client.post(path, json=INSTITUTION | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _next(lines: Iterator[str]) -> tuple[int, dict[str, Any]]:
    """The id and the data of the next event that is sent."""
    id = 0
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            id = int(value)
        if name == "data":
            return id, json.loads(value)
    raise AssertionError("the stream ended")


def test_the_tail_of_the_log_is_live(client: httpx.Client) -> None:
    first = _post(client)
    before = first["position"] - 1
    with client.stream("GET", f"/api/events/stream?after={before}") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "Ledger-Position" in answer.headers
        lines = answer.iter_lines()
        position, event = _next(lines)
        assert (position, event["position"]) == (first["position"], first["position"])
        listed = client.get(f"/api/events?after={before}").json()["items"][0]
        assert event == listed
        for _ in range(3):
            made = _post(client)
            assert _next(lines)[0] == made["position"]


def test_a_follower_goes_on_where_it_was_and_hears_what_it_asked_for(client: httpx.Client) -> None:
    seen = [_post(client)["position"] for _ in range(3)]
    after = {"Last-Event-ID": str(seen[0])}
    with client.stream("GET", "/api/events/stream", headers=after) as answer:
        lines = answer.iter_lines()
        assert [_next(lines)[0] for _ in range(2)] == seen[1:]
    with client.stream("GET", "/api/events/stream?type=person.registered") as answer:
        lines = answer.iter_lines()
        next(lines)  # only what is recorded from now on
        _post(client)
        body = {"given_name": "Anna", "family_name": "Nowak"}
        person = client.post("/api/persons", json=body).json()
        assert _next(lines)[0] == person["position"]


@pytest.mark.parametrize("query", ["after=x", "after=-1", "colour=red", "stream=x"])
def test_a_bad_question_is_refused_before_the_stream_begins(
    client: httpx.Client, query: str
) -> None:
    answer = client.get(f"/api/events/stream?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
