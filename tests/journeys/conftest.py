"""A running service with the real case in it, as each kind of user calls it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from litestar.testing import TestClient

from api.app import create_app
from ledger import bootstrap
from ledger.application import Caller
from ledger.imports.case_file import read_case_file
from ledger.worker import Worker
from tests.conftest import fresh_database, keys_of

if TYPE_CHECKING:
    from tests.journeys.world import World

CASES = Path(__file__).parents[2] / "cases"
CASE_NAMES = ["liderzy-kooperacji", "kooperacja-efektywna-i-skuteczna", "przyklad-zmyslony"]
LOADER = Caller(id="load", name="ledger load", role="admin", operator=True)


class Client:
    """One user: every request carries the token and is checked for what holds for all answers."""

    def __init__(self, http: TestClient[Any], token: str | None) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.position = 0

    def get(self, path: str, *, status: int = 200, **params: Any) -> Any:
        """The decoded answer of a GET that must have that status; reads its own writes."""
        headers = self._headers | {"Ledger-Position": str(self.position)}
        answer = self._http.get(path, params=params or None, headers=headers)
        assert answer.status_code == status, answer.text
        assert int(answer.headers["Ledger-Position"]) >= 0
        if status != 200:
            assert answer.headers["content-type"] == "application/problem+json"
        return answer.json()

    def post(
        self, path: str, body: Any = None, *, status: int = 201, **headers: str
    ) -> dict[str, Any]:
        """The decoded answer of a POST that must have that status."""
        answer = self._http.post(
            path,
            json=body if body is not None else {},
            headers=self._headers | {k.replace("_", "-"): v for k, v in headers.items()},
        )
        assert answer.status_code == status, answer.text
        if "Ledger-Position" in answer.headers:
            self.position = max(self.position, int(answer.headers["Ledger-Position"]))
        found: dict[str, Any] = answer.json()
        return found

    def raw(self, method: str, path: str, **options: Any) -> Any:
        """The answer itself."""
        headers = self._headers | options.pop("headers", {})
        return self._http.request(method, path, headers=headers, **options)


class Service:
    """The service and its users."""

    def __init__(self, http: TestClient[Any]) -> None:
        self.http = http
        self._tokens = http.app.state.parts.tokens

    def user(self, role: str, project: str | None = None, name: str | None = None) -> Client:
        """A user with that role, for all projects or for one."""
        return Client(self.http, self.token(role, project, name))

    def token(self, role: str, project: str | None = None, name: str | None = None) -> str:
        """A token with that role, for all projects or for one."""
        create, said = self._tokens.create, name or f"test {role}"
        return str(self.http.blocking_portal.call(create, said, role, project))

    def bearer(self, token: str) -> Client:
        """Whoever shows that token."""
        return Client(self.http, token)

    def nobody(self) -> Client:
        """Somebody without a token."""
        return Client(self.http, None)


async def _load(url: str, names: list[str]) -> None:
    async with bootstrap.parts(url) as parts:
        worker = Worker(url)
        worker.start()
        try:
            for name in names:
                wishes = read_case_file(CASES / f"{name}.yaml")
                await parts.ledger.handle_all(wishes, LOADER, f"case {name}")
            await parts.reading.wait_for(await parts.log.head(), 30)
        finally:
            worker.stop()


@pytest.fixture(scope="module", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords that cost next to nothing: there are many in these stories, all invented."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr("ledger.access.passwords._hasher", cheap)
        yield


@pytest.fixture(scope="session")
def real_case_url(server_url: str) -> Iterator[str]:
    """A database that holds the three case files; tests must not write to it."""
    with fresh_database(server_url) as url:
        asyncio.run(_load(url, CASE_NAMES))
        yield url


@pytest.fixture(scope="session")
def real_case(real_case_url: str) -> Iterator[Service]:
    """The service on the real case."""
    with TestClient(create_app(real_case_url, keys=keys_of(real_case_url))) as http:
        yield Service(http)


@pytest.fixture(scope="module")
def shared(server_url: str) -> Iterator[Service]:
    """The service on a ledger that the stories of one file share."""
    with fresh_database(server_url) as url, TestClient(create_app(url)) as http:
        yield Service(http)


@pytest.fixture(scope="module")
def user(shared: Service) -> Client:
    """Somebody who may do everything, on the ledger that a module's tests share."""
    return shared.user("admin")


@pytest.fixture(scope="module")
def world(user: Client) -> "World":
    """What a test needs to exist, made by that user."""
    from tests.journeys.world import World

    return World(user)


@pytest.fixture(scope="module")
def project(world: "World") -> str:
    """A project of the module's own."""
    return world.project()


@pytest.fixture(scope="module")
def auditor(real_case: Service) -> Client:
    """Somebody who reads everything of the real case."""
    return real_case.user("auditor")


@pytest.fixture
def unchanged(world: "World") -> Iterator[None]:
    """Nothing is recorded while the test runs."""
    before = world.head()
    yield
    assert world.head() == before
