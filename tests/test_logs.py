"""Every line of the log is one JSON object on stderr, whoever wrote it."""

import subprocess
import sys

import msgspec

PROGRAM = """
import logging, structlog
from ledger import logs

logs.configure()
log = structlog.get_logger("ledger.place")
log.debug("too.much")
log.info("request", path="/api/ą", milliseconds=1.5)
try:
    secret = "do not tell"
    1 / 0
except ZeroDivisionError:
    log.exception("failed", why=secret.__class__)
logging.getLogger("library").warning("says %s", "so")
of = ["84022912343", {"tel": "600 100 200"}]
log.info("request", path="/api/persons/anna.nowak@example.org", of=of)
logging.getLogger("library").warning("called +48 600100200")
try:
    try:
        {}["Wymyślona"]
    except KeyError as error:
        raise ValueError("Wymyślona") from error
except ValueError:
    log.exception("failed")
    logging.getLogger("library").exception("failed too")
logging.getLogger("asyncio").error("Task exception was never retrieved\\nfuture: Wymyślona")
"""


def test_our_lines_and_other_libraries_lines_look_alike() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    lines = [msgspec.json.decode(line) for line in run.stderr.splitlines()]
    for line in lines:
        assert line.pop("timestamp").endswith("Z")
    told = [(line["level"], line["logger"], line["event"]) for line in lines]
    assert told == [
        ("info", "ledger.place", "request"),
        ("error", "ledger.place", "failed"),
        ("warning", "library", "says so"),
        ("info", "ledger.place", "request"),
        ("warning", "library", "called [personal]"),
        ("error", "ledger.place", "failed"),
        ("error", "library", "failed too"),
        ("error", "asyncio", "Task exception was never retrieved"),
    ]
    assert lines[0]["path"] == "/api/ą"
    assert lines[0]["milliseconds"] == 1.5
    assert "ZeroDivisionError" in lines[1]["exception"]
    assert "do not tell" not in run.stderr.decode()
    assert "Wymy" not in run.stderr.decode()
    assert (lines[3]["path"], lines[3]["of"]) == (
        "[personal]",
        ["[personal]", {"tel": "[personal]"}],
    )
    assert lines[5]["exception"].index("KeyError") < lines[5]["exception"].index("ValueError")
