"""What may happen? Random histories of real commands, many of which are rightly refused."""

from collections.abc import Sequence
from datetime import date, timedelta

from ledger.application import Caller, Ledger, Wish
from ledger.kernel.errors import LedgerError
from tests.properties.draws import FIRST, Body
from tests.properties.money import SPENDING, Spending

ADMIN = Caller(id="chance", name="chance", role="admin")
AUTHORS = ("Anna", "Ewa")  # whoever submitted a claim cannot approve it
BEGIN, END = date(2019, 12, 1), date(2020, 12, 31)
LEVELS = ("commune", "county", "voivodeship", "national")
OF_MONEY = ("expenditures", "claims")
# What is drawn, and how often it makes a new object.
EVERYTHING = (
    ("institutions", 0.3), ("persons", 0.5), ("projects", 0.02), ("projects", 0.0),
    ("teams", 0.06), ("teams", 0.0), ("agreements", 0.08), ("agreements", 0.0),
    ("activities", 0.1), ("activities", 0.0), ("grants", 0.1),
    ("deliverables", 0.2), ("support-cases", 0.4), ("recruitments", 1.0), *SPENDING,
)  # fmt: skip


class Chronicle(Spending):
    """Draws one wish after the other, of all kinds or of some; days come in no order."""

    def __init__(self, seed: int, kinds: Sequence[tuple[str, float]] = EVERYTHING) -> None:
        super().__init__(seed)
        self.kinds = kinds
        self.appointments: dict[str, list[str]] = {}
        self.recorded = 0
        self.refused: dict[str, int] = {}

    async def go(self, ledgers: Sequence[Ledger], steps: int) -> None:
        """So many commands, each to any of the ledgers (as if these were processes)."""
        for _ in range(steps):
            wish = self.wish()
            try:
                await self.chance.choice(ledgers).handle(wish, ADMIN, "request")
            except LedgerError as error:
                name = type(error).__name__
                self.refused[name] = self.refused.get(name, 0) + 1
            else:
                self.recorded += 1
                self.remember(wish)

    async def begin(self, ledger: Ledger) -> None:
        """What everything else refers to."""
        for collection, count in (("institutions", 5), ("persons", 4), ("projects", 2)):
            for _ in range(count):
                await ledger.handle(self.create(collection, BEGIN), ADMIN, "begin")
        for collection in ("teams", "agreements", "activities", "grants", "deliverables"):
            for _ in range(2):
                await ledger.handle(self.create(collection, FIRST), ADMIN, "begin")
        wishes = [
            Wish(collection="projects", command="set-budget", id=project, body=self.first_budget())
            for project in self.made["projects"]
        ]
        wishes += [self.create("claims", FIRST) for _ in range(2)]
        for wish in wishes:
            await ledger.handle(wish, ADMIN, "begin")
            self.remember(wish)

    def wish(self) -> Wish:
        """The next command, on an object that was made before or is made by it."""
        kind, weight_of_creation = self.chance.choice(self.kinds)
        if self.chance.random() < weight_of_creation:
            return self.create(kind, self.early_day() if kind in OF_MONEY else self.day())
        collection = "projects" if kind == "budgets" else kind
        self.target = self.one(collection)
        command, body = self.chance.choice(getattr(self, "_" + kind.replace("-", "_"))())
        common = {"effective_on": str(self.day_for(kind)), "reason": "It was so."}
        return Wish(
            collection=collection, command=command, id=self.target, body=body | common,
            by=self.chance.choice(AUTHORS),
        )  # fmt: skip

    def create(self, collection: str, on: date) -> Wish:
        """A new object."""
        common = {"id": self.new_id(), "effective_on": str(on)}
        body = common | getattr(self, "_new_" + collection.replace("-", "_"))()
        if collection not in OF_MONEY:
            self.made.setdefault(collection, []).append(body["id"])
        return Wish(collection=collection, command="create", body=body)

    def _new_institutions(self) -> Body:
        level = self.chance.choice(LEVELS)
        return {"name": f"OPS {self.chance.random()}", "sector": "education", "level": level}

    def _new_persons(self) -> Body:
        return {"given_name": "Anna", "family_name": f"Nowak {self.chance.randrange(99)}"}

    def _new_projects(self) -> Body:
        value = self.amount()
        part = f"{int(value.split('.')[0]) * 4 // 5}.37"
        return {
            "code": f"P{self.chance.getrandbits(40)}", "title": "Project", "programme": "POWER",
            "leader": self.one("institutions"), "value": value,
            "eu_contribution": self.chance.choice([None, part]),
            "starts_on": str(BEGIN), "ends_on": str(END),
        }  # fmt: skip

    def _new_teams(self) -> Body:
        return {"project": self.one("projects"), "kind": "model", "name": "Team"}

    def _new_agreements(self) -> Body:
        one, other = self.chance.sample(self.made["institutions"], 2)
        return {
            "project": self.one("projects"), "kind": "partnership", "title": "Agreement",
            "signed_on": str(FIRST), "parties": [{"institution": one}, {"institution": other}],
            "obligations": [
                {"number": 1, "party": one, "text": "It provides a room.", "target": 5},
                {"number": 2, "party": other, "text": "It comes.", "due_on": str(self.day())},
            ],
        }  # fmt: skip

    def _new_activities(self) -> Body:
        days = {"starts_on": str(FIRST), "ends_on": str(FIRST + timedelta(days=9))}
        return {"project": self.one("projects"), "kind": "training", "title": "T"} | days

    def _new_grants(self) -> Body:
        return {
            "project": self.one("projects"), "institution": self.one("institutions"),
            "amount": "900.00", "purpose": "Testing",
        }  # fmt: skip

    def _new_deliverables(self) -> Body:
        return {"project": self.one("projects"), "kind": "report", "title": "Report"}

    def _new_support_cases(self) -> Body:
        return {
            "project": self.one("projects"), "team": self.one("teams"),
            "subject": "family", "reference": "S/1",
        }  # fmt: skip

    def _new_recruitments(self) -> Body:
        return {
            "project": self.one("projects"), "title": "Communes",
            "criteria": [{"code": "need", "name": "Need", "main": True}],
            "quotas": [{"subregion": "rzeszowski", "communes": 2}],
        }  # fmt: skip

    def _institutions(self) -> list[tuple[str, Body]]:
        return [("update", {"name": f"Name {self.chance.randrange(9)}"})]

    def _persons(self) -> list[tuple[str, Body]]:
        return [("update", {"institution": self.one("institutions")})]

    def _projects(self) -> list[tuple[str, Body]]:
        milestone = {"number": self.number()}
        partner = {"institution": self.one("institutions")}
        requires = self.chance.choice([[], [], ["report"]])
        usual: list[tuple[str, Body]] = [
            ("amend", {"annex": "Annex", "value": self.amount()}),
            ("amend", {"annex": "Annex", "ends_on": str(END + timedelta(days=self.number()))}),
            ("add-partner", partner),
            ("remove-partner", partner),
            ("plan-milestone", milestone | self.period() | {"name": "M", "requires": requires}),
            ("plan-milestone", milestone | self.period() | {"name": "M"}),
            ("reschedule-milestone", milestone | self.period()),
            ("complete-milestone", milestone),
            ("complete-milestone", milestone),
            ("approve-milestone", milestone | {"approved_by": "MFiPR"}),
        ]
        return usual if self.chance.random() < 0.99 else [("close", {})]

    def _teams(self) -> list[tuple[str, Body]]:
        if self.chance.random() < 0.02:
            return [("dissolve", {})]
        held = self.appointments.setdefault(self.target, [self.new_id()])
        known = {"appointment": self.chance.choice(held)}
        if self.chance.random() < 0.5:
            held.append(self.new_id())
        fresh = {"appointment": held[-1], "role": "member"}
        return [
            ("appoint", fresh | {"institution": self.one("institutions")}),
            ("appoint", fresh | {"person": self.one("persons"), "role": "chair"}),
            ("dismiss", known),
            ("void", known),
        ]

    def _agreements(self) -> list[tuple[str, Body]]:
        party, obligation = {"institution": self.one("institutions")}, {"number": self.number()}
        added = obligation | {"party": self.one("institutions"), "text": "Anew."}
        usual: list[tuple[str, Body]] = [
            ("amend", {"annex": "A", "add_obligations": [added]}),
            ("amend", {"annex": "A", "end_obligations": [self.number()], "title": self.amount()}),
            ("accede", party),
            ("withdraw", party),
            *[("fulfil", obligation | {"quantity": self.number()})] * 3,
            ("reopen", obligation),
        ]
        return usual if self.chance.random() < 0.97 else [("terminate", {})]

    def _activities(self) -> list[tuple[str, Body]]:
        who: Body = {"institution": self.one("institutions")}
        if self.chance.random() < 0.5:
            who["person"] = self.one("persons")
        usual: list[tuple[str, Body]] = [
            *[("record-attendance", {"attendees": [who]})] * 2,
            ("revoke-attendance", {"attendees": [who]}),
            ("reschedule", self.period()),
        ]
        return usual if self.chance.random() < 0.95 else [("cancel", {})]

    def _grants(self) -> list[tuple[str, Body]]:
        return [("pay", {"amount": self.amount()}), ("settle", {"amount": self.amount()})]

    def _deliverables(self) -> list[tuple[str, Body]]:
        version = {"version": str(self.number())}
        return [
            ("issue-version", version),
            ("submit", version),
            ("approve", version | {"approved_by": "MFiPR"}),
            ("reject", version | {"approved_by": "MFiPR"}),
        ]

    def _support_cases(self) -> list[tuple[str, Body]]:
        return [("close", {"outcome": "Helped"})]
