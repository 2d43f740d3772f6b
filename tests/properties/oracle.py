"""What should the answers be? Plain lists of decoded events, folded by the definition: no tables.

An event counts on a day, as known at a position, where it is effective by that day and recorded
by that position. Events are folded in the order of (effective_on, position). What was voided was
never there.
"""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

Event = dict[str, Any]
FOREVER = "9999-12-31"


class Oracle:
    """The whole log, and the answers at any moment."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.events: list[Event] = [json.loads(leaf) for leaf in leaves]

    def known(self, known_at: int, *types: str) -> list[Event]:
        """The events of those types known then, in the order of the fold."""
        some = [e for e in self.events if e["position"] <= known_at and e["type"] in types]
        return sorted(some, key=lambda e: (e["effective_on"], e["position"]))

    def facts(self, valid_at: date, known_at: int, *types: str) -> list[Event]:
        """Those of them that are effective by the day."""
        return [e for e in self.known(known_at, *types) if e["effective_on"] <= str(valid_at)]

    def projects(self, valid_at: date, known_at: int) -> dict[str, Any]:
        """Value, end and status of each project."""
        found: dict[str, Any] = {}
        for e in self.facts(
            valid_at, known_at, "project.started", "project.amended", "project.closed"
        ):
            match e["type"]:
                case "project.started":
                    found[e["stream"]] = {k: e["data"][k] for k in ("value", "ends_on")}
                case "project.amended" if e["stream"] in found:
                    changed = {k: e["data"][k] for k in ("value", "ends_on") if k in e["data"]}
                    found[e["stream"]] |= changed
        return found

    def milestones(self, valid_at: date, known_at: int) -> dict[str, Any]:
        """Dates and status of each milestone."""
        found: dict[str, Any] = {}
        kinds = [f"project.milestone-{k}" for k in KINDS_OF_MILESTONE]
        for e in self.facts(valid_at, known_at, *kinds):
            data = e["data"]
            key = f"{e['stream']}/{data['number']}"
            days = {k: data[k] for k in ("starts_on", "ends_on") if k in data}
            match e["type"].removeprefix("project.milestone-"):
                case "planned":
                    found[key] = {"completed_on": None, "approved_on": None} | days
                case "rescheduled" if key in found:
                    found[key] |= days
                case "completed" if key in found:
                    found[key]["completed_on"] = e["effective_on"]
                case "approved" if key in found:
                    found[key]["approved_on"] = e["effective_on"]
        for one in found.values():
            one["status"] = _status(one, str(valid_at))
        return found

    def teams(self, valid_at: date, known_at: int) -> dict[str, Any]:
        """Members of each team: appointment, role, since and until."""
        day = str(valid_at)
        voided = {e["data"]["appointment"] for e in self.known(known_at, APPOINTMENT_VOIDED)}
        members: dict[str, dict[str, Any]] = {
            e["stream"]: {} for e in self.facts(valid_at, known_at, "team.established")
        }
        for e in self.known(known_at, APPOINTED, "team.member-dismissed", "team.dissolved"):
            data, on = e["data"], e["effective_on"]
            here = members.get(e["stream"], {})
            if e["type"] == APPOINTED:
                if data["appointment"] not in voided:
                    here[data["appointment"]] = {"role": data["role"], "since": on, "until": None}
                continue
            for one in data.get("appointments", [data.get("appointment")]):
                if one in here and here[one]["until"] is None:
                    here[one]["until"] = on
        return {
            team: {k: v for k, v in some.items() if v["since"] <= day < (v["until"] or FOREVER)}
            for team, some in members.items()
        }

    def obligations(self, valid_at: date, known_at: int) -> dict[str, Any]:
        """How much of each obligation in force is done."""
        found: dict[str, dict[str, Any]] = {}
        done: dict[tuple[str, int, int], int] = {}
        kinds = ("signed", "amended", "obligation-fulfilled", "obligation-reopened")
        for e in self.facts(valid_at, known_at, *(f"agreement.{k}" for k in kinds)):
            data, stream = e["data"], e["stream"]
            if e["type"] == "agreement.signed":
                found[stream] = {}
            for one in (*data.get("obligations", ()), *data.get("added", ())):
                found.setdefault(stream, {})[str(one["number"])] = one
            for number in data.get("ended", ()):
                found.get(stream, {}).pop(str(number), None)
            if e["type"] == "agreement.obligation-fulfilled":
                key = (stream, data["number"], data["fulfilment"])
                done[key] = data.get("quantity", 1)
            for fulfilment in data.get("fulfilments", ()):
                done.pop((stream, data["number"], fulfilment), None)
        signed = {e["stream"] for e in self.facts(valid_at, known_at, "agreement.signed")}
        return {
            stream: {
                number: sum(q for k, q in done.items() if k[:2] == (stream, int(number)))
                for number in some
            }
            for stream, some in found.items()
            if stream in signed
        }

    def attendance(self, valid_at: date, known_at: int) -> dict[str, Any]:
        """Who attended each activity, and since when it is recorded."""
        activities = self.facts(valid_at, known_at, "activity.arranged")
        came: dict[str, dict[str, str]] = {e["stream"]: {} for e in activities}
        revoked = self.known(known_at, "activity.attendance-revoked")
        for e in self.facts(valid_at, known_at, "activity.attendance-recorded"):
            for one in e["data"]["attendees"]:
                void = any(
                    r["stream"] == e["stream"]
                    and r["position"] > e["position"]
                    and one["entry"] in r["data"]["entries"]
                    for r in revoked
                )
                if not void and e["stream"] in came:
                    key = f"{one.get('institution') or '-'}/{one.get('person') or '-'}"
                    came[e["stream"]][key] = e["effective_on"]
        return came

    def grants(self, valid_at: date, known_at: int) -> dict[str, Any]:
        """What of each grant is paid and settled."""
        awarded = self.facts(valid_at, known_at, "grant.awarded")
        return {
            grant["stream"]: {
                how: f"{self._moved(grant['stream'], how, valid_at, known_at):.2f}"
                for how in ("paid", "settled")
            }
            for grant in awarded
        }

    def _moved(self, stream: str, how: str, valid_at: date, known_at: int) -> Decimal:
        moved = self.facts(valid_at, known_at, f"grant.{how}")
        amounts = (Decimal(e["data"]["amount"]) for e in moved if e["stream"] == stream)
        return sum(amounts, Decimal("0.00"))


APPOINTED = "team.member-appointed"
APPOINTMENT_VOIDED = "team.appointment-voided"
KINDS_OF_MILESTONE = ("planned", "rescheduled", "completed", "approved")


def _status(milestone: dict[str, Any], day: str) -> str:
    if milestone["approved_on"]:
        return "approved"
    if milestone["completed_on"]:
        return "completed"
    if day < milestone["starts_on"]:
        return "planned"
    return "in_progress" if day <= milestone["ends_on"] else "overdue"


def answers(path: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What the SQL's rows say of the same matters, in the oracle's form."""
    return {row["id"]: _SHOWN[path](row) for row in rows}


def _some(*names: str) -> Any:
    return lambda row: {name: row[name] for name in names}


_SHOWN: dict[str, Any] = {
    "/api/projects": _some("value", "ends_on"),
    "/api/projects/{id}/milestones": _some(
        "completed_on", "approved_on", "starts_on", "ends_on", "status"
    ),
    "/api/teams": lambda row: {
        m["appointment"]: {k: m[k] for k in ("role", "since", "until")} for m in row["members"]
    },
    "/api/agreements": lambda row: {str(o["number"]): o["done"] for o in row["obligations"]},
    "/api/activities": lambda row: {
        f"{a['institution'] or '-'}/{a['person'] or '-'}": a["since"] for a in row["attendees"]
    },
    "/api/grants": _some("paid", "settled"),
}
QUESTIONS = {
    "/api/projects": Oracle.projects,
    "/api/projects/{id}/milestones": Oracle.milestones,
    "/api/teams": Oracle.teams,
    "/api/agreements": Oracle.obligations,
    "/api/activities": Oracle.attendance,
    "/api/grants": Oracle.grants,
}
