"""What did a browser send? A form's fields as the body of a command, and where each came from.

Fields of groups and rows are named by their path with dashes: `charges-0-eligible`. Rows that were
left blank are no part of the body, so a path in it may have another number than in the form.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.frame.forms import typed
from api.pages.frame.forms.shape import Shape

ROWS_LIMIT = 200


class Sent:
    """The fields of a form as texts, by their names; a name may stand there more than once."""

    def __init__(self, fields: Mapping[str, Sequence[str]], lang: str) -> None:
        self.fields = {name: list(texts) for name, texts in fields.items()}
        self.lang = lang
        # From a path of the body, such as `charges[0].eligible`, to the field's name.
        self.names: dict[str, str] = {}

    def text(self, name: str) -> str:
        """What stands in a field; nothing where there is none."""
        return next(iter(self.fields.get(name, ())), "").strip()

    def texts(self, name: str) -> list[str]:
        """All that was chosen under a name."""
        return [text for text in self.fields.get(name, ()) if text]

    def rows(self, name: str) -> list[int]:
        """The numbers of the rows of that name, in order."""
        found = set()
        for field in self.fields:
            head = field.removeprefix(f"{name}-").partition("-")[0]
            if field.startswith(f"{name}-") and head.isascii() and head.isdigit():
                found.add(int(head[:4]))
        return sorted(found)[:ROWS_LIMIT]

    def body(self, shapes: Sequence[Shape], prefix: str = "", path: str = "") -> dict[str, Any]:
        """The body of the command, without what was left blank."""
        found = {}
        for shape in shapes:
            name = f"{prefix}{shape.name}"
            where = f"{path}.{shape.name}" if path else shape.name
            value = self._value(shape, name, where)
            self.names[where] = name
            if value is not None:
                found[shape.name] = value
        return found

    def _value(self, shape: Shape, name: str, path: str) -> Any:
        match shape.kind:
            case "group":
                return self.body(shape.fields, f"{name}-", path) or ({} if shape.required else None)
            case "rows":
                return self._rows(shape, name, path)
            case "list":
                return self._list(shape, name, path)
            case "entries":
                return self._entries(shape, name, path)
            case "choices" | "files":
                return self.texts(name) or ([] if shape.required else None)
            case "flag":
                return True if self.text(name) else (False if shape.required else None)
            case _:
                return self._single(shape, self.text(name))

    def _single(self, shape: Shape, text: str) -> Any:
        if not text:
            return None
        match shape.kind:
            case "money" | "factor":
                return typed.amount(text, self.lang)
            case "whole":
                return typed.whole(text)
            case "decimal":
                return typed.decimal(text, self.lang)
            case "date":
                return typed.day(text)
            case _:
                return text

    def _rows(self, shape: Shape, name: str, path: str) -> Any:
        found: list[Any] = []
        for number in self.rows(name):
            if self._said(shape.fields, f"{name}-{number}-"):
                found.append(self.body(shape.fields, f"{name}-{number}-", f"{path}[{len(found)}]"))
        return found or ([] if shape.required else None)

    def _said(self, shapes: Sequence[Shape], prefix: str) -> bool:
        """Whether somebody entered anything; a choice that is made beforehand says nothing."""
        return any(
            self.text(f"{prefix}{shape.name}") or self.text(f"{prefix}{shape.name}{TYPED}")
            for shape in shapes
            if shape.kind != "choice" or shape.required
        )

    def _list(self, shape: Shape, name: str, path: str) -> Any:
        found: list[Any] = []
        for number in self.rows(name):
            own = f"{name}-{number}"
            value = self._single(shape.fields[0], self.text(own))
            if value is not None:
                self.names[f"{path}[{len(found)}]"] = own
                found.append(value)
        return found or ([] if shape.required else None)

    def _entries(self, shape: Shape, name: str, path: str) -> Any:
        found = {}
        for number in self.rows(name):
            own = f"{name}-{number}-"
            key, value = (self._single(one, self.text(own + one.name)) for one in shape.fields)
            if key or value is not None:
                self.names[f"{path}.{key}"] = f"{own}value"
                found[key] = value
        return found

    def name_of(self, path: str) -> str | None:
        """The field that a path of the body came from, or the nearest one around it."""
        while path:
            if path in self.names:
                return self.names[path]
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return None


TYPED = "-typed"  # what was typed to find an object by its name
