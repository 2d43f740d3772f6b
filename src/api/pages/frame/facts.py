"""What does a row say? Its fields as facts for people: named, written, linked.

Derived from the row's struct, so that a new field of a read model is shown without a page being
changed.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct, inspect

from api.pages.frame.naming import value_kind
from api.pages.frame.page import Page

Kind = Literal[
    "text", "money", "day", "number", "percent", "flag", "value", "status", "link", "digest",
    "values", "parts", "entries",
]  # fmt: skip
# Said elsewhere on a page, or only for programs.
LEFT_OUT = frozenset({"id", "position", "version"})
SHARES = frozenset({"eu_share", "share", "confidence"})
# The number that a row's `explain` and its like explain.
EXPLAINED = {
    "explain": ("value", "paid", "achieved", "recorded", "done"),
    "explain_settled": ("settled",),
    "explain_planned": ("planned",),
    "explain_claimed": ("claimed",),
    "explain_approved": ("approved",),
    "explain_disallowed": ("disallowed",),
    "explain_remaining": ("remaining",),
}


class Fact(NamedTuple):
    """One fact: what it is called, what it is, and where it leads.

    `to`: the collection of a link, the kind of a value, the collection of a status, or the address
    of an explanation.
    """

    name: str
    label: str
    kind: Kind
    value: Any
    to: str = ""
    title: str = ""


class Table(NamedTuple):
    """Parts of an object, each with facts under the same heads."""

    title: str
    heads: list[str]
    rows: list[list[Fact]]


class _Field(NamedTuple):
    name: str
    kind: Kind
    to: str
    parts: type[Struct] | None


def facts_of(
    page: Page, kind: type[Struct], row: Mapping[str, Any], names: Sequence[str] = ()
) -> list[Fact]:
    """The facts of a row that are no tables; only those of `names`, if any are named."""
    found = []
    explained = _explanations(kind, row)
    for field in _fields(kind):
        value = row.get(field.name)
        if (names and field.name not in names) or field.kind == "parts":
            continue
        if value is None or value in ("", [], {}):
            continue
        to = field.to
        if field.kind in ("money", "number"):
            to = explained.get(field.name, "")
        title = str(row.get(f"{field.name}_name") or "") if field.kind == "link" else ""
        label = page.words.field(kind.__name__, field.name)
        found.append(Fact(field.name, label, field.kind, value, to, title))
    return found


def tables_of(page: Page, kind: type[Struct], row: Mapping[str, Any]) -> list[Table]:
    """The parts of an object, such as a team's members."""
    found = []
    for field in _fields(kind):
        rows = row.get(field.name)
        if field.kind != "parts" or not rows or field.parts is None:
            continue
        shown = [
            one.name
            for one in _fields(field.parts)
            if one.kind != "parts" and any(part.get(one.name) not in (None, "") for part in rows)
        ]
        heads = [page.words.field(field.parts.__name__, name) for name in shown]
        cells = [[_cell(page, field.parts, part, name) for name in shown] for part in rows]
        found.append(Table(page.words.field(kind.__name__, field.name), heads, cells))
    return found


def _cell(page: Page, kind: type[Struct], part: Mapping[str, Any], name: str) -> Fact:
    found = facts_of(page, kind, part, [name])
    return found[0] if found else Fact(name, "", "text", "")


def _explanations(kind: type[Struct], row: Mapping[str, Any]) -> dict[str, str]:
    """The address that explains a field, by the field's name."""
    names = kind.__struct_fields__
    found = {}
    for explain, numbers in EXPLAINED.items():
        for number in numbers:
            if row.get(explain) and number in names and number not in found:
                found[number] = row[explain]
                break
    return found


@cache
def _fields(kind: type[Struct]) -> tuple[_Field, ...]:
    names = kind.__struct_fields__
    found = []
    for field in msgspec.structs.fields(kind):
        name = field.name
        named_beside = name.endswith("_name") and name.removesuffix("_name") in names
        if name in LEFT_OUT or name.startswith("explain") or named_beside:
            continue
        made = _field(inspect.type_info(field.type), name)
        if made is not None:
            found.append(made)
    return tuple(found)


_SIMPLE: dict[type[inspect.Type], Kind] = {
    inspect.DictType: "entries",
    inspect.DateType: "day",
    inspect.BoolType: "flag",
    inspect.IntType: "number",
    inspect.FloatType: "number",
}


def _field(node: inspect.Type, name: str) -> _Field | None:
    extra: dict[str, Any] = {}
    while isinstance(node, inspect.Metadata):
        extra |= node.extra or {}
        node = node.type
    if isinstance(node, inspect.UnionType):
        said = [one for one in node.types if not isinstance(one, inspect.NoneType)]
        return _field(said[0], name)
    if name == "status" or name in SHARES:
        return _Field(name, "status" if name == "status" else "percent", "", None)
    if extra.get("id"):  # an id that refers to nothing is for programs
        return _Field(name, "link", extra["ref"], None) if "ref" in extra else None
    match node:
        case inspect.StrType() | inspect.AnyType():
            return _Field(name, _kind_of_text(node, extra), "", None)
        case inspect.LiteralType(values=values):
            return _Field(name, "value", value_kind(values, name), None)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return _many(item, name)
        case _:
            kind = _SIMPLE.get(type(node))
            return None if kind is None else _Field(name, kind, "", None)


def _kind_of_text(node: inspect.Type, extra: Mapping[str, Any]) -> Kind:
    pattern = getattr(node, "pattern", None) or ""
    if extra.get("money") or pattern.endswith(r"\.\d{2}$"):
        return "money"
    return "digest" if pattern == "^[0-9a-f]{64}$" else "text"


def _many(item: inspect.Type, name: str) -> _Field | None:
    if isinstance(item, inspect.StructType):
        return _Field(name, "parts", "", item.cls)
    one = _field(item, name)
    return None if one is None else _Field(name, "values", one.to, None)
