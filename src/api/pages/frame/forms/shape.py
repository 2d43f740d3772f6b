"""Which fields does a command's form have? Derived from the types of its struct."""

from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import NODEFAULT, UNSET, Struct, inspect

from api.pages.frame.naming import in_order, value_kind
from ledger.aggregates.samples.state import Factor
from ledger.application.wishes import Common
from ledger.kernel.fields import Digest

Kind = Literal[
    "text",  # one line
    "long_text",  # several lines
    "money",
    "date",
    "whole",  # a whole number
    "decimal",
    "factor",  # a decimal number that is told as a text, to the digit
    "flag",  # yes or nothing
    "choice",  # one of a few values
    "choices",  # any of a few values
    "reference",  # an object, by its name
    "file",  # a document, kept by its digest
    "files",
    "group",  # fields that belong together
    "rows",  # any number of groups
    "list",  # any number of single fields
    "entries",  # names with a number each
]
# What the service finds out by itself, whatever a program might say.
NOT_ASKED = frozenset({"DrawSample.draw"})
LONG = 1000  # texts that may be longer get several lines


class Shape(Struct, frozen=True, kw_only=True):
    """A field of a form.

    `message`: the struct it stands in, for its name. `values` of the kind `value_kind`, or objects
    of the `collection`. `fields`: those of a group or a row; the one field of a list. `clearable`:
    what is known can be taken back.
    """

    name: str
    kind: Kind
    required: bool
    message: str
    values: tuple[str, ...] = ()
    value_kind: str = ""
    collection: str = ""
    longest: int | None = None
    least: float | None = None
    most: float | None = None
    personal: bool = False
    clearable: bool = False
    fields: tuple["Shape", ...] = ()


@cache
def shapes(kind: type[Struct]) -> tuple[Shape, ...]:
    """The fields of a struct, in their order; ids that only programs choose are left out."""
    found = []
    for field in msgspec.structs.fields(kind):
        if f"{kind.__name__}.{field.name}" in NOT_ASKED:
            continue
        needed = field.default is NODEFAULT and field.default_factory is NODEFAULT
        node = inspect.type_info(field.type)
        shape = _shape(node, field.name, needed, kind.__name__)
        if shape is not None:
            clearable = field.default is UNSET and _may_be_none(node)
            found.append(msgspec.structs.replace(shape, clearable=clearable))
    return tuple(found)


@cache
def common_shapes(*, needs_reason: bool) -> tuple[Shape, ...]:
    """What every command may say: from when, why, on what evidence."""
    found = {shape.name: shape for shape in shapes(Common)}
    reason = msgspec.structs.replace(found["reason"], required=needs_reason, kind="long_text")
    return (found["effective_on"], reason, found["evidence"])


_SIMPLE: dict[type[inspect.Type], Kind] = {
    inspect.DateType: "date",
    inspect.IntType: "whole",
    inspect.FloatType: "decimal",
    inspect.BoolType: "flag",
}


def _shape(node: inspect.Type, name: str, required: bool, message: str) -> Shape | None:
    constraints: dict[str, Any] = {}
    while isinstance(node, inspect.Metadata):
        constraints |= node.extra or {}
        node = node.type
    made: dict[str, Any] = {"name": name, "required": required, "message": message}
    match node:
        case inspect.UnionType(types=types):
            return _one_of(types, made)
        case inspect.StrType():
            return _text(node, made, constraints)
        case inspect.LiteralType(values=values):
            called = value_kind(values, name)
            made["values"] = in_order(values, called)
            return Shape(kind="choice", value_kind=called, **made)
        case inspect.StructType(cls=inner):
            return Shape(kind="group", fields=shapes(inner), **made)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return _many(item, made)
        case inspect.DictType(key_type=key, value_type=value):
            pair = (_shape(key, "key", False, ""), _shape(value, "value", False, ""))
            return Shape(kind="entries", fields=tuple(one for one in pair if one), **made)
        case _:
            if type(node) not in _SIMPLE:
                raise TypeError(f"{message}.{name}: no form knows {node}")
            bounds = {"least": getattr(node, "ge", None), "most": getattr(node, "le", None)}
            made |= bounds | {"personal": bool(constraints.get("personal"))}
            return Shape(kind=_SIMPLE[type(node)], **made)


def _one_of(types: tuple[inspect.Type, ...], made: dict[str, Any]) -> Shape | None:
    """Of several ways to say it the first that says something."""
    said = [one for one in types if not isinstance(one, inspect.NoneType | inspect.AnyType)]
    return _shape(said[0], made["name"], made["required"], made["message"]) if said else None


def _may_be_none(node: inspect.Type) -> bool:
    return isinstance(node, inspect.UnionType) and node.includes_none


def _text(node: inspect.StrType, made: dict[str, Any], constraints: dict[str, Any]) -> Shape | None:
    if constraints.get("money"):
        return Shape(kind="money", **made)
    if collection := constraints.get("ref"):
        return Shape(kind="reference", collection=collection, **made)
    if constraints.get("id") and not made["required"]:
        return None  # chosen by the service unless a program brings its own
    if node.pattern == _pattern_of(Digest):
        return Shape(kind="file", **made)
    if node.pattern == _pattern_of(Factor):
        return Shape(kind="factor", **made)
    kind: Kind = "long_text" if (node.max_length or 0) > LONG else "text"
    return Shape(
        kind=kind, longest=node.max_length, personal=bool(constraints.get("personal")), **made
    )


@cache
def _pattern_of(kind: Any) -> str | None:
    node = inspect.type_info(kind)
    assert isinstance(node, inspect.Metadata | inspect.StrType)
    inner = node.type if isinstance(node, inspect.Metadata) else node
    assert isinstance(inner, inspect.StrType)
    return inner.pattern


def _many(item: inspect.Type, made: dict[str, Any]) -> Shape | None:
    one = _shape(item, made["name"], False, made["message"])
    if one is None:  # ids within a list are always those of something
        one = Shape(name=made["name"], kind="text", required=False, message=made["message"])
    match one.kind:
        case "choice":
            return Shape(kind="choices", values=one.values, value_kind=one.value_kind, **made)
        case "group":
            return Shape(kind="rows", fields=one.fields, **made)
        case "file":
            return Shape(kind="files", **made)
        case _:
            return Shape(kind="list", fields=(one,), **made)
