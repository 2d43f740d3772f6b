"""Why was it refused? Every refusal of the ledger, as an exception.

What an error says is its docstring, filled with the facts given to it; what it is called, in
snake case, is the `rule` (or the problem's type) that a client can rely on.
"""

import re
from collections.abc import Sequence
from datetime import date
from inspect import cleandoc
from typing import Any, NamedTuple


class FieldError(NamedTuple):
    """One bad field of a request: a path such as `parties[0].institution`, and the reason."""

    field: str
    message: str


class Collision(NamedTuple):
    """The object that a refused command collides with: its collection and id."""

    collection: str
    id: str


def snake_case(name: str) -> str:
    """`AlreadyAppointed` -> `already_appointed`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class LedgerError(Exception):
    """Something went wrong."""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message())

    def message(self) -> str:
        """The class's docstring with this error's facts filled in."""
        text = " ".join(cleandoc(type(self).__doc__ or "").split())
        return text.format(**self.facts)

    @classmethod
    def rule(cls) -> str:
        """The permanent name of this kind of error."""
        return snake_case(cls.__name__)


class Refusal(LedgerError):
    """The command breaks a rule of the domain."""

    def __init__(self, *, collides: Collision | None = None, **facts: Any) -> None:
        self.collides = collides
        super().__init__(**facts)


class AlreadyExists(Refusal):
    """An object with the id {id} exists already."""


class NotTrueYet(Refusal):
    """What this would change is true from {since} on only: it cannot change on {on}."""

    @classmethod
    def check(cls, since: date, on: date, collides: Collision) -> None:
        """Raises where a change comes before the beginning; it would be lost."""
        if on < since:
            raise cls(since=since, on=on, collides=collides)


class ProjectClosed(Refusal):
    """The project {code} was closed on {closed_on}: only corrections are recorded on it now."""


class Invalid(LedgerError):
    """The request holds values that cannot be accepted."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__()

    @classmethod
    def field(cls, field: str, message: str) -> "Invalid":
        """One bad field."""
        return cls([FieldError(field, message)])

    def message(self) -> str:
        return "; ".join(f"{e.field}: {e.message}" for e in self.errors)


class Malformed(LedgerError):
    """The request cannot be read: {why}"""


class NotFound(LedgerError):
    """There is no such object."""


class Forbidden(LedgerError):
    """This needs the role {needed}."""


class StaleVersion(LedgerError):
    """The object is at version {actual}, not at {expected}: read it again first."""


class TooLarge(LedgerError):
    """What is sent is larger than the limit: {what}"""


class KeyReused(LedgerError):
    """This Idempotency-Key was used before, with another request."""


class NotNow(LedgerError):
    """The ledger cannot answer at this moment: {why} Try again."""
