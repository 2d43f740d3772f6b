"""A command as a form: opened, filled in, sent, refused or recorded."""

from collections.abc import Sequence
from typing import Any

from api.commands import carry_out
from api.pages.frame.forms.choices import label_of
from api.pages.frame.forms.drawing import Drawn
from api.pages.frame.forms.filling import KEY, UPLOAD, Form, Problem
from api.pages.frame.forms.reading import Sent
from api.pages.frame.forms.shape import Shape, common_shapes, shapes
from api.pages.frame.page import Page
from api.pages.frame.refusals import field_error
from ledger import catalogue
from ledger.application import Receipt, Wish
from ledger.kernel.errors import (
    Invalid,
    KeyReused,
    LedgerError,
    NotFound,
    Refusal,
    StaleVersion,
)
from ledger.kernel.messages import Command

__all__ = ["KEY", "UPLOAD", "VERSION", "CommandForm", "Form", "Problem"]

VERSION = "form-version"
# What a row says of all parts of an object together is not known of the one that is corrected.
_OF_PARTS = frozenset({"eligible", "eligible_vat", "eu_amount", "quantity"})


class CommandForm(Form):
    """The form of one command about one object, or one that creates an object."""

    def __init__(self, page: Page, collection: str, command: str, id: str | None = None) -> None:
        kind = catalogue.command(collection, command)
        if kind is None:
            raise NotFound
        super().__init__(page)
        self.collection, self.command, self.id = collection, command, id
        self.kind: type[Command] = kind
        self.own = shapes(kind)
        self.common = common_shapes(needs_reason=kind.terms.needs_reason)
        self.row: dict[str, Any] = {}

    @property
    def title(self) -> str:
        """What the command does."""
        return self.page.words.name("command", f"{self.collection}/{self.command}")

    @property
    def subject(self) -> str:
        """What people call the object."""
        return label_of(self.page, self.collection, self.row) if self.row else ""

    @property
    def help(self) -> str:
        """What the command is for, in a sentence."""
        return self.page.words.told_of(self.kind)

    async def open(self, **filled: Any) -> None:
        """Fills the form from the object, the address and `filled`."""
        await self._read_object()
        fields: dict[str, list[str]] = {}
        fields |= {name: [_as_text(self.row[name])] for name in self._known}
        names = {shape.name for shape in self._shapes}
        if self.page.project and "project" in names and self.id is None:
            fields["project"] = [self.page.project["id"]]
        given = {**self.page.query, **{k: str(v) for k, v in filled.items() if v is not None}}
        fields |= {k: [v] for k, v in given.items() if k.partition("-")[0] in names}
        assert self.page.time is not None
        day = min(self.page.time.valid_at, self.page.time.today)
        fields.setdefault("effective_on", [day.isoformat()])
        self.sent = Sent(fields, self.page.lang)

    async def send(self) -> Receipt | None:
        """Records what the browser sent; None where it was refused, or only a row was wanted."""
        await self._read_object()
        return await self._record() if await self.receive() else None

    async def drawn(self) -> tuple[Sequence[Drawn], Sequence[Drawn]]:
        """The command's own fields and the common ones, as they are shown."""
        drawing = self._drawing((self.collection, self.command), self.row)
        return await drawing.fields(self.own), await drawing.fields(self.common)

    @property
    def _shapes(self) -> tuple[Shape, ...]:
        return (*self.own, *self.common)

    async def _read_object(self) -> None:
        if self.id is None:
            return
        self.row = await self.page.one(f"/api/{self.collection}", self.id)
        project = self.id if self.collection == "projects" else self.row.get("project")
        if isinstance(project, str):
            await self.page.enter(project)

    async def judge(self, body: dict[str, Any]) -> None:
        """Says what the ledger would refuse of the form as it stands; nothing is recorded."""
        wish = Wish(collection=self.collection, command=self.command, id=self.id, body=body)
        request_id = self.page.request.state.request_id
        told = await self.page.parts.ledger.handle_many(
            [wish], self.page.caller, request_id, record=False
        )
        for _, error in told.refused:
            self._tell_unless_missing(error)

    def _tell_unless_missing(self, error: LedgerError) -> None:
        """What is wrong with what was typed; what is still blank is not wrong yet."""
        if isinstance(error, Invalid):
            for one in error.errors:
                name = self.sent.name_of(one.field) or ""
                if one.message.startswith("is required") or not self._is_typed(name):
                    continue
                self.problem.at(name, field_error(self.page.words, one))
        elif isinstance(error, Refusal):
            self._tell(error)

    def _is_typed(self, name: str) -> bool:
        return bool(self.sent.text(name)) or not name

    def _body(self) -> dict[str, Any]:
        """The body of the command, from what was filled in."""
        return self.sent.body(self._shapes)

    async def _record(self) -> Receipt | None:
        body = self._without_unchanged(self._body())
        version = self.sent.text(VERSION)
        wish = Wish(
            collection=self.collection,
            command=self.command,
            id=self.id,
            body=body,
            if_match=int(version) if version.isdigit() and self._known else None,
        )
        if not self.thought_over(wish):
            return None
        try:
            return await carry_out(self.page.request, self.page.caller, wish, f"form:{self.key}")
        except (Refusal, Invalid, KeyReused, StaleVersion) as error:
            self._tell(error)
            return None

    @property
    def _known(self) -> set[str]:
        """The fields that the form shows as they are known; only what is changed is sent."""
        return {
            shape.name
            for shape in self.own
            if not shape.required
            and shape.name not in _OF_PARTS
            and isinstance(self.row.get(shape.name), str | int | float)
        }

    def _without_unchanged(self, body: dict[str, Any]) -> dict[str, Any]:
        """Of what the form showed as known, what somebody changed."""
        known = self._known
        changed = {
            name: value
            for name, value in body.items()
            if name not in known or _as_text(self.row[name]) != _as_text(value)
        }
        cleared = {
            shape.name: None
            for shape in self.own
            if shape.clearable and shape.name in known and shape.name not in body
        }
        return changed | cleared


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)
