"""Where may people write what they like? The free texts of a message, found by their type."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from msgspec import Struct, inspect

Text = tuple[str, str]  # its path, such as `parties[0].signed_by`, and what it says
_Walk = Callable[[Any, str], Iterator[Text]]


def prose(kind: type[Struct], raw: Any) -> Iterator[Text]:
    """The free texts in `raw` (decoded JSON), which is to become a message of that kind."""
    walk = _walk_of(kind)
    return walk(raw, "") if walk else iter(())


@cache
def _walk_of(kind: type[Any]) -> _Walk | None:
    return _walk(inspect.type_info(kind))


def _walk(node: inspect.Type) -> _Walk | None:
    match node:
        case inspect.Metadata(type=inner, extra=extra):
            return _text if extra and extra.get("prose") else _walk(inner)
        case inspect.StructType(fields=fields):
            inside = {f.encode_name: one for f in fields if (one := _walk(f.type))}
            return _object(inside) if inside else None
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return _list(one) if (one := _walk(item)) else None
        case inspect.UnionType(types=types):
            return next((one for t in types if (one := _walk(t))), None)
        case _:
            return None


def _text(value: Any, path: str) -> Iterator[Text]:
    if isinstance(value, str):
        yield path, value


def _object(inside: dict[str, _Walk]) -> _Walk:
    def walk(value: Any, path: str) -> Iterator[Text]:
        if isinstance(value, dict):
            for name, one in inside.items():
                if name in value:
                    yield from one(value[name], f"{path}.{name}" if path else name)

    return walk


def _list(inside: _Walk) -> _Walk:
    def walk(value: Any, path: str) -> Iterator[Text]:
        if isinstance(value, list):
            for index, one in enumerate(value):
                yield from inside(one, f"{path}[{index}]")

    return walk
