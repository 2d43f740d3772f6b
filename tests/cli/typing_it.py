"""How is a command typed in a test? In this process, which is quick, or in one of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

SECONDS = 60


class Ran(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one line of JSON on standard output."""
        assert self.out.count("\n") == 1, self
        return json.loads(self.out)


def _command(arguments: tuple[object, ...]) -> list[str]:
    return [sys.executable, "-m", "ledger.cli", *map(str, arguments)]


def _environment() -> dict[str, str]:
    """Nothing is asked for but what is typed; the log's keys are the tests' own, though."""
    kept = {"LEDGER_KEYS": os.environ["LEDGER_KEYS"]}
    return {k: v for k, v in os.environ.items() if not k.startswith("LEDGER_")} | kept


Typed = Callable[..., Ran]


def process(*arguments: object) -> Ran:
    """Runs a command to its end, as people do."""
    done = subprocess.run(
        _command(arguments),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env=_environment(),
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


@contextmanager
def running(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A command that stays, until the block ends or it is stopped in it."""
    with subprocess.Popen(
        _command(arguments), stdout=subprocess.PIPE, text=True, env=_environment()
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def stop(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> int:
    """Asks a command to stop; its exit code."""
    process.send_signal(how)
    return process.wait(SECONDS)
