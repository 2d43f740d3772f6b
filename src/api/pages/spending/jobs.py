"""How far is a file that is being checked or recorded? Work that outlasts the request for it.

What runs is known to this process only. What it leaves behind stands in the database, so a job
that is lost with its process is begun anew by whoever asked for it, and harms nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from api.pages.frame import refusals
from api.pages.frame.page import Page
from ledger.imports.reading import Tell
from ledger.kernel.errors import LedgerError, NotNow

AT_ONCE = 3
REMEMBERED = 100
PATIENCE_SECONDS = 1.5  # what is done within them needs no page of its own
_KEY = "import_jobs"
log = structlog.get_logger(__name__)


class Job:
    """Work on one import: how far it is, and what it came to."""

    def __init__(self, page: Page, project: str, what: str) -> None:
        self.project, self.what = project, what
        self.done, self.total = 0, 0
        self.result: Any = None
        self.error: str | None = None
        self._words = page.words
        self.task: asyncio.Task[None] | None = None

    def tell(self, done: int, total: int) -> None:
        """Notes how far it is."""
        self.done, self.total = done, total

    @property
    def running(self) -> bool:
        """Whether it goes on still."""
        return self.task is not None and not self.task.done()

    @property
    def percent(self) -> int:
        """How much of the present step is done."""
        return min(100, 100 * self.done // self.total) if self.total else 0

    async def run(self, work: Callable[[Tell], Awaitable[Any]]) -> None:
        """Does the work; what goes wrong is kept, to be shown."""
        try:
            self.result = await work(self.tell)
        except LedgerError as error:
            self.error = refusals.told(self._words, error)
        except Exception:
            log.exception("import.failed", what=self.what)
            self.error = self._words.say("This failed through a fault of ours")


def jobs_of(page: Page) -> dict[str, Job]:
    """The jobs that this process knows, by the ids of their imports."""
    found: dict[str, Job] = page.request.app.state.setdefault(_KEY, {})
    return found


def job_of(page: Page, id: str) -> Job | None:
    """The job of that import, for those who see its project."""
    found = jobs_of(page).get(id)
    return found if found and page.caller.project in (None, found.project) else None


async def begin(
    page: Page, id: str, project: str, what: str, work: Callable[[Tell], Awaitable[Any]]
) -> Job:
    """Starts the work, unless it goes on already, and waits a little for it. Raises `NotNow`."""
    known = jobs_of(page)
    if (before := known.get(id)) and before.running:
        return before
    if sum(one.running for one in known.values()) >= AT_ONCE:
        raise NotNow(why="other files are being worked on.")
    while len(known) >= REMEMBERED:
        del known[next(iter(known))]
    job = known[id] = Job(page, project, what)
    job.task = asyncio.create_task(job.run(work), name=f"import-{id}")
    await asyncio.wait([job.task], timeout=PATIENCE_SECONDS)
    return job
