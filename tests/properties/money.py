"""What may happen to money? Budgets, documents, charges and claims; many wishes are refused."""

from collections.abc import Sequence
from datetime import date, timedelta

from ledger.aggregates.expenditures.identity import expenditure_id
from ledger.application import Wish
from tests.properties.draws import DAYS, FIRST, Body, Draws

LINES = ("1.1", "1.2", "2.1", "I")
TASKS = {"1": "Task 1", "2": "Task 2", "I": "Indirect"}
CATEGORIES = {"1.1": "staff", "1.2": "external", "2.1": "staff", "I": "indirect"}
# What may become of a claim in each status, beside charges coming in and going out.
STEPS = {
    "draft": ["submit"], "submitted": ["approve", "approve", "return"], "returned": ["submit"],
    "approved": ["pay"], "paid": ["pay"],
}  # fmt: skip
BECOMES = {"submit": "submitted", "approve": "approved", "return": "returned", "pay": "paid"}
# What is drawn, and how often it makes a new object.
SPENDING = (
    ("budgets", 0.0), ("expenditures", 0.5), ("expenditures", 0.0), ("expenditures", 0.0),
    ("claims", 0.1), ("claims", 0.0), ("claims", 0.0),
)  # fmt: skip


class Spending(Draws):
    """Draws wishes about money: what each kind of object may be asked."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.charges: dict[str, list[str]] = {}  # of each document
        self.placed: list[tuple[str, str, str]] = []  # project, document, charge
        self.claimed: dict[str, list[Body]] = {}
        self.projects_of: dict[str, str] = {}  # of each claim
        self.courses: dict[str, tuple[str, date]] = {}  # status and day of each claim

    def remember(self, wish: Wish) -> None:
        """What was recorded can be spoken of."""
        body, id = wish.body, wish.id or wish.body["id"]
        match wish.collection, wish.command:
            case "expenditures", "create":
                self.made.setdefault("expenditures", []).append(id)
                self._remember_charges(id, body["charges"])
            case "expenditures", "charge":
                self._remember_charges(id, [body])
            case "claims", "create":
                self.made.setdefault("claims", []).append(id)
                self.projects_of[id] = body["project"]
                self.courses[id] = "draft", date.fromisoformat(body["effective_on"])
            case "claims", command:
                status, on = self.courses[id]
                if (status, command) == ("paid", "pay"):
                    self.made["claims"].remove(id)  # little more happens to it
                status = BECOMES.get(command, status)
                self.courses[id] = status, max(on, date.fromisoformat(body["effective_on"]))
                if command == "include":
                    self.claimed.setdefault(id, []).extend(body["charges"])
            case _:
                pass  # nothing of it has to be named later

    def _remember_charges(self, id: str, charges: Sequence[Body]) -> None:
        self.charges.setdefault(id, []).extend(one["charge"] for one in charges)
        self.placed += [(one["project"], id, one["charge"]) for one in charges]

    def day_for(self, kind: str) -> date:
        """The days of a claim mostly go forward, as its course does; others come in no order."""
        if kind != "claims" or self.target not in self.courses or self.chance.random() < 0.15:
            return self.day()
        last = self.courses[self.target][1]
        return min(last + timedelta(days=self.chance.randrange(6)), FIRST + timedelta(days=DAYS))

    def _budgets(self) -> list[tuple[str, Body]]:
        one, other = self.chance.sample(LINES, 2)
        shift = {"from_line": one, "to_line": other, "amount": self.amount(80)}
        funds: Body = {"amount": self.amount(), "tranche": str(self.number())}
        wishes: list[tuple[str, Body]] = [("shift-budget", shift)] * 4
        wishes += [("receive-funds", funds)] * 2
        return [*wishes, ("set-budget", self.budget())]

    def early_day(self) -> date:
        """Rather early: what is charged and claimed afterwards has to come later."""
        return min(self.day(), self.day(), self.day())

    def first_budget(self) -> Body:
        """What everything else is charged to."""
        return self.budget() | {"effective_on": str(FIRST)}

    def budget(self) -> Body:
        """Some of the lines, or all."""
        lines = [line for line in LINES if self.chance.random() < 0.9] or [LINES[0]]
        return {
            "lines": [
                {
                    "line": line, "task": TASKS[line[0]], "category": CATEGORIES[line],
                    "amount": self.amount(), "cross_financing": line == "1.2",
                }
                for line in lines
            ]
        }  # fmt: skip

    def charge(self) -> Body:
        """A part of a document; its id is chosen here, so that it can be named later."""
        made, project = self.new_id(), self.one("projects")
        if self.placed and self.chance.random() < 0.03:
            made = self.chance.choice(self.placed)[2]
        body: Body = {
            "charge": made, "project": project, "budget_line": self.chance.choice(LINES),
            "eligible": self.amount(60),
        }  # fmt: skip
        if self.chance.random() < 0.2:
            body |= {"eu_amount": "0.50", "eligible_vat": "0.10", "method": "flat_rate"}
        return body

    def _new_expenditures(self) -> Body:
        number = f"FV/{self.chance.randrange(400)}"
        id = expenditure_id(None, "Papirus", number)
        return {
            "id": id, "document_number": number, "issuer_name": "Papirus",
            "issued_on": str(self.day()), "description": "Paper", **self.amounts(),
            "charges": [self.charge() for _ in range(self.number())],
        }  # fmt: skip

    def amounts(self) -> Body:
        """Net, VAT and gross; the VAT is what shows that they belong together."""
        net = self.chance.randrange(20, 200)
        return {"net": f"{net}.00", "vat": "23.45", "gross": f"{net + 23}.45"}

    def _expenditures(self) -> list[tuple[str, Body]]:
        known = {"charge": self.chance.choice(self.charges.get(self.target) or [self.new_id()])}
        number = f"KOR/{self.number()}"
        other = {"document_number": number, "issued_on": str(self.day())}
        refused = known | {"amount": self.amount(30), "basis": "Art. 1"}
        mended: list[Body] = [
            {"eligible": self.amount(60)},
            {"eligible": self.amount(60), "eu_amount": self.amount(9)},
            {"budget_line": self.chance.choice(LINES), "method": "unit_cost"},
            {"project": self.one("projects")},
        ]
        return [
            ("charge", self.charge()) if self.chance.random() < 0.5
            else ("pay", {"paid_on": str(self.day())}),
            ("correct", {"correcting_document": other, **self.amounts()}),
            ("correct", known | {"correcting_document": other, **self.amounts(),
                                 "eligible": self.amount(60)}),
            ("correct", self.chance.choice([self.amounts(), {"issued_on": str(self.day())}])),
            ("correct", {"paid_on": str(self.day()), "description": "Ink"}),
            ("correct", known | self.chance.choice(mended)),
            ("correct", known | self.chance.choice(mended)),
            ("withdraw", known) if self.chance.random() < 0.3 else ("disallow", refused),
            ("disallow", refused),
            ("reinstate", known | {"amount": self.amount(20)}),
        ]  # fmt: skip

    def _new_claims(self) -> Body:
        project = self.one("projects")
        period = {"period_from": str(FIRST), "period_to": str(self.day())}
        return {"project": project, "number": self.chance.randrange(1, 30), **period}

    def _claims(self) -> list[tuple[str, Body]]:
        status = self.courses.get(self.target, ("draft", FIRST))[0]
        if self.chance.random() < (0.7 if status in ("draft", "returned") else 0.1):
            return self._gathering()
        likely = self.chance.random() < 0.9
        command = self.chance.choice(STEPS[status] if likely else list(BECOMES))
        paid = {"amount": self.amount(), "paid_on": str(self.day())}
        return [(command, paid if command == "pay" else {})]

    def _gathering(self) -> list[tuple[str, Body]]:
        held = self.claimed.get(self.target, [])
        if held and self.chance.random() < 0.2:
            return [("exclude", {"charges": [self.chance.choice(held)]})]
        project = self.projects_of.get(self.target)
        mine = [p[1:] for p in self.placed if p[0] == project or self.chance.random() < 0.02]
        some = self.chance.choices(mine, k=self.chance.randrange(1, 5)) if mine else []
        named = [{"expenditure": document, "charge": charge} for document, charge in some]
        return [("include", {"charges": named})]
