"""What is asked, by whom? Commands as they arrive, read and checked before any state is known."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import uuid_utils
from msgspec import Struct

from ledger import catalogue
from ledger.kernel.errors import (
    FieldError,
    Forbidden,
    Invalid,
    LedgerError,
    Malformed,
    NotFound,
)
from ledger.kernel.fields import Date, Digest, Id, Text
from ledger.kernel.intake import Reference, read
from ledger.kernel.messages import Command, CommandTerms


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks: the credential, its name, its role, and the one project it is granted for.

    `operator`: whoever sits at the machine itself, and could change everything there anyway.
    """

    id: str
    name: str
    role: str
    project: str | None = None
    operator: bool = False


class Wish(Struct, frozen=True, kw_only=True):
    """A command as it arrives: where it goes and what it says.

    `by` names its author where that is not the caller: a case file tells what others did. `added`
    is what the service found out itself; it is no part of what makes a request the same again.
    """

    collection: str
    command: str
    id: str | None = None
    body: Any = None
    if_match: int | None = None
    by: str | None = None
    added: Mapping[str, Any] = {}


class Common(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every command may say beside its own fields."""

    effective_on: Date | None = None
    reason: Text | None = None
    evidence: tuple[Digest, ...] | None = None
    id: Id | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """What was recorded: the last event of the command."""

    id: str
    version: int
    position: int
    recorded_at: str
    extra: dict[str, Any] = {}
    warnings: tuple[FieldError, ...] = ()

    def answer(self) -> dict[str, Any]:
        """The receipt as clients read it."""
        return {
            "id": self.id,
            "version": self.version,
            "position": self.position,
            "recorded_at": self.recorded_at,
            **self.extra,
            **({"warnings": [one._asdict() for one in self.warnings]} if self.warnings else {}),
        }


class Ready(Struct, frozen=True, kw_only=True):
    """A wish that was read and found well formed."""

    wish: Wish
    command: Command
    references: tuple[Reference, ...]
    id: str
    common: Common
    effective_on: date
    today: date
    may_exist: bool


class RefusedInBatch(LedgerError):
    """Command {index} of the batch was refused, so nothing of the batch was recorded."""

    def __init__(self, index: int, error: LedgerError) -> None:
        self.index, self.error = index, error
        super().__init__(index=index)


def read_wish(wish: Wish, caller: Caller, today: date) -> Ready:
    """Checks all that can be checked without a state. Raises a `LedgerError`."""
    kind = catalogue.command(wish.collection, wish.command)
    if kind is None or (wish.id is None) != kind.terms.creates:
        raise NotFound
    if kind.terms.operator_only and not caller.operator:
        raise NotFound
    if wish.id is not None and valid_id(wish.id) != wish.id:
        raise NotFound
    _check_role(kind.terms, caller)
    body = {} if wish.body is None else wish.body
    if not isinstance(body, dict):
        raise Malformed(why="the body must be a JSON object.")
    common, own = _split({**body, **wish.added} if wish.added else body, creates=kind.terms.creates)
    try:
        command, references = read(kind, own)
    except Invalid as error:
        raise _with(error, _errors_of_common(common)) from None
    said, _ = read(Common, common)
    effective_on = said.effective_on or today
    if effective_on > today:
        raise Invalid.field("effective_on", "must not be in the future")
    if kind.terms.needs_reason and not said.reason:
        raise Invalid.field("reason", "is required for this command")
    id = wish.id or command.identity() or said.id
    if said.id is not None and said.id != id:
        raise Invalid.field("id", f"what is created has the id {id}, which follows from its fields")
    return Ready(
        wish=wish,
        command=command,
        references=tuple(references),
        id=id or new_id(),
        common=said,
        effective_on=effective_on,
        today=today,
        may_exist=id is not None,
    )


def _check_role(terms: CommandTerms, caller: Caller) -> None:
    if caller.role not in terms.roles:
        raise Forbidden(needed=" or ".join(sorted(terms.roles)))
    if terms.all_projects and caller.project:
        needed = " or ".join(sorted(terms.roles - {"admin"} or terms.roles))
        raise Forbidden(needed=f"{needed} of all projects")


def new_id() -> str:
    """A UUID version 7 (RFC 9562): later ids sort after earlier ones."""
    return str(uuid_utils.uuid7())


def valid_id(text: str) -> str | None:
    """The id in its canonical form, or None where the text is no UUID."""
    try:
        return str(UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None


COMMON_FIELDS = frozenset(Common.__struct_fields__)


def _split(body: Mapping[str, Any], *, creates: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The common fields of a body, and the command's own."""
    names = COMMON_FIELDS if creates else COMMON_FIELDS - {"id"}
    own = dict(body)
    return {name: own.pop(name) for name in names if name in own}, own


def _errors_of_common(common: dict[str, Any]) -> Invalid | None:
    try:
        read(Common, common)
    except Invalid as error:
        return error
    return None


def _with(error: Invalid, other: Invalid | None) -> Invalid:
    return Invalid([*error.errors, *other.errors]) if other else error
