"""Which fields of a message identify a person? Those marked `personal`; at rest they are sealed.

A sealed field is one line of ASCII that says whose it is, of which version of the stream and of
which field; the rest is ciphertext (see `ledger.privacy.sealing`). Events are stored, folded and
read with sealed fields; only decisions and answers see what is in them.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple, get_type_hints

import msgspec
from msgspec import Struct, inspect

SEALED_MARK = "sealed-1:"
ERASED = "[erased]"  # what is shown in the place of a text whose key was destroyed


class Place(NamedTuple):
    """Where a sealed text belongs; elsewhere it cannot be opened."""

    stream: str
    version: int
    field: str


@cache
def personal_fields(kind: type[Struct]) -> Mapping[str, Any]:
    """The fields of a message that identify a person, each with its type."""
    hints = get_type_hints(kind, include_extras=True)
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return {f.name: hints[f.name] for f in described.fields if _is_personal(f.type)}


def _is_personal(node: inspect.Type) -> bool:
    match node:
        case inspect.Metadata(type=inner, extra=extra):
            return bool(extra and extra.get("personal")) or _is_personal(inner)
        case inspect.UnionType(types=types):
            return any(map(_is_personal, types))
        case _:
            return False


def plain(value: Any) -> str:
    """The value of a personal field as the text that is sealed."""
    return value.isoformat() if isinstance(value, date) else str(value)


def typed(kind: type[Struct], field: str, text: str) -> Any:
    """The value that the text stands for."""
    return msgspec.convert(text, personal_fields(kind)[field])


def erased(field_type: Any) -> str | None:
    """What is shown instead of an erased value: a marker for a text, nothing for a date."""
    try:
        msgspec.convert(ERASED, field_type)
    except msgspec.ValidationError:
        return None
    return ERASED
