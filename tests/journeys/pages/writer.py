"""What stories of the pages need to exist, made by programs."""

from itertools import count
from typing import Any

import httpx

from tests.journeys.pages.conftest import Site

_NUMBERS = count(1)
NIP = "5265877635"


class Writer:
    """Writes over HTTP, as an admin, what a story begins with; reads what came of it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._http = httpx.Client(
            base_url=site.url, headers={"Authorization": f"Bearer {site.token('admin')}"}
        )

    def close(self) -> None:
        self._http.close()

    def make(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self._http.post(f"/api/{path}", json={"effective_on": "2019-01-01"} | body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def document(self, name: str, content: bytes) -> str:
        """Stores a document; its digest."""
        answer = self._http.post("/api/documents", files={"file": (name, content)})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["sha256"])

    def read(self, path: str, **params: Any) -> Any:
        answer = self._http.get(f"/api/{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def institution(self, name: str, **more: Any) -> str:
        body = {"name": name, "sector": "ngo", "level": "commune"}
        return str(self.make("institutions", **body, **more)["id"])

    def project(self, leader: str) -> str:
        return str(
            self.make(
                "projects", code=f"F{next(_NUMBERS)}", title="Projekt", programme="PO WER",
                leader=leader, value="1000.00", starts_on="2018-04-01", ends_on="2021-03-31",
            )["id"]
        )  # fmt: skip

    def budgeted(self, *lines: str) -> str:
        """A project with these budget lines of 10 000.00 each; half of it is the Union's."""
        made = self.make(
            "projects", code=f"M{next(_NUMBERS)}", title="Projekt z budżetem", programme="PO WER",
            leader=self.institution("Lider"), value="100000.00", eu_contribution="50000.00",
            starts_on="2018-04-01", ends_on="2021-03-31",
        )  # fmt: skip
        planned = [
            {"line": line, "task": line[0], "category": "usługi", "amount": "10000.00"}
            for line in lines
        ]
        self.make(f"projects/{made['id']}/set-budget", lines=planned)
        return str(made["id"])

    def spent(self, project: str, number: str, gross: str, **more: Any) -> dict[str, str]:
        """A document of that amount on line 1.1, paid on 15 May 2019; its only charge."""
        body = {
            "document_number": number, "issuer_nip": NIP, "issuer_name": "Drukarnia Kolor",
            "issued_on": "2019-05-10", "paid_on": "2019-05-15", "description": "Ulotki",
            "net": gross, "vat": "0.00", "gross": gross,
            "charges": [{"project": project, "budget_line": "1.1", "eligible": gross}],
        }  # fmt: skip
        made = self.make("expenditures", **(body | more))
        return {"expenditure": made["id"], "charge": made["charges"][0]}
