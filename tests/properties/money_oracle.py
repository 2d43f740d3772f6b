"""What should the sums be? The events about money, folded by the definition: no tables.

A charge counts from its day until it is withdrawn; what corrects or adjusts it holds from the day
that it names. A claim's lines are those that it was submitted with, and while it is open the
charges that stand in it, less what was refused of them.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from tests.properties.oracle import Event, Oracle

MEASURES = ("planned", "recorded", "claimed", "approved", "disallowed")
NOTHING = Decimal("0.00")
CLAIMS = {"charges-claimed": True, "charges-released": None}
REFUSED = {"charge-reduced": 1, "financially-corrected": 1, "charge-reinstated": -1}
FROZEN = ("submitted", "approved", "paid")
Charge = dict[str, Any]
Sums = dict[str, dict[str, Decimal]]


class MoneyOracle(Oracle):
    """The whole log, and what it says of money at any moment."""

    def charges(self, valid_at: date, known_at: int) -> dict[tuple[str, str], Charge]:
        """The charges that count, by document and charge."""
        found: dict[tuple[str, str], Charge] = {}
        for e in self._in_order(valid_at, known_at, "expenditure."):
            stream, data, kind = e["stream"], e["data"], e["type"].removeprefix("expenditure.")
            if kind in ("recorded", "charged"):
                for one in data.get("charges", [data]):
                    found[stream, one["charge"]] = {"claim": None, "live": True} | one
                    found[stream, one["charge"]]["refused"] = NOTHING
            elif "charges" in data:
                for one in data["charges"]:
                    found[stream, one]["claim"] = CLAIMS[kind] and data["claim"]
            elif "charge" in data:
                here = found[stream, data["charge"]]
                if kind == "charge-withdrawn":
                    here["live"] = False
                elif kind in ("charge-corrected", "charge-adjusted"):
                    here |= data
                else:
                    here["refused"] += REFUSED[kind] * Decimal(data["amount"])
        return {key: one for key, one in found.items() if one["live"]}

    def gross(self, valid_at: date, known_at: int) -> dict[str, Decimal]:
        """The gross amount of each document: as stated last, by day and then by position."""
        kinds = [f"expenditure.{k}" for k in ("recorded", "adjusted", "corrected")]
        stated = [
            (e["data"].get("amounts_since", e["effective_on"]), e["position"], e)
            for e in self.known(known_at, *kinds)
            if "gross" in e["data"]
        ]
        return {
            e["stream"]: Decimal(e["data"]["gross"])
            for day, _, e in sorted(stated, key=lambda s: s[:2])
            if day <= str(valid_at)
        }

    def claims(self, valid_at: date, known_at: int) -> dict[str, dict[str, Any]]:
        """Status and lines of each claim."""
        found: dict[str, dict[str, Any]] = {}
        for e in self._in_order(valid_at, known_at, "claim."):
            data, here = e["data"], found.get(e["stream"], {})
            match e["type"].removeprefix("claim."):
                case "opened":
                    project = data["project"]
                    found[e["stream"]] = {"project": project, "status": "draft", "lines": {}}
                case "lines-frozen":
                    here["lines"] |= {line["charge"]: dict(line) for line in data["lines"]}
                case "lines-reduced":
                    for line in data["lines"]:
                        here["lines"][line["charge"]]["approved"] = line
                case "returned":
                    here |= {"status": "returned", "lines": {}}
                case "submitted" | "approved" | "paid" as status:
                    here["status"] = status
                case _:
                    pass  # the charges themselves say in which claim they stand
        charges = self.charges(valid_at, known_at)
        for id, claim in found.items():
            if claim["status"] not in FROZEN:
                claim["lines"] = {
                    key: one | {"eligible": str(Decimal(one["eligible"]) - one["refused"])}
                    for key, one in charges.items()
                    if one["claim"] == id and one["project"] == claim["project"]
                }
        return found

    def budget(self, project: str, valid_at: date, known_at: int) -> Sums:
        """What is planned, recorded, claimed, approved and disallowed on each line."""
        sums: Sums = defaultdict(lambda: dict.fromkeys(MEASURES, NOTHING))
        for line, amount in self._planned(project, valid_at, known_at).items():
            sums[line]["planned"] = amount
        for one in self.charges(valid_at, known_at).values():
            if one["project"] == project:
                sums[one["budget_line"]]["recorded"] += Decimal(one["eligible"])
                sums[one["budget_line"]]["disallowed"] += one["refused"]
        for claim in self.claims(valid_at, known_at).values():
            for line in claim["lines"].values() if claim["project"] == project else ():
                sums[line["budget_line"]]["claimed"] += Decimal(line["eligible"])
                if claim["status"] in ("approved", "paid"):
                    approved = line.get("approved", line)["eligible"]
                    sums[line["budget_line"]]["approved"] += Decimal(approved)
        return dict(sums)

    def _planned(self, project: str, valid_at: date, known_at: int) -> dict[str, Decimal]:
        planned: dict[str, Decimal] = {}
        kinds = ("project.budget-set", "project.budget-shifted")
        for e in self.facts(valid_at, known_at, *kinds):
            if e["stream"] == project and e["type"] == "project.budget-set":
                planned = {one["line"]: Decimal(one["amount"]) for one in e["data"]["lines"]}
            elif e["stream"] == project:
                planned[e["data"]["from_line"]] -= Decimal(e["data"]["amount"])
                planned[e["data"]["to_line"]] += Decimal(e["data"]["amount"])
        return planned

    def advances(self, project: str, valid_at: date, known_at: int) -> tuple[Decimal, Decimal]:
        """What was received of the grant, and what of it approved claims settled."""
        received = sum(
            (
                Decimal(e["data"]["amount"])
                for e in self.facts(valid_at, known_at, "project.funds-received")
                if e["stream"] == project
            ),
            NOTHING,
        )
        settled, approved = NOTHING, set()
        for id, claim in self.claims(valid_at, known_at).items():
            if claim["project"] == project and claim["status"] in ("approved", "paid"):
                approved.add(id)
                for line in claim["lines"].values():
                    got = line.get("approved", line)
                    settled += Decimal(got.get("eu_amount") or got["eligible"])
        charges = self.charges(valid_at, known_at)
        for e in self._in_order(valid_at, known_at, "expenditure."):
            data = e["data"]
            charge = charges.get((e["stream"], str(data.get("charge"))))
            if charge is None or charge["claim"] not in approved or charge["project"] != project:
                continue
            # Of what the Union's part is not known, the whole amount was settled.
            of_union = "amount" if charge.get("eu_amount") is None else "eu_amount"
            if e["type"] == "expenditure.financially-corrected":
                settled -= Decimal(data[of_union])
            elif data.get("of") == "correction":
                settled += Decimal(data[of_union])
        return received, settled

    def _in_order(self, valid_at: date, known_at: int, kind: str) -> list[Event]:
        """The events of that kind that count on the day, corrections from the day they name."""
        some = [
            (e["data"].get("since", e["effective_on"]), e["position"], e)
            for e in self.events
            if e["position"] <= known_at and e["type"].startswith(kind)
        ]
        return [e for day, _, e in sorted(some, key=lambda s: s[:2]) if day <= str(valid_at)]
