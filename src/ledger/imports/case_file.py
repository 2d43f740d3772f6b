"""What does a case file hold? Commands, with names in the place of identifiers.

A case file is YAML (a mapping with `case` and `commands`, or a plain list of commands) or JSON
lines. A command is written as in a batch: `{path: /api/teams/…/appoint, body: {…}}`, and may name
who gave it: `as: NAME`, else whoever loads the file. A text that is `@name` stands for an id that
is derived from the name, the same in every file.
"""

import hashlib
import uuid
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml
from msgspec.structs import replace

from ledger import catalogue
from ledger.application import Wish
from ledger.kernel.errors import Malformed
from ledger.kernel.personal import personal_fields

NAMES = uuid.UUID("6b0f4f0a-7a53-5c7e-9d3e-0f1d5a2c9b11")
CASE_LIMIT_BYTES = 100 * 1024 * 1024


def id_of(name: str) -> str:
    """The id that `@name` stands for (UUID version 5, RFC 9562)."""
    return str(uuid.uuid5(NAMES, name.removeprefix("@")))


class Entry(NamedTuple):
    """A command of a case file, as the file names it and as the ledger reads it."""

    path: str
    wish: Wish
    digest: str


class Case(NamedTuple):
    """What a file tells; a file that gives its case no name shares the empty one."""

    name: str
    entries: list[Entry]

    def keys(self) -> list[str]:
        """What tells each command from all others of the case, whenever the case is read.

        The same command may stand in a case more than once, so its place among its equals counts.
        """
        seen: Counter[str] = Counter()
        keys = []
        for entry in self.entries:
            seen[entry.digest] += 1
            keys.append(f"{self.name}/{entry.digest}/{seen[entry.digest]}")
        return keys


def read_case_file(path: Path) -> list[Wish]:
    """The commands of the file, in order. Raises `Malformed` where it cannot be read."""
    return [entry.wish for entry in read_case(path).entries]


def read_case(path: Path) -> Case:
    """The file's case. Raises `Malformed` where it cannot be read."""
    if path.stat().st_size > CASE_LIMIT_BYTES:
        raise Malformed(why=f"{path.name} is larger than {CASE_LIMIT_BYTES} bytes.")
    try:
        name, raw = _content(path)
    except (yaml.YAMLError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(why=f"{path.name}: {' '.join(str(error).split())}") from None
    return Case(name, [_entry(path.name, index, one) for index, one in enumerate(raw, 1)])


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a date stays the text that it is written as."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _content(path: Path) -> tuple[str, list[Any]]:
    """The name of the case, and its commands as they are written."""
    text = path.read_text(encoding="utf-8")
    if path.suffix in {".jsonl", ".ndjson", ".json"}:
        lines = (line.strip() for line in text.splitlines())
        return "", [msgspec.json.decode(one) for one in lines if one and not one.startswith("#")]
    found = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader underneath
    name, commands = "", found
    if isinstance(found, dict):
        name, commands = str(found.get("case") or ""), found.get("commands")
    if not isinstance(commands, list):
        raise Malformed(why=f"{path.name}: a list of commands is expected.")
    return name, commands


def _entry(file: str, index: int, entry: Any) -> Entry:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise Malformed(why=f"{file}: command {index} needs a path and a body.")
    try:
        wish = wish_of(_named(entry["path"]), _replaced(entry.get("body") or {}))
        wish = replace(wish, by=_author(entry.get("as")))
        text = msgspec.json.encode(_identity(wish), order="sorted")
    except Malformed as error:
        raise Malformed(why=f"{file}: command {index}: {error.facts['why']}") from None
    except (OverflowError, RecursionError, TypeError, ValueError):
        why = f"{file}: command {index} holds a value that JSON has no place for."
        raise Malformed(why=why) from None
    return Entry(entry["path"], wish, hashlib.sha256(text).hexdigest())


def _identity(wish: Wish) -> list[Any]:
    """What tells the command from others: all that it says, but of persons only that it says it.

    Nobody must be able to try out names on what the ledger remembers of a file.
    """
    kind = catalogue.command(wish.collection, wish.command)
    personal = personal_fields(kind) if kind is not None else {}
    body = wish.body
    if isinstance(body, dict):
        body = {name: one is not None if name in personal else one for name, one in body.items()}
    return [wish.collection, wish.command, wish.id, body]


def _author(name: Any) -> str | None:
    """Who gave the command, where the file says so. Raises `Malformed`."""
    if name is None:
        return None
    if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > 200:
        raise Malformed(why="`as` takes a name.")
    return name.strip()


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
