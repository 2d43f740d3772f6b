"""What stories about money are made of: a project with a budget, documents, charges, claims."""

from decimal import Decimal
from itertools import count
from typing import Any

from tests.journeys.conftest import Client
from tests.journeys.world import World

ON = "2019-05-13"
LINES = [
    {"line": "1.1", "task": 1, "category": "personel", "amount": "400000.00"},
    {"line": "2.1", "task": 2, "category": "indirect", "amount": "1000.00", "fixed_assets": True},
]
_NUMBERS = count(1)  # documents of one issuer, whatever ledger they stand in


class Accounts:
    """The books of one project, as its officer writes them."""

    def __init__(self, officer: Client, project: str) -> None:
        self.officer = officer
        self.project = project
        self.world = World(officer)

    def part(self, eligible: str, line: str = "1.1", **more: Any) -> dict[str, Any]:
        """A charge to be made."""
        return {"project": self.project, "budget_line": line, "eligible": eligible} | more

    def document(
        self, gross: str = "1230.00", *parts: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        """The body of a document, charged as a whole unless told otherwise."""
        body = {
            "effective_on": ON,
            "document_number": f"FV/{next(_NUMBERS)}",
            "issuer_nip": "8133315014",
            "issued_on": "2019-05-10",
            "description": "Szkolenie",
            "net": gross,
            "vat": "0.00",
            "gross": gross,
            "charges": list(parts) or [self.part(gross)],
        }
        return body | more

    def spend(self, gross: str = "1230.00", *parts: dict[str, Any], **more: Any) -> tuple[str, str]:
        """Records a document; answers its id and that of its first charge."""
        made = self.officer.post("/api/expenditures", self.document(gross, *parts, **more))
        return str(made["id"]), str(made["charges"][0])

    def claim(self, *charges: tuple[str, str], **more: Any) -> str:
        """Opens a claim with these charges."""
        body = {"effective_on": ON, "project": self.project, "number": next(_NUMBERS),
                "period_from": "2019-04-01", "period_to": "2019-06-30"}  # fmt: skip
        id = str(self.officer.post("/api/claims", body | more)["id"])
        if charges:
            self.include(id, *charges)
        return id

    def include(self, claim: str, *charges: tuple[str, str], **more: Any) -> dict[str, Any]:
        """Puts charges into a claim."""
        return self.tell(f"claims/{claim}/include", charges=_named(charges), **more)

    def exclude(self, claim: str, *charges: tuple[str, str], **more: Any) -> dict[str, Any]:
        """Takes charges out of a claim."""
        return self.tell(f"claims/{claim}/exclude", charges=_named(charges), **more)

    def tell(self, path: str, **body: Any) -> dict[str, Any]:
        """Gives a command, true from the day of the documents unless told otherwise."""
        return self.world.tell(path, **({"on": ON} | body))

    def by(self, user: Client, path: str, status: int = 201, **body: Any) -> dict[str, Any]:
        """Somebody else gives a command; the officer reads it."""
        answer = user.post(f"/api/{path}", {"effective_on": ON} | body, status=status)
        self.officer.position = max(self.officer.position, user.position)
        return answer

    def refused(self, rule: str, path: str, **body: Any) -> dict[str, Any]:
        """Gives a command that breaks that rule."""
        return self.world.refused(rule, path, **({"on": ON} | body))

    def invalid(self, path: str, **body: Any) -> list[str]:
        """Gives a command with bad values; answers their fields."""
        problem = self.tell(path, status=422, **body)
        return [one["field"] for one in problem["errors"]]

    def read(self, path: str, **params: Any) -> Any:
        """What the officer sees there."""
        return self.officer.get(f"/api/{path}", **params)

    def budget(self, **params: Any) -> dict[str, Any]:
        """The budget's rows by line."""
        rows = self.read(f"projects/{self.project}/budget", **params)["items"]
        return {row["line"]: row for row in rows}

    def check_explained(self, link: str, amount: str) -> list[dict[str, Any]]:
        """The items behind a number, which add up to it."""
        found = self.officer.get(link)
        assert found["total"] == amount
        assert sum(Decimal(one["amount"]) for one in found["items"]) == Decimal(amount)
        items: list[dict[str, Any]] = found["items"]
        return items


def _named(charges: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"expenditure": expenditure, "charge": charge} for expenditure, charge in charges]


def accounts(world: World, **terms: Any) -> Accounts:
    """A new project with the known shares of 84.28 and 15.72 per cent, and its budget."""
    project = world.project(**({"value": "100.00", "eu_contribution": "84.28"} | terms))
    world.tell(f"projects/{project}/set-budget", lines=LINES)
    return Accounts(world.client, project)
