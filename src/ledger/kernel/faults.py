"""What is wrong with a message that cannot be read? Every bad field, each by itself.

Looked for only when reading failed: msgspec says no more than the first thing that it meets.
"""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Struct, UnsetType

from ledger.kernel.errors import FieldError


def faults(kind: Any, value: Any, path: str = "") -> Iterator[FieldError]:
    """The bad fields of a value (decoded JSON) that is to become `kind`, at any depth."""
    try:
        msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        inner = list(_inside(_bare(kind, value), value, path))
        yield from inner or [_as_field(str(error), path)]


def join(path: str, name: str) -> str:
    """The path of what is called so within `path`; an index such as `[0]` follows it directly."""
    return f"{path}.{name}" if path and name[:1] != "[" else f"{path}{name}"


def _bare(kind: Any, value: Any) -> Any:
    """The type without its notes, and of alternatives the one that the value may be meant for."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        wanted = dict if isinstance(value, dict) else list
        some = [_bare(one, value) for one in get_args(kind) if one not in (NoneType, UnsetType)]
        return next((one for one in some if _is_like(one, wanted)), some[0])
    return kind


def _is_like(kind: Any, wanted: type) -> bool:
    return wanted is dict if _is_struct(kind) else get_origin(kind) in (tuple, wanted)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _inside(kind: Any, value: Any, path: str) -> Iterator[FieldError]:
    if isinstance(value, dict) and _is_struct(kind):
        yield from _in_struct(kind, value, path)
    elif isinstance(value, dict) and get_origin(kind) is dict:
        names, values = get_args(kind)
        for name, one in value.items():
            yield from faults(names, name, join(path, name))
            yield from faults(values, one, join(path, name))
    elif isinstance(value, list) and get_origin(kind) in (tuple, list):
        for index, item in enumerate(value):
            yield from faults(get_args(kind)[0], item, f"{path}[{index}]")


def _in_struct(kind: type[Struct], value: dict[str, Any], path: str) -> Iterator[FieldError]:
    fields = {one.name: one for one in msgspec.structs.fields(kind)}
    for name, one in sorted(fields.items()):
        if one.required and name not in value:
            yield FieldError(join(path, name), "is required")
    if kind.__struct_config__.forbid_unknown_fields:
        for name in sorted(value.keys() - fields.keys()):
            yield FieldError(join(path, name), "is not a field of this command")
    for name, one in fields.items():
        if name in value:
            yield from faults(one.type, value[name], join(path, name))


def _as_field(message: str, path: str) -> FieldError:
    """msgspec's sentence ``Expected `int` - at `$.hours``` as field and reason."""
    text, _, where = message.partition(" - at `")
    field = where.rstrip("`").removeprefix("$").removeprefix(".")
    if "Invalid RFC3339 encoded date" in text:
        text = "a date such as 2019-05-13 is expected"
    if "matching regex '\\\\S'" in text or "matching regex '\\S'" in text:
        text = "must not be blank"
    return FieldError(join(path, field) if field else path, text)
