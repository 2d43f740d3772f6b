"""What every form does: takes what a browser sends, finds what was named, says what is wrong."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import uuid4

from litestar.datastructures import UploadFile
from msgspec import Struct

from api.pages.frame.forms import choices
from api.pages.frame.forms.choices import Option
from api.pages.frame.forms.drawing import ASKED, Drawing, Drawn
from api.pages.frame.forms.reading import TYPED, Sent
from api.pages.frame.forms.shape import Shape, shapes
from api.pages.frame.page import Page
from api.pages.frame.refusals import field_error, told
from ledger.application import Wish, cautions
from ledger.kernel.errors import Invalid, KeyReused, LedgerError, Refusal
from ledger.kernel.intake import read

UPLOAD = "-file"
KEY = "form-key"
CAUTIONED = "form-cautioned"
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


S = TypeVar("S", bound=Struct)


class Form:
    """A form on a page: its fields are those of `_shapes`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent = Sent({}, page.lang)
        self.problem = Problem()
        # Texts that look like personal data: for each field why, and in one word which fields.
        self.cautions: dict[str, list[str]] = {}
        self.cautioned = ""
        # A form that is sent twice is recorded once.
        self.key = str(uuid4())
        self._candidates: dict[str, list[Option]] = {}

    @property
    def _shapes(self) -> tuple[Shape, ...]:
        return ()

    async def receive(self) -> bool:
        """Reads what the browser sent; whether it is all there, to be recorded."""
        form = await self.page.request.form()
        texts = {name: [v for v in form.getall(name) if isinstance(v, str)] for name in form}
        self.sent = Sent(texts, self.page.lang)
        self.key = self.sent.text(KEY) or self.key
        if added := self.sent.text("form-add"):
            number = max(self.sent.rows(added), default=-1) + 1
            self.sent.fields[f"{added}-{number}-"] = [""]
            return False
        await self._find_references(self._shapes)
        await self._keep_files(form)
        return not self.problem

    def thought_over(self, wish: Wish) -> bool:
        """Whether no text looks like personal data, or somebody was told and left it so.

        What is recorded cannot be erased, so it is said at the fields before that, once.
        """
        found = cautions(wish)
        names = [self.sent.name_of(one.field) or one.field for one in found]
        self.cautioned = " ".join(sorted(names))
        if not found or self.cautioned == self.sent.text(CAUTIONED):
            return True
        for name, one in zip(names, found, strict=True):
            self.cautions.setdefault(name, []).append(field_error(self.page.words, one))
        return False

    def label_of(self, name: str) -> str:
        """What the field of that name is called; within rows, with the number of the row."""
        *path, last = name.split("-")
        numbers = [int(part) + 1 for part in [*path, last] if part.isdigit()]
        names = [part for part in [*path, last] if not part.isdigit()]
        label = self.page.words.name("field", names[-1])
        return f"{label} ({numbers[-1]})" if numbers else label

    def _drawing(self, place: tuple[str, str], row: dict[str, Any]) -> Drawing:
        """What draws the fields; `place`: the collection and the command, `row`: the object."""
        return Drawing(
            self.page,
            self.sent,
            errors=self.problem.fields,
            cautions=self.cautions,
            place=place,
            row=row,
            candidates=self._candidates,
        )

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
        if collides is not None and collides.id not in self.page.path:
            self.problem.collides = (collides.collection, collides.id)

    def _field_of(self, error: LedgerError) -> str:
        """The field that a refusal is about."""
        names = [shape.name for shape in self._shapes]
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


class StructForm(Form):
    """The form of a struct that is no command; sent, it is read like a program's request."""

    def __init__(self, page: Page, kind: type[Struct], *without: str) -> None:
        super().__init__(page)
        self.kind = kind
        self._own = tuple(one for one in shapes(kind) if one.name not in without)

    @property
    def _shapes(self) -> tuple[Shape, ...]:
        return self._own

    async def drawn(self, *names: str) -> Sequence[Drawn]:
        """The fields as they are shown; only those of `names`, if any are named."""
        wanted = [one for one in self._own if not names or one.name in names]
        return await self._drawing(("", ""), {}).fields(wanted)

    async def read(self, kind: type[S]) -> S | None:
        """What was filled in; None where something is wrong with it."""
        if not await self.receive():
            return None
        try:
            return read(kind, self.sent.body(self._own))[0]
        except Invalid as error:
            self._tell(error)
            return None

    def tell(self, error: LedgerError) -> None:
        """Puts what was refused where it belongs."""
        self._tell(error)
