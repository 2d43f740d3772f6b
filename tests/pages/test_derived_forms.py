"""What a command's derived form can say is what the command takes: nothing is lost on the way."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from api.pages.frame.forms.reading import Sent
from api.pages.frame.forms.shape import Shape, shapes
from ledger import catalogue
from ledger.kernel.intake import read

COMMANDS = {
    f"{collection}/{name}": kind
    for collection, aggregate in catalogue.aggregates().items()
    for name, kind in aggregate.commands.items()
}


def example(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    """A value that fits a JSON schema, from the examples in it, with every field said."""
    if "$ref" in schema:
        return example(known[schema["$ref"].rpartition("/")[2]], known)
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example(next(one for one in schema["anyOf"] if one != {"type": "null"}), known)
    match schema.get("type"):
        case "object" if "properties" in schema:
            return {name: example(one, known) for name, one in schema["properties"].items()}
        case "object":
            return {"1.1": example(schema["additionalProperties"], known)}
        case "array":
            items = schema.get("items") or schema["prefixItems"][0]
            return [example(items, known)]
        case "boolean":
            return True
        case other:
            raise AssertionError(f"no example of {other}: {schema}")


def asked(some: Sequence[Shape], body: dict[str, Any]) -> dict[str, Any]:
    """The body without ids that only a program would choose."""
    found: dict[str, Any] = {}
    for shape in some:
        value = body[shape.name]
        if shape.kind == "group":
            value = asked(shape.fields, value)
        elif shape.kind == "rows":
            value = [asked(shape.fields, one) for one in value]
        found[shape.name] = value
    return found


def typed_in(shape: Shape, name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The fields that somebody fills in who means that value, in the Polish way."""
    match shape.kind:
        case "group":
            yield from typed_in_all(shape.fields, f"{name}-", value)
        case "rows":
            for number, one in enumerate(value):
                yield from typed_in_all(shape.fields, f"{name}-{number}-", one)
        case "list":
            for number, one in enumerate(value):
                yield f"{name}-{number}", written(shape.fields[0], one)
        case "entries":
            for number, pair in enumerate(value.items()):
                yield from typed_in_all(
                    shape.fields,
                    f"{name}-{number}-",
                    dict(zip(("key", "value"), pair, strict=True)),
                )
        case "choices" | "files":
            yield from ((name, one) for one in value)
        case _:
            yield name, written(shape, value)


def written(shape: Shape, value: Any) -> str:
    """A single value as somebody writes it."""
    if shape.kind in ("money", "factor", "decimal"):
        return str(value).replace(".", ",")
    return ".".join(reversed(value.split("-"))) if shape.kind == "date" else str(value)


def typed_in_all(some: Sequence[Shape], prefix: str, body: dict[str, Any]) -> Iterator[Any]:
    for shape in some:
        if shape.name in body:
            yield from typed_in(shape, f"{prefix}{shape.name}", body[shape.name])


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_what_is_typed_into_a_form_is_what_a_program_would_say(command: str) -> None:
    kind: type[Struct] = COMMANDS[command]
    _, known = msgspec.json.schema_components([kind])
    said = known[kind.__name__]["properties"]
    whole = {shape.name: example(said[shape.name], known) for shape in shapes(kind)}
    body = asked(shapes(kind), whole)
    fields: dict[str, list[str]] = {}
    for name, text in typed_in_all(shapes(kind), "", body):
        fields.setdefault(name, []).append(text)
    assert read(kind, Sent(fields, "pl").body(shapes(kind)))[0] == read(kind, body)[0]
