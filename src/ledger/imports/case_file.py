"""What does a case file hold? Commands, with names in the place of identifiers.

A case file is YAML (a mapping with `case` and `commands`, or a plain list of commands) or JSON
lines. A command is written as in a batch: `{path: /api/teams/…/appoint, body: {…}}`. A text that
is `@name` stands for an id that is derived from the name, the same in every file.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from ledger.application import Wish
from ledger.kernel.errors import Malformed

NAMES = uuid.UUID("6b0f4f0a-7a53-5c7e-9d3e-0f1d5a2c9b11")
CASE_LIMIT_BYTES = 100 * 1024 * 1024


def id_of(name: str) -> str:
    """The id that `@name` stands for (UUID version 5, RFC 9562)."""
    return str(uuid.uuid5(NAMES, name.removeprefix("@")))


def read_case_file(path: Path) -> list[Wish]:
    """The commands of the file, in order. Raises `Malformed` where it cannot be read."""
    if path.stat().st_size > CASE_LIMIT_BYTES:
        raise Malformed(why=f"{path.name} is larger than {CASE_LIMIT_BYTES} bytes.")
    try:
        raw = list(_entries(path))
    except (yaml.YAMLError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(why=f"{path.name}: {error}") from None
    return [_wish(path.name, index, one) for index, one in enumerate(raw, 1)]


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a date stays the text that it is written as."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _entries(path: Path) -> Iterator[Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix in {".jsonl", ".ndjson", ".json"}:
        for line in text.splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield msgspec.json.decode(line)
        return
    found = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader underneath
    commands = found.get("commands") if isinstance(found, dict) else found
    if not isinstance(commands, list):
        raise Malformed(why=f"{path.name}: a list of commands is expected.")
    yield from commands


def _wish(file: str, index: int, entry: Any) -> Wish:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise Malformed(why=f"{file}: command {index} needs a path and a body.")
    try:
        return wish_of(_named(entry["path"]), _replaced(entry.get("body") or {}))
    except Malformed as error:
        raise Malformed(why=f"{file}: command {index}: {error.facts['why']}") from None


def wish_of(path: str, body: Any) -> Wish:
    """The command that a path such as `/api/teams/{id}/appoint` names."""
    match path.strip("/").split("/"):
        case ["api", collection]:
            return Wish(collection=collection, command="create", body=body)
        case ["api", collection, id, command]:
            return Wish(collection=collection, command=command, id=id.lower(), body=body)
        case _:
            raise Malformed(why=f"{path!r} is not the path of a command.")


def _named(path: str) -> str:
    return "/".join(id_of(p) if p.startswith("@") else p for p in path.split("/"))


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return id_of(value) if value.startswith("@") and not value.startswith("@@") else value
    if isinstance(value, dict):
        return {_replaced(name): _replaced(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one) for one in value]
    return value
