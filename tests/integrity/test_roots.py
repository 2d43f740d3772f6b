"""The root of the log at a position, whatever was asked before."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from ledger.event_store.codec import leaf_hash
from ledger.event_store.log import EventLog, Leaf
from ledger.integrity import roots
from ledger.integrity.roots import root_at
from ledger.integrity.tree import Frontier

PAGE = 7


class KeptLog:
    """A log of so many leaves that counts what is read of it."""

    def __init__(self, size: int) -> None:
        self.leaves = [Leaf(at, b'{"position":%d}' % at) for at in range(1, size + 1)]
        self.read = 0

    async def pages(self, after: int, upto: int) -> AsyncIterator[list[Leaf]]:
        for start in range(after, min(upto, len(self.leaves)), PAGE):
            page = self.leaves[start : min(start + PAGE, upto)]
            self.read += len(page)
            yield page


def expected(log: KeptLog, position: int) -> str:
    frontier = Frontier()
    for leaf in log.leaves[:position]:
        frontier.append(bytes.fromhex(leaf_hash(leaf.bytes)))
    return frontier.root().hex()


def asked(log: KeptLog, *positions: int) -> list[str]:
    async def ask() -> list[str]:
        return [await root_at(cast(EventLog, log), position) for position in positions]

    return asyncio.run(ask())


def test_every_position_has_its_root_in_whatever_order_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(roots, "FIRST_STEP", 4)
    monkeypatch.setattr(roots, "MARKS", 5)  # so few that marks are given up on the way
    log = KeptLog(60)
    order = [0, 60, 1, 59, 17, 16, 16, 0, 33, 2, 60]
    assert asked(log, *order) == [expected(log, position) for position in order]


def test_a_later_question_reads_only_what_was_recorded_since() -> None:
    log = KeptLog(50)
    asked(log, 40)
    assert log.read == 40
    asked(log, 50, 50)
    assert log.read == 50


def test_an_earlier_question_starts_at_the_nearest_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roots, "FIRST_STEP", 10)
    log = KeptLog(50)
    asked(log, 50)
    log.read = 0
    asked(log, 43)
    assert log.read == 3


def test_a_position_to_which_the_log_has_not_come_has_no_root() -> None:
    with pytest.raises(LookupError, match="11"):
        asked(KeptLog(10), 11)
