"""What every command has in common: help, exit codes, sentences instead of tracebacks."""

import gc
import subprocess
import sys

import pytest

from ledger.cli import GARBAGE_LOOKED_FOR, main
from ledger.database.embedded import EmbeddedPostgres
from tests.cli.typing_it import process
from tests.conftest import roomy_directory

NOBODY = "postgresql://nobody:secret@127.0.0.1:1/none"
HEAVY = "{'psycopg', 'structlog', 'litestar', 'granian', 'asyncio', 'ledger.application'}"


def test_help_names_the_commands_and_loads_nothing_heavy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    assert gc.get_threshold() == GARBAGE_LOOKED_FOR
    shown = capsys.readouterr().out
    for command in ("demo", "serve", "token", "load", "rebuild", "replay", "export", "database"):
        assert command in shown
    check = (
        "import sys; from ledger.cli import main;"
        " [main([*c.split(), '--help']) for c in ('', 'token', 'load', 'serve', 'demo')];"
        f" sys.exit(str({HEAVY} & set(sys.modules)) if {HEAVY} & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", check], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "nonsense"),
        (["load"], "case file"),
        (["load", "x", "--nonsense"], "--nonsense"),
        (["token", "create", "--role", "admin"], "--name"),
        (["token", "create", "--role", "admin", "--name", " "], "--name"),
        (["token", "revoke", "5"], "token list"),
        (["serve", "--port", "70000"], "65535"),
        (["serve", "--port", "many"], "many"),
        (["database", "url", "--database", "postgresql://a:secret@[::/b"], "cannot be read"),
        (["export", "events", "--after", "-1"], "position"),
        (["rebuild", "nothing"], "project_register"),
        (["replay", "--known-at", "yesterday", "--project", "X"], "--known-at"),
        (["replay", "--known-at", "2020-01-01T00:00:00", "--project", "X"], "--known-at"),
        (["replay", "--known-at", "1", "--valid-at", "2020-02-30", "--project", "X"], "--valid-at"),
        (["load", "/nowhere/none.yaml"], "none.yaml"),
    ],
)
def test_bad_usage_exits_with_2_and_says_why(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "secret" not in err


def test_a_database_that_does_not_answer_is_said_in_one_line() -> None:
    ran = process("token", "list", "--database", NOBODY, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert "secret" not in ran.err


def test_ctrl_c_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ledger.cli.place.opened", interrupt)
    assert main(["database", "url"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("ledger.cli.place.opened", fail)
    with pytest.raises(RuntimeError, match="a fault"):
        main(["database", "url"])


def test_commands_join_the_embedded_server_of_a_directory() -> None:
    with (
        roomy_directory() as folder,
        EmbeddedPostgres(folder) as server,
    ):
        place = ("--data", folder)
        assert process("database", "url", *place).out.strip() == server.url
        made = process("token", "create", "--role", "admin", "--name", "x", *place, "--json")
        assert made.code == 0
        assert made.json["token"].startswith("ledger_")
