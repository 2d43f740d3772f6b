"""A command as a form: opened, filled in, sent, refused or recorded."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from litestar.datastructures import UploadFile

from api.commands import carry_out
from api.pages.frame.forms import choices
from api.pages.frame.forms.choices import Option, label_of
from api.pages.frame.forms.drawing import ASKED, Drawing, Drawn
from api.pages.frame.forms.reading import TYPED, Sent
from api.pages.frame.forms.shape import Shape, common_shapes, shapes
from api.pages.frame.page import Page
from api.pages.frame.refusals import field_error, told
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

UPLOAD = "-file"
KEY = "form-key"
VERSION = "form-version"
# What a row says of all parts of an object together is not known of the one that is corrected.
_OF_PARTS = frozenset({"eligible", "eligible_vat", "eu_amount", "quantity"})
# The field that a rule is about, where no fact of the refusal is called like a field.
_ABOUT = {
    "already_appointed": "role",
    "already_exists": "id",
    "document_recorded": "document_number",
    "exceeds_document": "eligible",
    "four_eyes": "",
    "nothing_changes": "annex",
    "party_already": "institution",
    "not_party": "institution",
}


class Problem:
    """Why a form was not recorded: for each field what is wrong, and what is wrong on the whole."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.whole: list[str] = []
        self.collides: tuple[str, str] | None = None

    def at(self, field: str, message: str) -> None:
        """Adds what is wrong with a field."""
        self.fields.setdefault(field, []).append(message)

    def __bool__(self) -> bool:
        return bool(self.fields or self.whole)


class CommandForm:
    """The form of one command about one object, or one that creates an object."""

    def __init__(self, page: Page, collection: str, command: str, id: str | None = None) -> None:
        kind = catalogue.command(collection, command)
        if kind is None:
            raise NotFound
        self.page, self.collection, self.command, self.id = page, collection, command, id
        self.kind: type[Command] = kind
        self.own = shapes(kind)
        self.common = common_shapes(needs_reason=kind.terms.needs_reason)
        self.row: dict[str, Any] = {}
        self.sent = Sent({}, page.lang)
        self.problem = Problem()
        self.key = str(uuid4())
        self._candidates: dict[str, list[Option]] = {}
        self._sent_key = ""

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

    def label_of(self, name: str) -> str:
        """What the field of that name is called; within rows, with the number of the row."""
        *path, last = name.split("-")
        numbers = [int(part) + 1 for part in [*path, last] if part.isdigit()]
        names = [part for part in [*path, last] if not part.isdigit()]
        label = self.page.words.name("field", names[-1])
        return f"{label} ({numbers[-1]})" if numbers else label

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
        form = await self.page.request.form()
        texts = {name: [v for v in form.getall(name) if isinstance(v, str)] for name in form}
        self.sent = Sent(texts, self.page.lang)
        self._sent_key = self.sent.text(KEY)
        self.key = self._sent_key or self.key
        if added := self.sent.text("form-add"):
            number = max(self.sent.rows(added), default=-1) + 1
            self.sent.fields[f"{added}-{number}-"] = [""]
            return None
        await self._find_references(self._shapes)
        await self._keep_files(form)
        if self.problem:
            return None
        return await self._record()

    async def drawn(self) -> tuple[Sequence[Drawn], Sequence[Drawn]]:
        """The command's own fields and the common ones, as they are shown."""
        drawing = Drawing(
            self.page,
            self.sent,
            errors=self.problem.fields,
            place=(self.collection, self.command),
            row=self.row,
            candidates=self._candidates,
        )
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

    async def _record(self) -> Receipt | None:
        body = self._without_unchanged(self.sent.body(self._shapes))
        version = self.sent.text(VERSION)
        wish = Wish(
            collection=self.collection,
            command=self.command,
            id=self.id,
            body=body,
            if_match=int(version) if version.isdigit() and self._known else None,
        )
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

    def _tell(self, error: LedgerError) -> None:
        """Puts what was refused where it belongs."""
        if isinstance(error, KeyReused):
            self.key = str(uuid4())
        if isinstance(error, Invalid):
            for one in error.errors:
                message = field_error(self.page.words, one)
                name = self.sent.name_of(one.field)
                self.problem.at(name, message) if name else self.problem.whole.append(message)
            return
        message = told(self.page.words, error)
        field = self._field_of(error)
        self.problem.at(field, message) if field else self.problem.whole.append(message)
        collides = error.collides if isinstance(error, Refusal) else None
        if collides is not None and collides.id != self.id:
            self.problem.collides = (collides.collection, collides.id)

    def _field_of(self, error: LedgerError) -> str:
        """The field that a refusal is about."""
        names = [shape.name for shape in self.own]
        if (about := _ABOUT.get(error.rule())) is not None:
            return about if about in names else ""
        for fact in error.facts:
            if fact in names:
                return fact
        return "effective_on" if "on" in error.facts else ""

    async def _find_references(self, some: Sequence[Shape], prefix: str = "") -> None:
        """Finds what was typed by name, and says where it is not clear what was meant."""
        for shape in some:
            name = f"{prefix}{shape.name}"
            if shape.kind == "reference":
                await self._find(shape, name)
            elif shape.kind == "group":
                await self._find_references(shape.fields, f"{name}-")
            elif shape.kind == "rows":
                for number in self.sent.rows(name):
                    await self._find_references(shape.fields, f"{name}-{number}-")
            elif shape.kind == "list" and shape.fields[0].kind == "reference":
                for number in self.sent.rows(name):
                    await self._find(shape.fields[0], f"{name}-{number}")

    async def _find(self, shape: Shape, name: str) -> None:
        typed, chosen = self.sent.text(name + TYPED), self.sent.text(name)
        if not typed or (chosen and typed == self.sent.text(name + ASKED)):
            return
        found = await choices.matching(self.page, shape.collection, typed)
        exact = [one for one in found if one.label.casefold() == typed.casefold()]
        found = exact if len(exact) == 1 else found
        if len(found) == 1:
            self.sent.fields[name] = [found[0].value]
            return
        self.sent.fields[name] = []
        self._candidates[name] = found
        self.problem.at(
            name,
            self.page.say("Choose which one you mean")
            if found
            else self.page.say("Nothing is called like that"),
        )

    async def _keep_files(self, form: Any) -> None:
        """Keeps the documents that came with the form; they are told by their digests."""
        for shape in self._shapes:
            if shape.kind not in ("file", "files"):
                continue
            for file in form.getall(shape.name + UPLOAD, []):
                if isinstance(file, UploadFile) and file.filename:
                    digest = await self._keep(file)
                    kept = self.sent.fields.setdefault(shape.name, [])
                    self.sent.fields[shape.name] = (
                        [*kept, digest] if shape.kind == "files" else [digest]
                    )

    async def _keep(self, file: UploadFile) -> str:
        project = self.page.caller.project or (self.page.project or {}).get("id")
        stored = await self.page.parts.documents.put(
            await file.read(), name=file.filename, by=self.page.caller.name, project=project
        )
        return stored.sha256


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)
