"""An agreement being signed: its parties found by name or NIP, what each of them undertakes.

What is pasted becomes rows that are looked at before anything is recorded. Whose an obligation is,
is chosen among the rows of parties, by the number of the row.
"""

import re
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from api.pages.frame.forms import choices
from api.pages.frame.forms.choices import Option
from api.pages.frame.forms.drawing import Drawn
from api.pages.frame.forms.form import CommandForm
from api.pages.frame.forms.shape import Shape
from api.pages.frame.page import Page
from api.pages.gathering.roll import LINES_LIMIT, closest, unclear
from ledger.application import Receipt

PARTIES, OBLIGATIONS = "pasted-parties", "pasted-obligations"
OF_PARTY = "pasted-party"  # whose obligations the pasted ones are
BLANK_PARTIES = 2  # an agreement has at least two
_NUMBERED = re.compile(r"(\d{1,4})\s*[.):]\s+(.+)")
_BETWEEN = re.compile(r"\s*[\t;]\s*")


class SigningForm(CommandForm):
    """The form of an agreement with all that was signed in it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, "agreements", "create")
        self.own = tuple(_by_row(one) for one in self.own)
        self.parties: tuple[Option, ...] = ()

    async def begin(self) -> None:
        """A form for two parties, which holds from the day of signing."""
        await self.open()
        if "effective_on" not in self.page.query:
            self.sent.fields["effective_on"] = []
        for number in range(BLANK_PARTIES):
            self.sent.fields.setdefault(f"parties-{number}-institution", [""])

    async def take(self) -> bool:
        """Reads what the browser sent; whether it is to be recorded as it stands."""
        ready = await self.receive()
        pasted = bool(self.sent.text(PARTIES) or self.sent.text(OBLIGATIONS))
        await self._take_parties()
        self._take_obligations()
        return ready and not pasted and self.sent.text("do") != "take"

    async def record(self) -> Receipt | None:
        """Records the agreement; None where it was refused."""
        return await self._record()

    async def drawn(self) -> tuple[Sequence[Drawn], Sequence[Drawn]]:
        """The fields; an obligation is one of a party in the rows above."""
        own, common = await super().drawn()
        self.parties = tuple(_named(own))
        own = [self._with_parties(one) if one.name == "obligations" else one for one in own]
        own = [replace(one, rows=tuple(map(_side_by_side, one.rows))) for one in own]
        return own, [replace(one, hint=self._hints.get(one.name, one.hint)) for one in common]

    @property
    def _hints(self) -> dict[str, str]:
        return {
            "effective_on": self.page.say("Blank: the day on which it was signed."),
            "evidence": self.page.say("The signed agreement, as a scan or a file."),
        }

    def _with_parties(self, obligations: Drawn) -> Drawn:
        changed: dict[str, dict[str, Any]] = {
            "party": {"kind": "select", "options": self.parties},
            "number": {"required": False, "hint": self.page.say("Blank: the next one.")},
        }
        rows = tuple(
            tuple(replace(one, **changed.get(one.shape.name, {})) for one in row)
            for row in obligations.rows
        )
        return replace(obligations, rows=rows)

    def _body(self) -> dict[str, Any]:
        """The body of the command: parties by their ids, obligations with their numbers."""
        known = dict(self.sent.fields)
        numbers = [self.sent.text(f"{at}number") for at in self._obligations]
        free = max((int(one) for one in numbers if one.isdecimal()), default=0)
        for at in self._obligations:
            party = self.sent.text(f"{at}party")
            self.sent.fields[f"{at}party"] = [self.sent.text(f"parties-{party}-institution")]
            if not self.sent.text(f"{at}number"):
                free += 1
                self.sent.fields[f"{at}number"] = [str(free)]
        if not self.sent.text("effective_on"):
            self.sent.fields["effective_on"] = [self.sent.text("signed_on")]
        body = super()._body()
        self.sent.fields = known
        return body

    @property
    def _obligations(self) -> list[str]:
        """The beginnings of the fields' names, of the rows that say something."""
        every = [f"obligations-{number}-" for number in self.sent.rows("obligations")]
        names = ("number", "party", "text", "due_on", "target")
        return [at for at in every if any(self.sent.text(at + name) for name in names)]

    async def _take_parties(self) -> None:
        """A party a line; who is not found, or not alone, stays where it was pasted."""
        left = []
        known = {
            self.sent.text(f"parties-{number}-institution") for number in self.sent.rows("parties")
        }
        for line in self._lines(PARTIES):
            name, signed_by = [*_BETWEEN.split(line, maxsplit=1), ""][:2]
            found = closest(await choices.matching(self.page, "institutions", name), name)
            if len(found) != 1:
                left.append(line)
                self.problem.at(PARTIES, unclear(self.page, name, found))
            elif found[0].value not in known:
                known.add(found[0].value)
                at = self._free_row("parties", "institution")
                self.sent.fields[f"{at}institution"] = [found[0].value]
                self.sent.fields[f"{at}signed_by"] = [signed_by]
        self.sent.fields[PARTIES] = ["\n".join(left)]

    def _take_obligations(self) -> None:
        """An obligation a line, all of one party; a number before it is its number."""
        lines, party = self._lines(OBLIGATIONS), self.sent.text(OF_PARTY)
        if lines and not party:
            self.problem.at(OF_PARTY, self.page.say("Choose whose obligations these are"))
            return
        for line in lines:
            at = self._free_row("obligations", "text")
            numbered = _NUMBERED.fullmatch(line)
            number, text = numbered.groups() if numbered else ("", line)
            told = {"number": number, "party": party, "text": text}
            self.sent.fields |= {f"{at}{name}": [value] for name, value in told.items()}
        self.sent.fields[OBLIGATIONS] = []

    def _lines(self, name: str) -> list[str]:
        texts = [one.strip() for one in self.sent.text(name).splitlines()]
        return [one for one in texts if one][:LINES_LIMIT]

    def _free_row(self, rows: str, name: str) -> str:
        """The first row that is blank there, or one more."""
        numbers = self.sent.rows(rows)
        for number in numbers:
            at = f"{rows}-{number}-"
            if not self.sent.text(at + name) and not self.sent.text(f"{at}{name}-typed"):
                return at
        return f"{rows}-{max(numbers, default=-1) + 1}-"


def _by_row(shape: Shape) -> Shape:
    """The party of an obligation is chosen by its row, not looked for among all institutions."""
    if shape.name != "obligations":
        return shape
    fields = [
        replace(one, kind="choice", collection="") if one.name == "party" else one
        for one in shape.fields
    ]
    return replace(shape, fields=tuple(fields))


def _side_by_side(row: Sequence[Drawn]) -> tuple[Drawn, ...]:
    """The fields of a row in one line, and what needs a line of its own below them."""
    narrow = [replace(one, wide=one.kind == "long_text") for one in row]
    return tuple(sorted(narrow, key=lambda one: one.wide))


def _named(own: Sequence[Drawn]) -> list[Option]:
    """The parties that somebody filled in, by the numbers of their rows."""
    found = []
    rows = next(one.rows for one in own if one.name == "parties")
    for place, row in enumerate(rows, 1):
        institution = next(one for one in row if one.shape.name == "institution")
        chosen = [one.label for one in institution.options if one.value == institution.value]
        label = institution.typed or next(iter(chosen), "")
        if label:
            number = institution.name.split("-")[1]
            found.append(Option(number, f"{place}. {label}"))
    return found
