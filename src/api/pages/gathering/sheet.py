"""A list that is recorded as a whole: since when, why, on what evidence, and what came back."""

from typing import Any
from uuid import uuid4

from api.pages.frame import refusals
from api.pages.frame.forms import typed
from api.pages.frame.forms.filling import CAUTIONED
from api.pages.frame.page import Page
from api.pages.gathering.roll import Entry, Roll, find, kept_files, taken
from ledger.application import Wish, cautions
from ledger.kernel.errors import Invalid, LedgerError


class Sheet:
    """A roll with all that is sent with it."""

    def __init__(self, page: Page, roll: Roll, effective_on: str, extra: str) -> None:
        self.page, self.roll, self.extra = page, roll, extra
        self.effective_on, self.reason = effective_on, ""
        self.evidence: list[str] = []
        self.key = str(uuid4())
        self.wants = ""
        self.sent: list[Entry] = []
        self.cautions: dict[str, list[str]] = {}
        self.cautioned = ""

    @property
    def problems(self) -> list[str]:
        """What is wrong, beside what stands at the rows."""
        return self.roll.problems

    @property
    def common(self) -> dict[str, Any]:
        """The fields that every command may have."""
        said = {
            "effective_on": typed.day(self.effective_on) if self.effective_on else None,
            "reason": self.reason or None,
            "evidence": self.evidence or None,
        }
        return {name: value for name, value in said.items() if value is not None}

    async def take(self) -> bool:
        """Reads what the browser sent; whether it is to be recorded as it stands."""
        form = await self.page.request.form()
        self.roll = taken(form, self.extra)
        self.effective_on = str(form.get("effective_on", "")).strip()
        self.reason = str(form.get("reason", "")).strip()
        self.key = str(form.get("form-key") or self.key)
        self.evidence = await kept_files(self.page, form)
        self.wants = str(form.get("do", "record"))
        self.cautioned = str(form.get(CAUTIONED) or "")
        if text := str(form.get("lines", "")).strip():
            await find(self.page, self.roll, text)
        if self.wants == "all":
            self.roll.tick_all()
        if self.wants != "record" or self.problems or self.roll.grown:
            return False  # what was found is looked at before it is recorded
        self.sent = self.roll.ticked
        if not self.sent:
            self.problems.append(self.page.say("Tick at least one."))
        return bool(self.sent)

    def thought_over(self, wish: Wish) -> bool:
        """Whether no text looks like personal data, or somebody was told; see `Form`."""
        found = cautions(wish)
        told, self.cautioned = self.cautioned, " ".join(sorted(one.field for one in found))
        if not found or told == self.cautioned:
            return True
        for one in found:
            message = refusals.field_error(self.page.words, one)
            self.cautions.setdefault(one.field, []).append(message)
        return False

    def label_of(self, name: str) -> str:
        """What the field is called."""
        return self.page.words.name("field", name)

    def tell(self, error: LedgerError, place: int | None = None) -> None:
        """Puts a refusal at the row that it is about, or above the list."""
        if not isinstance(error, Invalid):
            self._at(place, refusals.told(self.page.words, error))
            return
        for one in error.errors:
            message = refusals.field_error(self.page.words, one)
            row = _row_of(one.field) if place is None else place
            if row is None or row >= len(self.sent):
                name = self.page.words.name("field", refusals.last_name(one.field))
                self.problems.append(f"{name}: {message}")
            else:
                self._at(row, message)

    def _at(self, place: int | None, message: str) -> None:
        if place is None or place >= len(self.sent):
            self.problems.append(message)
        else:
            entry = self.sent[place]
            self.roll.blame(entry, message)
            self.problems.append(f"{entry.label}: {message}")


def _row_of(path: str) -> int | None:
    """`attendees[3].hours` -> 3."""
    before, bracket, rest = path.partition("[")
    number = rest.partition("]")[0]
    return int(number) if before and bracket and number.isdigit() else None
