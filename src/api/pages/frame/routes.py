"""Which pages are there? Each is declared where it is written; the folder is the catalogue."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
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
def written_pages() -> tuple[PageRoute, ...]:
    """The pages that were written one by one, found by looking into `api.pages`."""
    found = [one for module in _modules() for one in vars(module).values()]
    return tuple(one for one in found if isinstance(one, PageRoute))


@cache
def pages() -> tuple[PageRoute, ...]:
    """Every page: those that were written, and those that a module derives from the messages.

    The latter stand in its `DERIVED`, a function; they step back where a page was written for the
    same address.
    """
    known = {(one.method, one.path): one for one in written_pages()}
    for module in _modules():
        for one in vars(module).get("DERIVED", list)():
            known.setdefault((one.method, one.path), one)
    return tuple(known.values())


@cache
def _modules() -> tuple[ModuleType, ...]:
    names = [one.name for one in pkgutil.iter_modules(api.pages.__path__) if one.name != "frame"]
    return tuple(importlib.import_module(f"{api.pages.__name__}.{name}") for name in names)
