"""What does a page work with? Who looks, at which moment, in which language; and how it answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie

from api.identity import Session, check_reader
from api.moments import POSITION_HEADER
from api.pages.frame.links import Addresses
from api.pages.frame.moment import TimeMachine
from api.pages.frame.navigation import Entry, in_groups
from api.pages.frame.packing import packed
from api.pages.frame.rendering import rendered
from api.pages.frame.security import HEADERS
from api.pages.frame.words import Words, words
from api.queries import filters_of, id_in_path
from api.state import service
from ledger import catalogue
from ledger.application import Caller
from ledger.bootstrap import Parts
from ledger.kernel.errors import NotFound
from ledger.queries.asking import Cursor, Question, listing

LANG_COOKIE = "ledger_lang"
PROJECT_COOKIE = "ledger_project"
ROWS = 50


class Rows(NamedTuple):
    """Rows of a list, and the address of the next page of it."""

    items: list[dict[str, Any]]
    next: str | None


class Page(Addresses):
    """One request for a page, and all that its template may use under the name `page`."""

    def __init__(
        self,
        request: Request[Any, Any, Any],
        lang: str,
        session: Session | None = None,
        moment: tuple[Question, TimeMachine] | None = None,
    ) -> None:
        super().__init__(request.url.path, dict(request.query_params))
        self.request = request
        self.lang = lang
        self.words: Words = words(lang)
        self.session = session
        self.moment = moment
        self.project: dict[str, Any] | None = None
        self.entries: Sequence[Entry] = ()
        self.project_entries: Callable[[str], Sequence[Entry]] = lambda project: ()
        self._cookies: list[Cookie] = []

    # Who looks, and when.

    @property
    def caller(self) -> Caller:
        """Who looks."""
        assert self.session is not None
        return self.session.caller

    @property
    def question(self) -> Question:
        """What is asked through: this page's moment, and what its reader may see."""
        assert self.moment is not None
        return self.moment[0]

    @property
    def time(self) -> TimeMachine | None:
        """Where the page stands on both axes of time."""
        return None if self.moment is None else self.moment[1]

    @property
    def parts(self) -> Parts:
        """The parts of the running ledger."""
        return service(self.request)

    def may(self, collection: str, command: str) -> bool:
        """Whether the reader's role may give that command."""
        kind = catalogue.command(collection, command)
        return kind is not None and self.is_one_of(*kind.terms.roles)

    def is_one_of(self, *roles: str) -> bool:
        """Whether the reader has one of these roles."""
        acting = None if self.session is None else self.session.acting
        return acting is not None and acting.role in roles

    # What is asked.

    def id(self, name: str = "id") -> str:
        """The id in the address. Raises `NotFound` for a text that is none."""
        return id_in_path(self.request, name)

    async def one(self, path: str, id: str) -> dict[str, Any]:
        """One row of a listing, with its `version`. Raises `NotFound`."""
        wanted = listing(path)
        check_reader(wanted, self.caller)
        found = await self.question.one(wanted, id)
        return {**msgspec.json.decode(found.row), "version": found.version}

    async def rows(
        self,
        path: str,
        filters: Mapping[str, Any] | None = None,
        limit: int = ROWS,
        names: Sequence[str] = (),
    ) -> Rows:
        """Rows of a listing: those of its filters that stand in the address, and `filters`.

        With `names` these fields of them only.
        """
        wanted = listing(path)
        check_reader(wanted, self.caller)
        asked = filters_of(wanted, {k: v for k, v in self.query.items() if v != ""})
        asked |= {k: v for k, v in (filters or {}).items() if v is not None}
        cursor = None
        if text := self.query.get("cursor"):
            cursor = Cursor.read(text, wanted.path, self.question.reached)
        found = await self.question.page(wanted, asked, limit=limit, cursor=cursor, names=names)
        following = self.here(cursor=found.next) if found.next else None
        return Rows([msgspec.json.decode(row) for row in found.rows], following)

    async def all_rows(self, path: str, **filters: Any) -> list[dict[str, Any]]:
        """All rows of a listing, for lists that belong to one object and are short."""
        wanted = listing(path)
        check_reader(wanted, self.caller)
        found = await self.question.page(wanted, filters)
        return [msgspec.json.decode(row) for row in found.rows]

    async def enter(self, project: str | None) -> None:
        """Shows the navigation of that project, and remembers it. Raises `NotFound`."""
        if project is None or (self.project and self.project["id"] == project):
            return
        self.project = await self.one("/api/projects", project)
        if self.request.cookies.get(PROJECT_COOKIE) != project:
            self.keep(Cookie(PROJECT_COOKIE, value=project, httponly=True, samesite="lax"))

    async def remember_project(self) -> None:
        """Shows the project chosen last, if there is one that the reader may still see."""
        chosen = self.caller.project or self.request.cookies.get(PROJECT_COOKIE)
        if chosen and self.project is None:
            try:
                await self.enter(chosen)
            except NotFound:
                self.keep(Cookie(PROJECT_COOKIE, value="", max_age=0))

    # How it answers.

    def say(self, text: str, **facts: Any) -> str:
        """A sentence in the page's language."""
        return self.words.say(text, **facts)

    @property
    def project_groups(self) -> list[tuple[str, list[Entry]]]:
        """The project's navigation."""
        return in_groups(self.project_entries(self.project["id"])) if self.project else []

    def keep(self, cookie: Cookie) -> None:
        """Has the browser keep a cookie."""
        self._cookies.append(cookie)

    def show(self, template: str, *, status: int = 200, **context: Any) -> Response[bytes]:
        """The page, from its template."""
        text = rendered(self.lang, template, {**context, "page": self})
        body, how = packed(text, self.request.headers.get("accept-encoding", ""))
        return Response(
            body,
            status_code=status,
            media_type="text/html",
            headers=HEADERS | how | self._position,
            cookies=self._cookies,
        )

    @property
    def _position(self) -> dict[str, str]:
        """How far into the log the page reflects it."""
        return {} if self.moment is None else {POSITION_HEADER: str(self.question.reached)}

    def go(self, path: str) -> Response[None]:
        """Sends the browser to another page, which it asks for with GET."""
        return Response(
            None, status_code=303, headers={**HEADERS, "Location": path}, cookies=self._cookies
        )
