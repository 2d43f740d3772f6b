"""What stories about audits are made of: an auditor who draws samples of a project."""

from typing import Any

from tests.journeys.accounts import ON, Accounts
from tests.journeys.conftest import Client

MUS = {"method": "mus", "confidence": 90, "sample_size": 8}


class Audit:
    """An auditor at work on one project."""

    def __init__(self, client: Client, books: Accounts) -> None:
        self.client, self.books = client, books
        client.position = max(client.position, books.officer.position)

    def draw(self, status: int = 201, **fields: Any) -> dict[str, Any]:
        """Draws a sample of the charges with the auditor's number."""
        body = {"project": self.books.project, "population": "charges", "design": MUS,
                "number": "271828", "effective_on": ON}  # fmt: skip
        return self.client.post(
            "/api/samples", {k: v for k, v in (body | fields).items() if v is not None},
            status=status,
        )  # fmt: skip

    def sample(self, **fields: Any) -> dict[str, Any]:
        """A drawn sample, as it is read."""
        found: dict[str, Any] = self.read(f"samples/{self.draw(**fields)['id']}")
        return found

    def read(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/api/{path}", **params)

    def tell(self, path: str, status: int = 201, **body: Any) -> dict[str, Any]:
        return self.client.post(f"/api/{path}", {"effective_on": ON} | body, status=status)
