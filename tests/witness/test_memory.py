"""A witness forgets nothing that it has signed, whatever is killed when."""

import os
import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from ledger.integrity.key_files import KeysRefused
from ledger.integrity.note import parse, read_signature
from ledger.witness.judging import Witness
from ledger.witness.memory import Memory, MemoryRefused, hash_of
from tests.witness.logs import ORIGIN, Log

HONEST, FORK = Log(), Log(forked=5)


def opened(folder: Path) -> Witness:
    memory = Memory(folder)
    return Witness(memory, memory.open(), {ORIGIN: [HONEST.key.verifier]})


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "witness"
    made = Memory(folder).open("witness.example/w")
    assert Memory(folder).open().verifier == made.verifier
    assert (folder.stat().st_mode & 0o777, (folder / "logs").stat().st_mode & 0o777) == (0o700,) * 2
    assert (folder / "witness.key").stat().st_mode & 0o777 == 0o600
    assert (folder / "witness.vkey").read_text() == f"{made.verifier.vkey}\n"
    with pytest.raises(KeysRefused, match="not other"):
        Memory(folder).open("other")


def test_a_name_is_made_of_the_key_where_none_is_given(tmp_path: Path) -> None:
    assert Memory(tmp_path).open().verifier.name.startswith("witness.localhost/")


def test_a_lost_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    Memory(tmp_path).open()
    (tmp_path / "witness.key").unlink()
    with pytest.raises(KeysRefused, match="is gone"):
        Memory(tmp_path).open()


def test_a_memory_that_cannot_be_read_signs_nothing(tmp_path: Path) -> None:
    witness = opened(tmp_path)
    witness.add_checkpoint(HONEST.body(0, 7))
    (tmp_path / "logs" / f"{hash_of(ORIGIN)}.checkpoint").write_bytes(b"")
    with pytest.raises(MemoryRefused):
        witness.add_checkpoint(HONEST.body(7, 9))


def test_of_many_that_come_at_once_one_story_is_cosigned(tmp_path: Path) -> None:
    witness, again = opened(tmp_path), opened(tmp_path)  # as two processes have it
    start, answers = threading.Barrier(16), list[tuple[Log, int, str]]()

    def send(number: int) -> None:
        log, asked = (HONEST, FORK)[number % 2], (witness, again)[number // 2 % 2]
        start.wait()
        for size in range(7, 40, 1 + number % 3):
            old = 0
            while True:
                answer = asked.add_checkpoint(log.body(old, size))
                if answer.status != HTTPStatus.CONFLICT or int(answer.text) > size:
                    break
                old = int(answer.text)
            if answer.status == HTTPStatus.OK:
                answers.append((log, size, answer.text))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len({id(log) for log, _size, _line in answers}) == 1
    assert max(size for _log, size, _line in answers) == 39
    for log, size, line in answers:
        witness.verifier.verify(parse(log.note(size)).text, read_signature(line[:-1]))


@pytest.mark.parametrize("step", range(6))
def test_whatever_fails_on_the_way_to_the_disk_what_was_answered_is_known(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = opened(tmp_path)
    witness.add_checkpoint(HONEST.body(0, 7))
    calls = 0

    def failing(real: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step + 1:
                raise OSError("the machine is gone")
            return real(*given, **named)

        return call

    with monkeypatch.context() as patched:
        patched.setattr("ledger.integrity.key_files.os.fsync", failing(os.fsync))
        patched.setattr("ledger.integrity.key_files.os.fchmod", failing(os.fchmod))
        patched.setattr("pathlib.Path.replace", failing(Path.replace))
        try:
            answered = witness.add_checkpoint(HONEST.body(7, 9)).status == HTTPStatus.OK
        except OSError:
            answered = False
    assert answered == (step >= 4)
    size = int(opened(tmp_path).add_checkpoint(FORK.body(0, 20)).text)
    assert size == 9 if answered else size in (7, 9)
    assert opened(tmp_path).add_checkpoint(FORK.body(size, 20)).status == 422
    assert opened(tmp_path).add_checkpoint(HONEST.body(size, 20)).status == 200
