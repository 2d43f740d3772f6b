"""How many live streams may be open at once? Each is a connection that is kept for hours."""

from collections import Counter
from collections.abc import Callable

from api.problems import TooManyStreams

PER_CALLER = 250
IN_ALL = 2_000


class Streams:
    """The streams that are open in this process."""

    def __init__(self, per_caller: int = PER_CALLER, in_all: int = IN_ALL) -> None:
        self._per_caller, self._in_all = per_caller, in_all
        self._open: Counter[str] = Counter()

    def take(self, caller: str) -> Callable[[], None]:
        """Counts one more; what is answered counts it out again, once. Raises `TooManyStreams`."""
        if self._open[caller] >= self._per_caller or self._open.total() >= self._in_all:
            raise TooManyStreams(open=self._open[caller])
        self._open[caller] += 1
        taken = [caller]

        def release() -> None:
            if taken:
                taken.clear()
                self._open[caller] -= 1
                if not self._open[caller]:
                    del self._open[caller]

        return release
