"""What do the tests of the command line start from? A small case, in a file or in the ledger."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ledger.cli import main
from tests.cli.typing_it import Ran, Typed, process
from tests.conftest import copied_database, own_keys

CASE = """\
case: small
commands:
  - path: /api/institutions
    body: {id: "@office", name: Urząd, sector: local_government, level: commune,
           effective_on: 2018-01-01}
  - path: /api/projects
    body: {id: "@project", code: SMALL, title: Mały projekt, programme: PO WER,
           leader: "@office", value: "1000.00", starts_on: 2018-01-01, ends_on: 2020-12-31,
           effective_on: 2018-01-01}
  - path: /api/projects/@project/plan-milestone
    body: {number: 1, name: Początek, starts_on: 2018-01-01, ends_on: 2018-12-31,
           effective_on: 2018-01-01}
"""
SCHOOL = """\
  - path: /api/institutions
    body: {name: Szkoła, sector: education, level: commune, effective_on: 2018-02-01}
"""

WriteCase = Callable[..., Path]


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typed:
    """Runs a command in this process, which keeps its own set-up of logs."""
    monkeypatch.setattr("ledger.logs.configure", lambda *_: None)

    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ran(code, *capfd.readouterr())

    return run


@pytest.fixture
def write_case(tmp_path: Path) -> WriteCase:
    """Writes a case file: the small case and more commands after it."""

    def write(*more: str, name: str = "case.yaml") -> Path:
        path = tmp_path / name
        path.write_text(CASE + "".join(more), encoding="utf-8")
        return path

    return write


class Cases:
    """Databases that hold the small case and more commands: loaded once, copied for each test."""

    def __init__(self, server_url: str, folder: Path, kept: ExitStack) -> None:
        self._server_url, self._folder, self._kept = server_url, folder, kept
        self._loaded: dict[tuple[str, ...], tuple[str, Path]] = {}

    @contextmanager
    def copy(self, *more: str) -> Iterator[str]:
        """The URL of a database of one's own in which these are, with its own copy of the keys."""
        original, keys = self._loaded.get(more) or self._load(more)
        with copied_database(self._server_url, original) as (name, url), own_keys(name, keys):
            yield url

    def _load(self, more: tuple[str, ...]) -> tuple[str, Path]:
        name, url = self._kept.enter_context(copied_database(self._server_url))
        path = self._folder / f"{name}.yaml"
        path.write_text(CASE + "".join(more), encoding="utf-8")
        with own_keys(name) as keys:
            done = process("load", path, "--database", url)
        assert done.code == 0, done.err
        self._loaded[more] = name, keys
        return name, keys


@pytest.fixture(scope="session")
def cases(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    """What is loaded once and copied for each test."""
    with ExitStack() as kept:
        yield Cases(server_url, tmp_path_factory.mktemp("cases"), kept)


@pytest.fixture
def loaded(cases: Cases) -> Iterator[str]:
    """The URL of a database of the test's own that holds the small case."""
    with cases.copy() as url:
        yield url
