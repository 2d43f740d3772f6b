"""What does a request's body say? JSON, decoded; what it must be is checked elsewhere."""

from typing import Any

import msgspec

from ledger.kernel.errors import Malformed

DEPTH_LIMIT = 32  # a batch's deepest command has 8


def json_body(body: bytes) -> Any:
    """The decoded body; one that is empty says nothing. Raises `Malformed`."""
    if not body.strip():
        return {}
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(why=f"the body is not JSON ({error}).") from None
    except RecursionError:
        raise _TOO_DEEP from None
    if body.count(b"[") + body.count(b"{") > DEPTH_LIMIT:
        _check_depth(found)
    return found


_TOO_DEEP = Malformed(why=f"the body is nested deeper than {DEPTH_LIMIT} levels.")


def _check_depth(found: Any) -> None:
    """Level by level, as whoever walks down would need a stack. Raises `Malformed`."""
    level = [found]
    for _ in range(DEPTH_LIMIT):
        below: list[Any] = []
        for one in level:
            if type(one) is dict:
                below += one.values()
            elif type(one) is list:
                below += one
        if not below:
            return
        level = below
    if any(type(one) in (dict, list) for one in level):
        raise _TOO_DEEP


def json_object(body: bytes) -> dict[str, Any]:
    """The decoded body, which must be an object. Raises `Malformed`."""
    found = json_body(body)
    if not isinstance(found, dict):
        raise Malformed(why="the body must be a JSON object.")
    return found
