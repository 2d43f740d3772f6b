"""Where does a link lead? To an address that keeps the moment and the language of this one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

KEPT = ("valid_at", "known_at", "lang")


class Addresses:
    """The addresses that can be reached from one page."""

    def __init__(self, path: str, query: Mapping[str, str]) -> None:
        self.path = path
        self.query = dict(query)

    def link(self, path: str, **params: Any) -> str:
        """The address of another page at this page's moment; parameters that are None fall away."""
        return _address(path, self._kept() | params)

    def here(self, **changes: Any) -> str:
        """The address of this page with some parameters changed; None takes one away.

        Where filters change, the pages of a list begin anew.
        """
        kept = {k: v for k, v in self.query.items() if k not in ("cursor", "recorded")}
        return _address(self.path, kept | changes)

    def now(self) -> str:
        """The address of this page today, as known now."""
        return self.here(valid_at=None, known_at=None)

    def hidden(self, *without: str) -> dict[str, str]:
        """What a form that leads here has to carry along, beside its own fields."""
        left = {*without, "cursor", "recorded"}
        return {k: v for k, v in self.query.items() if k not in left}

    def _kept(self) -> dict[str, Any]:
        return {name: self.query[name] for name in KEPT if name in self.query}


def _address(path: str, params: Mapping[str, Any]) -> str:
    given = {name: str(value) for name, value in params.items() if value not in (None, "")}
    if not given:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode(given)}"
