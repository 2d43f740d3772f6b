"""How are stored events read by the million? What was checked when one was recorded is not again.

The patterns and bounds of its fields are half of the work of a fold. So an event is read as a
variant of its type, which has the same fields, but of plain types; personal fields hold any text.
"""

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import NODEFAULT, Struct

from ledger.kernel.messages import Event


@cache
def reader(kind: type[Event]) -> Callable[[msgspec.Raw | bytes], Any]:
    """What reads data that were written as `kind`, without checking their values."""
    return msgspec.json.Decoder(_variant(kind)).decode


@cache
def _variant(kind: type[Struct]) -> Any:
    hints = get_type_hints(kind, include_extras=True)
    fields = [(one, _plain(hints[one.name])) for one in msgspec.structs.fields(kind)]
    if all(type_ is hints[one.name] for one, type_ in fields):
        return kind
    return msgspec.defstruct(
        kind.__name__,
        [
            (one.name, type_) if one.required else (one.name, type_, _default(one))
            for one, type_ in fields
        ],
        bases=(kind,),
        module=kind.__module__,
        frozen=True,
        kw_only=True,
    )


def _default(one: msgspec.structs.FieldInfo) -> Any:
    if one.default is not NODEFAULT:
        return msgspec.field(default=one.default)
    return msgspec.field(default_factory=one.default_factory)


def _plain(hint: Any) -> Any:
    """The type without what its values must be like."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        sealed = any((getattr(meta, "extra", None) or {}).get("personal") for meta in inside[1:])
        return str if sealed else _plain(inside[0])
    if origin is Literal or not inside:
        is_struct = isinstance(hint, type) and issubclass(hint, Struct)
        return _variant(hint) if is_struct else hint
    plain = tuple(_plain(one) for one in inside)
    if all(one is other for one, other in zip(plain, inside, strict=True)):
        return hint
    return Union[plain] if origin in (Union, UnionType) else origin[plain]  # noqa: UP007
