"""How does a form look? Its fields, filled and with what can be chosen, ready for a template."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from api.pages.frame.forms import choices
from api.pages.frame.forms.choices import Option
from api.pages.frame.forms.offers import offered
from api.pages.frame.forms.reading import TYPED, Sent
from api.pages.frame.forms.shape import Shape
from api.pages.frame.naming import HINTS
from api.pages.frame.page import Page
from api.pages.frame.words import later

ASKED = "-asked"  # the typed text for which the choice beside it was made
FEW_RADIOS = 4
# What the names in a field are names of, and what the numbers are.
ENTRIES = {
    "values": (later("Code of the criterion"), later("Value")),
    "deviations": (later("Stratum"), later("Standard deviation")),
}
OTHER_ENTRIES = (later("Code"), later("Number"))
SHORT = 130  # texts up to so many characters stand side by side


class Drawn(Struct, frozen=True, kw_only=True):
    """A field as it is shown; `rows` are those of rows, lists and entries, `fields` a group's."""

    shape: Shape
    name: str
    kind: str
    label: str
    hint: str
    required: bool
    wide: bool
    value: str = ""
    values: tuple[str, ...] = ()
    typed: str = ""
    options: tuple[Option, ...] = ()
    errors: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    fields: tuple["Drawn", ...] = ()
    rows: tuple[tuple["Drawn", ...], ...] = ()


class Drawing:
    """Draws the fields of one form; what can be chosen is asked for once."""

    def __init__(
        self,
        page: Page,
        sent: Sent,
        *,
        errors: dict[str, list[str]],
        cautions: dict[str, list[str]],
        place: tuple[str, str],
        row: dict[str, Any],
        candidates: dict[str, list[Option]],
    ) -> None:
        self._page, self._sent = page, sent
        self._errors, self._cautions = errors, cautions
        self._place, self._row, self._candidates = place, row, candidates
        self._few: dict[str, list[Option] | None] = {}

    async def fields(self, shapes: Sequence[Shape], prefix: str = "") -> tuple[Drawn, ...]:
        """The fields, in their order."""
        return tuple([await self._field(shape, f"{prefix}{shape.name}") for shape in shapes])

    async def _field(self, shape: Shape, name: str, **more: Any) -> Drawn:
        made: dict[str, Any] = {
            "shape": shape,
            "name": name,
            "kind": shape.kind,
            "label": self._page.words.field(shape.message, shape.name),
            "hint": self._hint(shape),
            "required": shape.required,
            "wide": _is_wide(shape),
            "value": self._sent.text(name),
            "errors": tuple(self._errors.get(name, ())),
            "cautions": tuple(self._cautions.get(name, ())),
            **more,
        }
        match shape.kind:
            case "group":
                made["fields"] = await self.fields(shape.fields, f"{name}-")
            case "rows":
                made["rows"] = [
                    await self.fields(shape.fields, f"{name}-{number}-")
                    for number in self._numbers(name)
                ]
            case "list":
                made["rows"] = [
                    (await self._field(shape.fields[0], f"{name}-{number}", hint=""),)
                    for number in self._numbers(name)
                ]
            case "entries":
                made["rows"] = await self._entries(shape, name)
            case "choices" | "files":
                made["values"] = tuple(self._sent.texts(name))
            case _:
                pass
        if shape.kind in ("choice", "choices"):
            made |= self._choice(shape)
        elif shape.kind == "reference":
            made |= await self._reference(shape, name)
        elif offers := await self._offers(shape, name):
            made |= {"kind": "select", "options": tuple(offers)}
        return Drawn(**made)

    def _hint(self, shape: Shape) -> str:
        text = HINTS.get(f"{shape.message}.{shape.name}") or HINTS.get(shape.name)
        return str(self._page.words.translations.upgettext("hint", text)) if text else ""

    def _numbers(self, name: str) -> list[int]:
        return self._sent.rows(name) or [0]

    def _choice(self, shape: Shape) -> dict[str, Any]:
        named = [
            Option(value, self._page.words.name(shape.value_kind, value)) for value in shape.values
        ]
        if shape.kind == "choices":
            return {"options": tuple(named)}
        radios = shape.required and len(named) <= FEW_RADIOS
        return {"kind": "radios" if radios else "select", "options": tuple(named)}

    async def _offers(self, shape: Shape, name: str) -> list[Option]:
        """The parts of the object that the field can name; also within a list of them."""
        field = name.partition("-")[0]
        return await offered(self._page, *self._place, field, self._row) if self._row else []

    async def _reference(self, shape: Shape, name: str) -> dict[str, Any]:
        if offers := await self._offers(shape, name):
            return {"kind": "select", "options": tuple(offers)}
        if shape.collection not in self._few:
            self._few[shape.collection] = await choices.few(self._page, shape.collection)
        all_of_them = self._few[shape.collection]
        if all_of_them is not None:
            return {"kind": "select", "options": tuple(all_of_them)}
        typed = self._sent.text(name + TYPED)
        if found := self._candidates.get(name):
            return {"kind": "candidates", "options": tuple(found), "typed": typed}
        value = self._sent.text(name)
        chosen = await choices.one(self._page, shape.collection, value) if value else None
        return {
            "typed": chosen.label if chosen else typed,
            "value": chosen.value if chosen else "",
            "options": (chosen,) if chosen else (),
        }

    async def _entries(self, shape: Shape, name: str) -> list[tuple[Drawn, ...]]:
        said = ENTRIES.get(shape.name, OTHER_ENTRIES)
        drawn = []
        for number in self._numbers(name):
            pair = [
                await self._field(
                    one,
                    f"{name}-{number}-{one.name}",
                    label=self._page.say(label),
                    hint="",
                    wide=False,
                )
                for one, label in zip(shape.fields, said, strict=True)
            ]
            drawn.append(tuple(pair))
        return drawn


def _is_wide(shape: Shape) -> bool:
    """Whether the field stands alone in its line."""
    if shape.kind in ("long_text", "choices", "group", "rows", "list", "entries", "files", "file"):
        return True
    return shape.kind == "text" and (shape.longest or 0) > SHORT
