"""What does a verification say? For each check what was looked at, and what differs where."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

SHOWN = 100  # differences that a check tells one by one; the others are counted


class Kind(StrEnum):
    """What was done to the ledger; those that explain others come first."""

    SWAPPED = "swapped"
    REMOVED = "removed"
    INSERTED = "inserted"
    CHANGED = "changed"
    CUT = "cut"
    ROLLED_BACK = "rolled-back"
    FORKED = "forked"
    RESIGNED = "re-signed"
    REWRITTEN = "rewritten"
    CHECKPOINT = "checkpoint"
    COSIGNATURE = "cosignature"
    TIMESTAMP = "timestamp"
    OUT_OF_ORDER = "out-of-order"
    TILE = "tile"
    READ_MODEL = "read-model"
    HIDDEN = "hidden"
    DOCUMENT = "document"
    UNCHECKED = "unchecked"


class Difference(Struct, frozen=True, kw_only=True):
    """Something that is not as it was recorded.

    `position`: where in the log it begins, `upto`: the last position that it may begin at, where
    that cannot be told exactly.
    """

    kind: Kind
    text: str
    position: int | None = None
    upto: int | None = None

    def where(self) -> str:
        """The position, for people."""
        if self.position is None:
            return ""
        if self.upto is not None and self.upto > self.position:
            return f"{self.position} to {self.upto}"
        return str(self.position)


class Check(Struct, kw_only=True):
    """One kind of thing that was looked at: `checked` pieces of it.

    `warnings` do not make it fail, `notes` are only told.
    """

    name: str
    checked: int = 0
    differences: list[Difference] = field(default_factory=list)
    count: int = 0
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.count

    @property
    def status(self) -> str:
        """In one word."""
        return "failed" if self.count else "warning" if self.warnings else "ok"

    def add(
        self, kind: Kind, text: str, position: int | None = None, upto: int | None = None
    ) -> None:
        """One more difference."""
        self.count += 1
        if len(self.differences) < SHOWN:
            found = Difference(kind=kind, text=text, position=position, upto=upto)
            self.differences.append(found)


class Report(Struct, kw_only=True):
    """What was found; `sealed`: how many of the events the tree covers."""

    events: int
    sealed: int
    root: str
    checks: list[Check]
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return all(check.ok for check in self.checks)

    @property
    def differences(self) -> list[Difference]:
        """All that is told one by one, what explains others first."""
        order = list(Kind)
        found = [one for check in self.checks for one in check.differences]
        return sorted(found, key=lambda one: (order.index(one.kind), one.position or 0))

    def told(self) -> str:
        """All of it in one line."""
        if self.ok:
            unsealed = self.events - self.sealed
            more = f", {unsealed:,} of them not sealed yet" if unsealed else ""
            return f"All of it holds: {self.events:,} events{more}."
        first = self.differences[0]
        where = f" at position {first.where()}" if first.position is not None else ""
        others = sum(check.count for check in self.checks) - 1
        more = f" {others:,} more differences." if others else ""
        return f"It does not hold: {first.kind}{where}. {first.text}{more}"

    def as_json(self) -> dict[str, Any]:
        """For machines to read."""
        return {
            "ok": self.ok,
            "events": self.events,
            "sealed": self.sealed,
            "root": self.root,
            "seconds": round(self.seconds, 2),
            "checks": [
                {
                    "check": check.name,
                    "status": check.status,
                    "checked": check.checked,
                    "different": check.count,
                    "differences": check.differences,
                    "warnings": check.warnings,
                    "notes": check.notes,
                }
                for check in self.checks
            ],
        }
