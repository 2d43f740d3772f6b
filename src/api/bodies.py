"""What does a request's body say? JSON, decoded; what it must be is checked elsewhere."""

from typing import Any

import msgspec

from ledger.kernel.errors import Malformed


def json_body(body: bytes) -> Any:
    """The decoded body; one that is empty says nothing. Raises `Malformed`."""
    if not body.strip():
        return {}
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(why=f"the body is not JSON ({error}).") from None
    except RecursionError:
        raise Malformed(why="the body is nested too deeply.") from None


def json_object(body: bytes) -> dict[str, Any]:
    """The decoded body, which must be an object. Raises `Malformed`."""
    found = json_body(body)
    if not isinstance(found, dict):
        raise Malformed(why="the body must be a JSON object.")
    return found
