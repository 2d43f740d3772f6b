"""What do the tests of the command line start from? A small case, in a file or in the ledger."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from ledger.cli import main
from tests.cli.typing_it import Ran, Typed, process
from tests.conftest import fresh_database, own_keys

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


@pytest.fixture(scope="session")
def small_case(
    server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The name of a database into which the small case was loaded, and its keys: to be copied."""
    path = tmp_path_factory.mktemp("case") / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    with fresh_database(server_url) as url:
        assert process("load", path, "--database", url).code == 0
        yield urlsplit(url).path.removeprefix("/"), Path(os.environ["LEDGER_KEYS"])


@pytest.fixture
def loaded(server_url: str, small_case: tuple[str, Path]) -> Iterator[str]:
    """The URL of a database of the test's own that holds the small case."""
    name = f"t{uuid4().hex}"
    original, keys = small_case
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {original}".encode())
        with own_keys(name, keys):
            yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
