"""The export: the exact bytes of the log."""

import subprocess
import sys
from pathlib import Path

import psycopg

from tests.cli.typing_it import Typed


def leaves(url: str, condition: str = "true") -> list[bytes]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            f"SELECT leaf FROM log.events WHERE {condition} ORDER BY position".encode()
        ).fetchall()
    return [bytes(row[0]) for row in rows]


def test_lines_are_the_leaves_byte_for_byte(ledger: Typed, loaded: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ledger.cli", "export", "events", "--database", loaded],
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"".join(leaf + b"\n" for leaf in leaves(loaded))
    out = tmp_path / "events.jsonl"
    ran = ledger("export", "events", "--database", loaded, "--out", out, "--json", "--after", 1)
    assert ran.json == {"file": str(out), "events": 2, "position": 3}
    assert out.read_bytes().splitlines() == leaves(loaded, "position > 1")
    assert [path.name for path in tmp_path.glob("events*")] == ["events.jsonl"]


def test_one_project_can_be_exported_alone(ledger: Typed, loaded: str) -> None:
    ran = ledger("export", "events", "--database", loaded, "--project", "SMALL")
    assert ran.code == 0
    expected = leaves(loaded, "type LIKE 'project.%'")
    assert ran.out.encode().splitlines() == expected
    assert len(expected) == 2


def test_a_reader_that_leaves_early_is_no_failure(loaded: str) -> None:
    command = [sys.executable, "-m", "ledger.cli", "export", "events", "--database", loaded]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_place_that_cannot_be_written_is_bad_usage(
    ledger: Typed, loaded: str, tmp_path: Path
) -> None:
    ran = ledger("export", "events", "--database", loaded, "--out", tmp_path / "no" / "file")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be written" in ran.err
