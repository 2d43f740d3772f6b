"""What journeys are made of: short ways to create the objects that a story needs."""

from itertools import count
from typing import Any

from tests.journeys.conftest import Client

START, END = "2018-04-01", "2021-03-31"
_NUMBERS = count(1)  # worlds may share a ledger
UNKNOWN = "0197a3c5-0000-7000-8000-000000000000"


class World:
    """One user's objects; every method creates one and answers its id."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def create(self, collection: str, **body: Any) -> str:
        """Creates an object, from the first day of the projects on unless told otherwise."""
        made = self.client.post(f"/api/{collection}", {"effective_on": START} | body)
        return str(made["id"])

    @staticmethod
    def _next() -> int:
        return next(_NUMBERS)

    def institution(self, **fields: Any) -> str:
        name = f"Instytucja {self._next()}"
        return self.create(
            "institutions", **({"name": name, "sector": "ngo", "level": "commune"} | fields)
        )

    def person(self, **fields: Any) -> str:
        names = {"given_name": "Anna", "family_name": f"Nowak{self._next()}"}
        return self.create("persons", **(names | fields))

    def project(self, **fields: Any) -> str:
        leader = fields.pop("leader", None) or self.institution()
        terms = {
            "code": f"P{self._next()}",
            "title": "Projekt",
            "programme": "PO WER",
            "leader": leader,
            "value": "1000.00",
            "starts_on": START,
            "ends_on": END,
        }
        return self.create("projects", **(terms | fields))

    def team(self, project: str, **fields: Any) -> str:
        body = {"project": project, "kind": "model", "name": f"Zespół {self._next()}"}
        return self.create("teams", **(body | fields))

    def activity(self, project: str, **fields: Any) -> str:
        body = {"project": project, "kind": "training", "title": f"Szkolenie {self._next()}"}
        days = {"starts_on": "2018-10-01", "ends_on": "2018-10-02"}
        return self.create("activities", **(body | days | fields))

    def agreement(self, project: str, *parties: str, **fields: Any) -> str:
        body = {
            "project": project,
            "kind": "cooperation",
            "title": f"Porozumienie {self._next()}",
            "signed_on": START,
            "parties": [{"institution": one} for one in parties],
        }
        return self.create("agreements", **(body | fields))

    def grant(self, project: str, institution: str, amount: str = "100.00", **more: Any) -> str:
        body = {"project": project, "institution": institution, "amount": amount}
        return self.create("grants", **(body | {"purpose": "Testowanie"} | more))

    def deliverable(self, project: str, **fields: Any) -> str:
        body = {"project": project, "kind": "model", "title": "Model Kooperacji"}
        return self.create("deliverables", **(body | fields))

    def case(self, project: str, team: str, **fields: Any) -> str:
        body = {"project": project, "team": team, "subject": "family", "reference": "R/1"}
        return self.create("support-cases", **(body | fields))

    def recruitment(self, project: str, **fields: Any) -> str:
        body = {
            "project": project,
            "title": "Rekrutacja",
            "criteria": [
                {"code": "families", "name": "Rodziny", "main": True},
                {"code": "will", "name": "Wola"},
            ],
            "quotas": [{"subregion": "ełcki", "communes": 1}],
        }
        return self.create("recruitments", **(body | fields))

    def tell(self, path: str, **body: Any) -> dict[str, Any]:
        """Gives a command, true from the day `on`; `because` is its reason."""
        status = body.pop("status", 201)
        said = {
            "effective_on": body.pop("on", START),
            "reason": body.pop("because", "tak postanowiono"),
        }
        return self.client.post(f"/api/{path}", said | body, status=status)

    def refused(self, rule: str, path: str, **body: Any) -> dict[str, Any]:
        """Gives a command that breaks that rule."""
        found = self.tell(path, status=409, **body)
        assert found["rule"] == rule, found
        assert found["detail"]
        assert "{" not in found["detail"]
        return found

    def head(self) -> int:
        """The position of the log."""
        answer = self.client.raw("GET", "/health/ready")
        return int(answer.json()["position"])
