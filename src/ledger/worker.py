"""Who keeps the read models up to date? One loop that follows the log and feeds them all."""

import threading
from collections.abc import Callable, Sequence

import psycopg
import structlog

from ledger.event_store.connections import projector, wait_for_notice
from ledger.event_store.log import pages
from ledger.projections.engine.fold import Fold, lock_checkpoints, move_checkpoints
from ledger.projections.engine.model import ReadModel, read_models
from ledger.projections.engine.rebuild import outdated, rebuild

PAGE = 2_000
IDLE_SECONDS = 0.5  # looks again even if a notification was lost

log = structlog.get_logger(__name__)


class Worker:
    """Folds the log into the read models, until it is stopped."""

    def __init__(
        self,
        url: str,
        models: Sequence[ReadModel] | None = None,
        *,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._url = url
        self._models = list(models if models is not None else read_models())
        self._on_progress = on_progress
        self._fold = Fold(self._models)
        self._generations: dict[str, int] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Runs the loop in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="projections", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the loop after the page at hand."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def catch_up(self) -> int:
        """Folds everything that is in the log now; the position reached."""
        with projector(self._url) as connection:
            self._prepare(connection)
            return self._drain(connection)

    def run(self) -> None:
        """The loop; it connects again whenever the database was away."""
        pause = 0.1
        while not self._stopping.is_set():
            try:
                with projector(self._url) as connection:
                    connection.execute("LISTEN ledger_log")
                    self._prepare(connection)
                    pause = 0.1
                    self._follow(connection)
            except psycopg.Error as error:
                self._fold.forget()
                log.warning("projections.interrupted", error=type(error).__name__)
                self._stopping.wait(pause)
                pause = min(pause * 2, 5.0)
            except Exception:
                # A handler failed on an event: say so loudly, and go on trying; the log is
                # intact and readiness shows the lag.
                self._fold.forget()
                log.exception("projections.failed")
                self._stopping.wait(5.0)

    def _prepare(self, connection: psycopg.Connection) -> None:
        if stale := outdated(connection, self._models):
            log.info("projections.rebuilding", models=[m.name for m in stale])
            rebuild(connection, stale, self._on_progress)

    def _follow(self, connection: psycopg.Connection) -> None:
        while not self._stopping.is_set():
            self._drain(connection)
            wait_for_notice(connection, IDLE_SECONDS, self._stopping)

    def _drain(self, connection: psycopg.Connection) -> int:
        """Folds page by page until nothing is left."""
        while not self._stopping.is_set():
            position, more = self._step(connection)
            if not more:
                self._fold.analyze(connection)
                return position
        return 0

    def _step(self, connection: psycopg.Connection) -> tuple[int, bool]:
        """One page in one transaction; the position reached, and whether more may follow."""
        try:
            with connection.transaction():
                checkpoints = lock_checkpoints(connection, self._models)
                generations = {name: c.generation for name, c in checkpoints.items()}
                if generations != self._generations:
                    self._fold.forget()
                    self._generations = generations
                after = {name: c.position for name, c in checkpoints.items()}
                start = min(after.values(), default=0)
                page = next(pages(connection, start, PAGE), None)
                if page is None:
                    return start, False
                self._check_alone(start)
                self._fold.apply(connection, page, after)
                last = page[-1].position
                move_checkpoints(connection, self._models, last)
            self._reached = last
        except BaseException:
            self._fold.forget()
            raise
        return last, len(page) == PAGE

    _reached = -1

    def _check_alone(self, start: int) -> None:
        """Another worker folded meanwhile: what is remembered of the rows is out of date."""
        if start != self._reached:
            self._fold.forget()
