"""Which pages are there? Each is declared where it is written; the folder is the catalogue."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from litestar import Response

import api.pages
from api.pages.frame.navigation import Nav

if TYPE_CHECKING:
    from api.pages.frame.page import Page

Show = Callable[["Page"], Awaitable[Response[Any]]]


@dataclass(frozen=True)
class PageRoute:
    """A page: its address (with `{id:str}` and the like), who may open it, how it is made.

    `open_to_all`: it is shown without signing in, and asks the ledger nothing. `own`: it is about
    the reader's own account, and needs no role. `body_bytes`: how much may be sent there, if more
    than to other pages.
    """

    path: str
    show: Show
    method: str = "GET"
    roles: frozenset[str] = frozenset()
    nav: Nav | None = None
    open_to_all: bool = False
    own: bool = False
    body_bytes: int | None = None

    @property
    def of_project(self) -> bool:
        """Whether the page is one of a project's."""
        return self.path.startswith("/projects/{id:str}")


def page(
    path: str,
    *,
    roles: frozenset[str] = frozenset(),
    nav: Nav | None = None,
    open_to_all: bool = False,
    own: bool = False,
) -> Callable[[Show], PageRoute]:
    """Declares what is shown at an address."""

    def declare(show: Show) -> PageRoute:
        return PageRoute(path, show, "GET", roles, nav, open_to_all, own)

    return declare


def posted(
    path: str,
    *,
    roles: frozenset[str] = frozenset(),
    open_to_all: bool = False,
    own: bool = False,
    body_bytes: int | None = None,
) -> Callable[[Show], PageRoute]:
    """Declares what is done with a form that is sent to an address."""

    def declare(show: Show) -> PageRoute:
        return PageRoute(path, show, "POST", roles, None, open_to_all, own, body_bytes)

    return declare


@cache
def pages() -> tuple[PageRoute, ...]:
    """Every page, found by looking into `api.pages`.

    Pages that a module derives from the messages stand in its `DERIVED`, a function; they step
    back where a page was written for the same address.
    """
    written: dict[tuple[str, str], PageRoute] = {}
    derived: list[Callable[[], list[PageRoute]]] = []
    for module in pkgutil.iter_modules(api.pages.__path__):
        if module.name == "frame":
            continue
        members = vars(importlib.import_module(f"{api.pages.__name__}.{module.name}"))
        for one in members.values():
            if isinstance(one, PageRoute):
                written[one.method, one.path] = one
        if "DERIVED" in members:
            derived.append(members["DERIVED"])
    for make in derived:
        for one in make():
            written.setdefault((one.method, one.path), one)
    return tuple(written.values())
