"""Does the service do what its OpenAPI description says, whatever is asked? For every role.

Requests are generated from the description by schemathesis; each is sent by everybody. No answer is
a 500, none has a status, a content type or a body that is not described.
"""

from collections.abc import Iterator
from typing import Any, cast

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from litestar.testing import TestClient
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.openapi import document
from ledger.access import ROLES
from tests.conftest import fresh_database
from tests.edges import worlds
from tests.edges.worlds import Side
from tests.journeys.conftest import Service

CHECKS: list[Any] = [
    status_code_conformance, content_type_conformance, response_schema_conformance
]  # fmt: skip
OURS = frozenset(
    {"authorization", "ledger-position"}
)  # who asks; and nobody waits for what may come
EXAMPLES = 2
LONGEST = 200  # of a text that is sent: the pattern of a longer one takes 60 ms to compile


def _described() -> dict[str, Any]:
    """The description, by which no body has longer texts."""
    found: dict[str, Any] = msgspec.json.decode(document())
    for methods in found["paths"].values():
        for told in methods.values():
            if "requestBody" in told:
                _shorten(told["requestBody"])
    return found


def _shorten(schema: Any) -> None:
    if isinstance(schema, dict):
        if "maxLength" in schema:
            schema["maxLength"] = min(schema["maxLength"], LONGEST)
        schema = list(schema.values())
    if isinstance(schema, list):
        for one in schema:
            _shorten(one)


SCHEMA = schemathesis.openapi.from_dict(_described())
OPERATIONS: list[Any] = [cast(Any, found).ok() for found in SCHEMA.get_all_operations()]
ENDLESS = frozenset({"GET /api/events/stream"})


class Asked:
    """A ledger with one of everything, and somebody of each role."""

    def __init__(self, http: TestClient[Any]) -> None:
        self.http = http
        service = Service(http)
        self.side: Side = worlds.side(service, service.user("admin"), "GAMMA")
        self.users = {role: {"Authorization": f"Bearer {service.token(role)}"} for role in ROLES}
        self.users["nobody"] = {}

    def send(self, case: Any, headers: dict[str, str]) -> httpx.Response:
        """The answer to a generated request."""
        asked = case.as_transport_kwargs(base_url="http://testserver")
        options = {name: asked[name] for name in ("params", "json", "files") if asked.get(name)}
        if (data := asked.get("data")) is not None:
            options["content" if isinstance(data, bytes | str) else "data"] = data
        sent = {k: v for k, v in asked["headers"].items() if k.lower() not in OURS}
        self.http.cookies.clear()
        answer = self.http.request(
            asked["method"], asked["url"], headers=sent | headers, follow_redirects=False, **options
        )
        answer.request.read()
        assert answer.status_code != 500, case.as_curl_command()
        return answer


@pytest.fixture(scope="module")
def asked(server_url: str) -> Iterator[Asked]:
    with fresh_database(server_url) as url, TestClient(create_app(url)) as http:
        yield Asked(http)


def _generated(operation: Any) -> list[Any]:
    """A few requests for an address."""
    cases: list[Any] = []

    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], database=None,
              derandomize=True, suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(operation.as_strategy())
    def generate(case: Any) -> None:
        cases.append(case)

    generate()
    return cases


def _about(case: Any, side: Side) -> None:
    """Lets the request be about an object that exists."""
    collection = case.path.split("/")[2] if case.path.startswith("/api/") else ""
    ids = {"streams": side.ids["teams"]} | side.ids
    known = side.words | {"id": ids.get(collection, side.project), "position": "3"}
    case.path_parameters = {
        name: known.get(name, value) for name, value in (case.path_parameters or {}).items()
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_every_answer_is_described(asked: Asked, operation: Any) -> None:
    if operation.label in ENDLESS:
        assert asked.http.get(operation.path).status_code == 401
        return
    first, *others = _generated(operation)
    _about(first, asked.side)
    for case, users in ((first, [*asked.users]), *((one, ["admin"]) for one in others)):
        for user in users:
            case.validate_response(asked.send(case, asked.users[user]), checks=CHECKS)
