"""A witness as another body runs it: a process without a database, reached over HTTP."""

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ledger.integrity.note import parse, read_signature, read_vkey
from ledger.witness.judging import BODY_LIMIT_BYTES
from ledger.witness.memory import hash_of
from tests.cli.typing_it import process, running, stop
from tests.witness.logs import ORIGIN, Log

HONEST, FORK = Log(), Log(forked=5)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    told = ("--data", folder, "--log", f"{ORIGIN}={HONEST.key.verifier.vkey}")
    with running("witness", "serve", "--port", 0, *told, "--json") as witness:
        assert witness.stdout is not None
        said = json.loads(witness.stdout.readline())
        yield witness, said["address"], said["key"]


def test_it_answers_over_http_and_knows_after_a_kill_what_it_signed(tmp_path: Path) -> None:
    with serving(tmp_path) as (witness, address, key):
        verifier = read_vkey(key)
        answer = httpx.post(f"{address}/add-checkpoint", content=HONEST.body(0, 7))
        assert (answer.status_code, answer.headers["content-type"]) == (
            200, "text/plain",
        )  # fmt: skip
        verifier.verify(parse(HONEST.note(7)).text, read_signature(answer.text[:-1]))
        served = httpx.get(f"{address}/{hash_of(ORIGIN)}/checkpoint")
        assert parse(served.content).signed_by([verifier]) == [verifier]
        assert verifier.vkey in httpx.get(address).text
        conflict = httpx.post(f"{address}/add-checkpoint", content=HONEST.body(0, 9))
        assert (conflict.status_code, conflict.text) == (409, "7\n")
        assert conflict.headers["content-type"] == "text/x.tlog.size"
        refused = {
            httpx.get(f"{address}/add-checkpoint").status_code: 405,
            httpx.get(f"{address}/{'0' * 64}/checkpoint").status_code: 404,
            httpx.get(f"{address}/..%2fwitness.key/checkpoint").status_code: 404,
            httpx.post(
                f"{address}/add-checkpoint", content=b"o" * (BODY_LIMIT_BYTES + 1)
            ).status_code: 413,
        }
        assert all(found == expected for found, expected in refused.items()), refused
        stop(witness, signal.SIGKILL)
    with serving(tmp_path) as (witness, address, again):
        assert again == key
        forked = httpx.post(f"{address}/add-checkpoint", content=FORK.body(7, 9))
        assert forked.status_code == 422
        assert stop(witness) == 0


def test_killed_while_many_send_it_never_signed_two_stories(tmp_path: Path) -> None:
    signed: list[tuple[Log, int, str]] = []

    def send(address: str, log: Log) -> None:
        with httpx.Client() as client:
            try:
                old, size = 0, 10
                while size <= 300:
                    sent = log.body(old, size)
                    answer = client.post(f"{address}/add-checkpoint", content=sent)
                    if answer.status_code == 409:
                        old = int(answer.text)
                        size = max(size, old)
                    elif answer.status_code == 200:
                        signed.append((log, size, answer.text))
                        old, size = size, size + 3
                    else:
                        assert answer.status_code == 422
                        return
            except httpx.TransportError:
                return  # killed

    for _ in range(2):
        with serving(tmp_path) as (witness, address, _key):
            threads = [
                threading.Thread(target=send, args=(address, log)) for log in (HONEST, FORK) * 2
            ]
            for one in threads:
                one.start()
            threading.Event().wait(0.3)
            stop(witness, signal.SIGKILL)
            for one in threads:
                one.join()
    assert signed
    assert len({id(log) for log, _size, _line in signed}) == 1
    for log, size, line in signed:
        key = read_vkey((tmp_path / "witness.vkey").read_text())
        key.verify(parse(log.note(size)).text, read_signature(line[:-1]))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("serve",), 2), (("serve", "--log", "a=b"), 2), (("key", "--name", "a b"), 1)],
)
def test_what_cannot_be_meant_is_said(tmp_path: Path, arguments: tuple[str], code: int) -> None:
    ran = process("witness", *arguments, "--data", tmp_path)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("ledger: ")


def test_its_key_can_be_had_before_it_starts(tmp_path: Path) -> None:
    made = process("witness", "key", "--data", tmp_path, "--name", "witness.example/w")
    assert read_vkey(made.out.strip()).name == "witness.example/w"
    assert process("witness", "key", "--data", tmp_path, "--json").json["key"] == made.out.strip()
