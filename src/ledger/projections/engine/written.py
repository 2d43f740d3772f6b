"""How is a row written down? As a JSON array, which PostgreSQL reads as a line of CSV.

In both, texts stand in quotes. Where COPY takes the backslash for its escape character, the two
differ only in control characters, which JSON escapes and CSV holds as they are.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw

COPY_FORMAT = "FORMAT csv, ESCAPE '\\', NULL 'null'"

Values = bytes  # the fields of a row
Field = Raw  # one of them

encode = msgspec.json.Encoder().encode
_parted = msgspec.json.Decoder(list[Raw]).decode
_ESCAPE = re.compile(rb'\\(?:u00[0-9a-f]{2}|[^"\\])|\\.')


def field(value: Any) -> Field:
    """One value."""
    return Raw(encode(value))


NULL = field(None)


def joined(fields: Sequence[Field]) -> Values:
    """The fields of a row, from one each."""
    return encode(fields)


def parted(values: Values) -> list[Field]:
    """What was joined."""
    return _parted(values)


def as_json(value: Any) -> str | None:
    """A value of a column that holds JSON: a text, like any other."""
    return None if value is None else encode(value).decode()


def line(head: Sequence[Any], values: Values) -> bytes:
    """The line of a row: first these columns, then the others."""
    first, others = encode(head)[1:-1], values[1:-1]
    return b"%b,%b" % (first, others) if others else first


def block(lines: Sequence[bytes]) -> bytes:
    """Lines as COPY reads them."""
    return _with_control_characters(b"\n".join(lines) + b"\n")


def array(values: Sequence[str | int]) -> str:
    """An array as PostgreSQL writes one, where the same holds as for CSV."""
    inside = _with_control_characters(encode(values)[1:-1]).decode()
    return f"{{{inside}}}"


def _with_control_characters(text: bytes) -> bytes:
    return _ESCAPE.sub(_unescaped, text) if b"\\" in text else text


def _unescaped(found: re.Match[bytes]) -> bytes:
    escape = found[0]
    if escape in (b'\\"', b"\\\\"):
        return escape
    return msgspec.json.decode(b'"%b"' % escape, type=str).encode()
