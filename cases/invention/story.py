"""How is an invented history told? As commands with dates, in the order of their dates."""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple, TypeVar

from invention.names import MEN, SURNAMES, WOMEN

T = TypeVar("T")
Body = dict[str, Any]
Attendees = list[dict[str, Any]]

LIDERZY, KOOPERACJA = "@liderzy", "@kooperacja"
HOLIDAYS = {(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)}


def plain(text: str) -> str:
    """`Wąwolnica` -> `wawolnica`: a name that may stand in an id or an address."""
    folded = unicodedata.normalize("NFKD", text.lower().replace("ł", "l"))
    return "".join(c for c in folded if c.isascii()).replace(" ", "-")


def workday(day: date) -> date:
    """That day, or the next one on which offices work."""
    while day.weekday() > 4 or (day.month, day.day) in HOLIDAYS:
        day += timedelta(1)
    return day


class Member(NamedTuple):
    """One member of a team, as `record-attendance` names it, and until when."""

    attendee: dict[str, str]
    since: date
    until: date | None = None


class Story:
    """The commands told so far, and what the telling itself must remember."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.told: list[tuple[str, int, str, Body]] = []
        self.authors: dict[int, str] = {}
        self.teams: dict[str, list[Member]] = {}
        self.busy: set[tuple[str, date]] = set()
        self.people: set[tuple[str, str]] = set()
        self.attendances = 0

    def tell(
        self, path: str, on: date, reason: str | None = None, by: str | None = None, **body: Any
    ) -> None:
        """One command, given by somebody; its reason says in any case that it is invented."""
        if by is not None:
            self.authors[len(self.told)] = by
        body["effective_on"] = on.isoformat()
        body["reason"] = f"Dane zmyślone: {reason}." if reason else "Dane zmyślone."
        self.told.append((body["effective_on"], len(self.told), f"/api/{path}", body))

    def below(self, limit: int) -> int:
        return int(self.random.random() * limit)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def day(self, first: date, last: date) -> date:
        """A working day about evenly between the two."""
        return workday(first + timedelta(self.below((last - first).days + 1)))

    def lines(self) -> Iterable[str]:
        """The commands by date, one a line; YAML reads JSON."""
        for _, place, path, body in sorted(self.told, key=lambda one: one[:2]):
            author = {"as": self.authors[place]} if place in self.authors else {}
            command = {"path": path, **author, "body": body}
            yield f"- {json.dumps(command, ensure_ascii=False)}"

    # Institutions, persons, teams

    def institution(
        self, name: str, title: str, kind: str, sector: str, level: str, on: date, **place: str
    ) -> str:
        self.tell(
            "institutions",
            on,
            id=f"@inv-{name}",
            name=title,
            kind=kind,
            sector=sector,
            level=level,
            **place,
        )
        return f"@inv-{name}"

    def person(self, name: str, institution: str, on: date, women: float = 0.75) -> str:
        while True:
            sex = "f" if self.chance(women) else "m"
            given = self.pick(WOMEN if sex == "f" else MEN)
            family = self.pick(SURNAMES)[sex == "f"]
            if (given, family) not in self.people:
                break
        self.people.add((given, family))
        born = date(1957, 1, 1) + timedelta(self.below(38 * 365))
        body: Body = {"given_name": given, "family_name": family, "sex": sex}
        body |= {"born_on": born.isoformat(), "institution": institution}
        if self.chance(0.4):
            body["email"] = f"{plain(given)}.{plain(family)}@example.org"
        self.tell("persons", on, id=f"@inv-{name}", **body)
        return f"@inv-{name}"

    def team(self, slug: str, on: date, /, **body: Any) -> str:
        team = f"@inv-{slug}"
        self.teams[team] = []
        self.tell("teams", on, id=team, **body)
        return team

    def appoint(self, team: str, on: date, role: str, **who: str) -> str:
        """Appoints; answers the name of the appointment."""
        held = self.teams[team]
        appointment = f"{team}-{len(held) + 1}"
        self.tell(f"teams/{team}/appoint", on, appointment=appointment, role=role, **who)
        held.append(Member(dict(who), on))
        return appointment

    def dismiss(self, appointment: str, on: date, reason: str) -> Member:
        """Ends the appointment; answers who held it."""
        team, _, number = appointment.rpartition("-")
        held = self.teams[team][int(number) - 1]
        self.teams[team][int(number) - 1] = held._replace(until=on)
        self.tell(f"teams/{team}/dismiss", on, reason, appointment=appointment)
        return held

    def present(self, teams: Sequence[str], on: date, share: float) -> list[dict[str, str]]:
        """Some of those who are members on that day, each institution and person once."""
        seen: set[str] = set()
        found = []
        for team in teams:
            for who, since, until in self.teams[team]:
                there = since <= on and (until is None or on < until)
                if there and not seen & set(who.values()) and self.chance(share):
                    seen |= set(who.values())
                    found.append(who)
        return found

    # Activities

    def activity(
        self,
        name: str,
        project: str,
        kind: str,
        title: str,
        starts: date,
        *,
        days: int = 1,
        known: date | None = None,
        **more: Any,
    ) -> str:
        """Announces an activity two weeks ahead, though not before what it rests on is `known`."""
        ends = starts + timedelta(days - 1)
        on = max(known or date(2018, 4, 3), starts - timedelta(14))
        more = {k: v for k, v in more.items() if v is not None}
        self.tell(
            "activities",
            on,
            id=f"@inv-{name}",
            project=project,
            kind=kind,
            title=title,
            starts_on=starts.isoformat(),
            ends_on=ends.isoformat(),
            **more,
        )
        return f"@inv-{name}"

    def attend(
        self,
        activity: str,
        starts: date,
        days: int,
        who: Iterable[dict[str, str]],
        hours: int | None = None,
    ) -> list[dict[str, Any]]:
        """Records who came, but for persons who are elsewhere on one of the days."""
        span = [starts + timedelta(n) for n in range(days)]
        came: list[dict[str, Any]] = []
        for one in who:
            person = one.get("person")
            if person and any((person, day) in self.busy for day in span):
                continue
            self.busy |= {(person, day) for day in span if person}
            less = hours - 2 if hours and self.chance(0.1) else hours
            came.append({**one, "hours": less} if less else dict(one))
        if came:
            self.attendances += len(came)
            self.tell(f"activities/{activity}/record-attendance", span[-1], attendees=came)
        return came
