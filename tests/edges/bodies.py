"""A body for every command, made from the types of its fields: well formed, if not always true."""

from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import uuid4

from msgspec import inspect

from ledger.kernel.intake import Reference, read
from ledger.kernel.messages import Command

# What the service adds itself.
MADE_BY_US = frozenset({"draw"})


def body_of(kind: type[Command], ids: dict[str, str]) -> dict[str, Any]:
    """Every field of the command, optional ones too; `ids` names an object of each collection."""
    found = {name: _value(of, ids) for name, of in _fields(kind) if name not in MADE_BY_US}
    return found | ({"reason": "tak postanowiono"} if kind.terms.needs_reason else {})


@cache
def _fields(kind: type) -> list[tuple[str, inspect.Type]]:
    found = inspect.type_info(kind)
    assert isinstance(found, inspect.StructType)
    return [(field.encode_name, field.type) for field in found.fields]


def _value(node: inspect.Type, ids: dict[str, str]) -> Any:
    match node:
        case inspect.Metadata(type=inner, extra=extra, extra_json_schema=schema):
            if (extra or {}).get("id"):
                return ids.get((extra or {}).get("ref", ""), str(uuid4()))
            examples = (schema or {}).get("examples") or [None]
            return _value(inner, ids) if examples[0] is None else _plain(examples[0])
        case inspect.UnionType(types=types):
            return _value(next(t for t in types if not isinstance(t, _NOTHING)), ids)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return [_value(item, ids)]
        case inspect.DictType(key_type=key, value_type=value):
            return {str(_value(key, ids)): _value(value, ids)}
        case inspect.StructType(fields=fields):
            return {f.encode_name: _value(f.type, ids) for f in fields}
        case inspect.LiteralType(values=values):
            return values[0]
        case _:
            return _simple(node)


_NOTHING = (inspect.NoneType,)


def _simple(node: inspect.Type) -> Any:
    kinds: dict[type[inspect.Type], Any] = {
        inspect.StrType: "x", inspect.BoolType: False, inspect.IntType: 1, inspect.FloatType: 1,
        inspect.DateType: "2019-05-13",
    }  # fmt: skip
    return kinds[type(node)]


def _plain(example: Any) -> Any:
    return example if isinstance(example, str | int | float) else str(example)


def references(kind: type[Command], body: dict[str, Any]) -> list[Reference]:
    """The fields of a body that refer to other objects."""
    own = {name: value for name, value in body.items() if name != "reason"}
    return read(kind, own)[1]


def replaced(body: Any, old: str, new: str) -> Any:
    """The body with another id wherever that one stands."""
    if isinstance(body, dict):
        return {name: replaced(one, old, new) for name, one in body.items()}
    if isinstance(body, list):
        return [replaced(one, old, new) for one in body]
    return new if body == old else body


def texts(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where texts stand in a body."""
    if isinstance(body, dict):
        for name, one in body.items():
            yield from texts(one, (*path, name))
    elif isinstance(body, list):
        for index, one in enumerate(body):
            yield from texts(one, (*path, index))
    elif isinstance(body, str):
        yield path
