"""A project with a budget, as journeys tell it: its expenditures and claims, and what is found."""

from itertools import count
from typing import Any

from tests.journeys.conftest import Client, Service
from tests.journeys.world import World

DAY = "2020-06-30"
_NUMBERS = count(1)
_BUDGET = (
    ("1.1", "Zadanie 1", "personnel", "1000.00"),
    ("1.2", "Zadanie 1", "services", "9000.00"),
    ("2.1", "Zadanie 2", "services", "50000.00"),
    ("9.1", "Koszty pośrednie", "indirect", "900.00"),
)


class Story:
    """One project of its own on the service that a module shares."""

    def __init__(self, service: Service, user: Client, **terms: Any) -> None:
        self.service, self.user = service, user
        self.world = World(user)
        self.project = self.world.project(
            **({"value": "1000000.00", "eu_contribution": "842800.00"} | terms)
        )
        lines: list[dict[str, Any]] = [
            dict(zip(("line", "task", "category", "amount"), one, strict=True)) for one in _BUDGET
        ]
        lines.append(lines[0] | {"line": "3.1", "task": "Zadanie 3", "cross_financing": True})
        self.world.tell(f"projects/{self.project}/set-budget", lines=lines)

    def other(self, role: str, *, here: bool = False) -> Client:
        """Another user, who sees what was recorded so far; `here`: of this project alone."""
        made = self.service.user(role, self.project if here else None)
        made.position = self.user.position
        return made

    def spend(self, *charges: dict[str, Any], **told: Any) -> tuple[str, list[str]]:
        """Records a document of 1000.00 + 230.00; answers its id and those of its charges."""
        fields = {
            "document_number": f"FV/{next(_NUMBERS)}",
            "issuer_name": "Drukarnia",
            "issued_on": "2019-05-10",
            "paid_on": "2019-05-13",
            "description": "Druk",
            "net": "1000.00",
            "vat": "230.00",
            "gross": "1230.00",
            "effective_on": "2019-05-10",
            "charges": [{"project": self.project, "budget_line": "2.1"} | one for one in charges],
        }
        made = self.user.post("/api/expenditures", fields | told)
        return made["id"], made["charges"]

    def draft(self, *charges: tuple[str, str]) -> str:
        """Begins a claim for April to June 2019 with these charges of documents."""
        period = {"period_from": "2019-04-01", "period_to": "2019-06-30"}
        first = {"number": "1", "effective_on": "2019-07-01"}
        made = self.world.create("claims", project=self.project, **period, **first)
        some = [{"expenditure": one, "charge": charge} for one, charge in charges]
        self.world.tell(f"claims/{made}/include", charges=some, on="2019-07-01")
        return made

    def claim(self, *charges: tuple[str, str]) -> str:
        """Submits such a claim."""
        made = self.draft(*charges)
        self.world.tell(f"claims/{made}/submit", on="2019-07-10")
        return made

    def approve(self, claim: str) -> None:
        """Somebody else approves the claim."""
        manager = self.other("manager")
        manager.post(f"/api/claims/{claim}/approve", {"effective_on": "2019-08-01"})
        self.user.position = manager.position

    def of(self, rule: str, *, user: Client | None = None, **asked: Any) -> list[dict[str, Any]]:
        """What that rule finds on the day."""
        path = f"/api/projects/{self.project}/findings"
        asked = {"valid_at": DAY, "rule": rule} | asked
        items: list[dict[str, Any]] = (user or self.user).get(path, **asked)["items"]
        assert all(one["rule"] == rule for one in items)
        return items

    def mended(self, rule: str, path: str, **body: Any) -> dict[str, Any]:
        """The one finding that a command mends: it is gone then, and known to history."""
        before = self.world.head()
        (one,) = self.of(rule)
        self.world.tell(path, **body)
        assert self.of(rule) == []
        assert self.of(rule, known_at=before) == [one]
        assert self.of(rule, known_at=one["position"]) == [one]
        assert self.of(rule, known_at=one["position"] - 1) == []
        return one
