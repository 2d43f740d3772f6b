"""Writes a sample of every event that has none yet: `python -m tests.contracts.write_samples`.

Run it from the top of the project after adding an event, and commit the new file. What is there
already is never written again: it says how events were stored, and those stay as they are.
"""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from ledger import catalogue
from ledger.kernel.messages import Event

SAMPLES = Path(__file__).parent / "events"


def sample(kind: type[Event]) -> Event:
    """An event of that kind in which every field is set."""
    return msgspec.convert(_example(inspect.type_info(kind)), kind)


def missing() -> list[str]:
    """The names of events without a sample."""
    return [name for name in catalogue.events() if not path_of(name).exists()]


def path_of(name: str) -> Path:
    """Where the sample of the event of that name is kept."""
    return SAMPLES / f"{name}.json"


def _example(node: inspect.Type) -> Any:
    match node:
        case inspect.Metadata(type=inner, extra_json_schema=schema):
            examples = (schema or {}).get("examples")
            return examples[0] if examples else _example(inner)
        case inspect.StructType(fields=fields):
            return {f.encode_name: _example(f.type) for f in fields}
        case inspect.UnionType(types=types):
            return _example(next(t for t in types if not isinstance(t, inspect.NoneType)))
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return [_example(item)]
        case inspect.DictType(key_type=key, value_type=value):
            return {_example(key): _example(value)}
        case inspect.LiteralType(values=values):
            return values[0]
        case _:
            return _PLAIN[type(node)]


_PLAIN: dict[type[inspect.Type], object] = {
    inspect.BoolType: True,
    inspect.DateType: "2019-05-13",
    inspect.FloatType: 1.5,
    inspect.IntType: 7,
    inspect.StrType: "text",
}


def main() -> None:
    """Writes what is missing."""
    SAMPLES.mkdir(exist_ok=True)
    for name in missing():
        line = msgspec.json.encode(sample(catalogue.events()[name])) + b"\n"
        path_of(name).write_bytes(line)
        print(path_of(name))


if __name__ == "__main__":
    main()
