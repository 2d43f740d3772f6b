"""How does JSON become a message? Values are brought into their one written form, then checked.

An id or a digest may come in upper case and an amount as an integer or with fewer places; what is
stored is always the canonical text. Every bad field is named with its path, such as
`parties[0].institution`.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import inspect

from ledger.kernel.errors import FieldError, Invalid
from ledger.kernel.faults import faults, join
from ledger.kernel.fields import AMOUNT_PATTERN, UUID_PATTERN
from ledger.kernel.personal import SEALED_MARK

T = TypeVar("T")


class Reference(NamedTuple):
    """A field of a message that refers to an object of a collection."""

    field: str
    collection: str
    id: str


class _Notes(NamedTuple):
    errors: list[FieldError]
    references: list[Reference]


# A field's value, the path of what holds it, its name there, and where to note what is found.
_Step = Callable[[Any, str, str, _Notes], Any]
_UUID = re.compile(UUID_PATTERN)
_AMOUNT = re.compile(AMOUNT_PATTERN.strip("^$"), re.ASCII)
_LOOSE_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]*)?")


def read(kind: type[T], raw: Any) -> tuple[T, list[Reference]]:
    """The message of that kind, which forbids unknown fields, and the references that it makes.

    `raw` is decoded JSON. Raises `Invalid` with every bad field that could be told.
    """
    if not isinstance(raw, dict):
        raise Invalid.field("", "an object is expected")
    notes = _Notes([], [])
    step = _plan(kind)  # type: ignore[arg-type]  # a class is hashable
    tidy = step(raw, "", "", notes) if step else raw
    if _may_hold_forbidden(tidy):
        _forbid(tidy, "", notes)
    if not notes.errors:
        try:
            return msgspec.convert(tidy, kind, strict=True), notes.references
        except msgspec.ValidationError:
            pass  # all that is wrong is looked for
    named = {one.field for one in notes.errors}
    raise Invalid([*notes.errors, *(one for one in faults(kind, tidy) if one.field not in named)])


def _may_hold_forbidden(value: Any) -> bool:
    """A quick look; it may say yes wrongly, but never no."""
    try:
        text = msgspec.json.encode(value)
        return b"\\u0000" in text or SEALED_MARK.encode() in text
    except (OverflowError, RecursionError, TypeError, ValueError):
        return True


def _forbid(value: Any, path: str, notes: _Notes) -> None:
    """PostgreSQL's text cannot hold U+0000; and nobody hands in what looks sealed already."""
    if isinstance(value, str):
        if "\x00" in value:
            notes.errors.append(FieldError(path, "must not contain the character U+0000"))
        if SEALED_MARK in value:
            notes.errors.append(FieldError(path, f"must not contain {SEALED_MARK!r}"))
    elif isinstance(value, dict):
        for name, one in value.items():
            _forbid(name, path, notes)
            _forbid(one, join(path, name), notes)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            _forbid(one, f"{path}[{index}]", notes)


@cache
def _plan(kind: type[Any]) -> _Step | None:
    return _step(inspect.type_info(kind))


def _step(node: inspect.Type) -> _Step | None:
    match node:
        case inspect.Metadata(type=inner, extra=extra):
            return _marked(extra or {}) or _step(inner)
        case inspect.StructType(fields=fields):
            steps = {f.encode_name: s for f in fields if (s := _step(f.type))}
            return _object_step(steps) if steps else None
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return _list_step(inner_step) if (inner_step := _step(item)) else None
        case inspect.DictType(key_type=key, value_type=value):
            steps_of_both = _step(key), _step(value)
            return _mapping_step(*steps_of_both) if any(steps_of_both) else None
        case inspect.UnionType(types=types):
            steps_of_any = [s for t in types if (s := _step(t))]
            return steps_of_any[0] if steps_of_any else None
        case _:
            return None


def _marked(extra: dict[str, Any]) -> _Step | None:
    if extra.get("money"):
        return _money_step
    if extra.get("id"):
        return _id_step(extra.get("ref"))
    if places := extra.get("places"):
        return _places_step(places)
    if extra.get("digest"):
        return _digest_step
    return _label_step if extra.get("label") else None


def _object_step(steps: dict[str, _Step]) -> _Step:
    def run(value: Any, path: str, name: str, notes: _Notes) -> Any:
        if not isinstance(value, dict):
            return value
        tidy, here = dict(value), join(path, name)
        for field, step in steps.items():
            if field in tidy:
                tidy[field] = step(tidy[field], here, field, notes)
        return tidy

    return run


def _list_step(step: _Step) -> _Step:
    def run(value: Any, path: str, name: str, notes: _Notes) -> Any:
        if not isinstance(value, list):
            return value
        here = join(path, name)
        return [step(one, here, f"[{index}]", notes) for index, one in enumerate(value)]

    return run


def _mapping_step(of_key: _Step | None, of_value: _Step | None) -> _Step:
    def run(value: Any, path: str, name: str, notes: _Notes) -> Any:
        if not isinstance(value, dict):
            return value
        tidy, here = {}, join(path, name)
        for key, one in value.items():
            tidy_key = of_key(key, here, key, notes) if of_key else key
            tidy[tidy_key] = of_value(one, here, key, notes) if of_value else one
        return tidy

    return run


def _id_step(collection: str | None) -> _Step:
    def run(value: Any, path: str, name: str, notes: _Notes) -> Any:
        if not isinstance(value, str):
            return value
        tidy = value.lower()
        if not _UUID.fullmatch(tidy):
            wrong = FieldError(join(path, name), "an identifier (UUID) is expected")
            notes.errors.append(wrong)
        elif collection:
            notes.references.append(Reference(join(path, name), collection, tidy))
        return tidy

    return run


def _places_step(places: int) -> _Step:
    def run(value: Any, path: str, name: str, notes: _Notes) -> Any:
        if isinstance(value, float) and round(value, places) != value:
            wrong = f"at most {places} decimals are allowed"
            notes.errors.append(FieldError(join(path, name), wrong))
        return value

    return run


def _digest_step(value: Any, _path: str, _name: str, _notes: _Notes) -> Any:
    return value.lower() if isinstance(value, str) else value


def _label_step(value: Any, _path: str, _name: str, _notes: _Notes) -> Any:
    """Task 3 is `3`, whether it comes as a number or as text; outer blanks are no part of it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else value


def _money_step(value: Any, path: str, name: str, notes: _Notes) -> Any:
    if value is None or (isinstance(value, str) and _AMOUNT.fullmatch(value)):
        return value
    try:
        return _two_places(value)
    except _NoAmount as wrong:
        notes.errors.append(FieldError(join(path, name), str(wrong)))
        return "0.00"


class _NoAmount(Exception):
    """Not an amount; its text says why."""


def _two_places(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise _NoAmount('an amount is a decimal string such as "12893583.46" or an integer')
    if not _LOOSE_AMOUNT.fullmatch(value):
        raise _NoAmount(f"{value[:40]!r} is not an amount")
    whole, _, places = value.partition(".")
    if whole.startswith("-"):
        raise _NoAmount("an amount must not be negative")
    if len(places.rstrip("0")) > 2:
        raise _NoAmount("an amount has at most two decimal places")
    whole = whole.lstrip("0") or "0"
    if len(whole) > 13:
        raise _NoAmount("the amount is too large")
    return f"{whole}.{places[:2]:0<2}"
