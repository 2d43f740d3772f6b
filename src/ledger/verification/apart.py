"""Where are the read models made anew? Over a long log in another process, while we go on."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from ledger.projections.engine.filling import LONG_LOG
from ledger.projections.engine.model import ReadModel, read_models
from ledger.verification.read_models import check_read_models
from ledger.verification.report import Check

WAIT_SECONDS = 0.2
STEP = "Read models"

Progress = Callable[[str, int, int], None]
_done: Any = None  # in the other process: how much it has done, which this one reads


@contextmanager
def beside(
    url: str, models: Sequence[ReadModel], upto: int, progress: Progress
) -> Iterator[Callable[[], Check]]:
    """Begins with the read models; what is yielded waits for the outcome."""
    if upto < LONG_LOG:

        def told(done: int, whole: int) -> None:
            progress(STEP, done, whole)

        yield lambda: check_read_models(url, models, upto, told)
        return
    context = multiprocessing.get_context("spawn")  # no fork: this process has connections
    done = context.Value("q", 0)
    with ProcessPoolExecutor(1, context, _begin, (done,)) as other:
        began = other.submit(_check, url, [model.name for model in models], upto)
        yield lambda: _outcome(began, lambda: progress(STEP, done.value, upto))


def _outcome(began: Future[Check], tell: Callable[[], None]) -> Check:
    while True:
        tell()
        try:
            return began.result(WAIT_SECONDS)
        except TimeoutError:
            if began.done():
                raise


def _begin(done: Any) -> None:
    global _done  # noqa: PLW0603 - a process has no other way to be given something shared
    _done = done


def _check(url: str, names: Sequence[str], upto: int) -> Check:
    def told(done: int, _all: int) -> None:
        _done.value = done

    models = [model for model in read_models() if model.name in names]
    return check_read_models(url, models, upto, told)
