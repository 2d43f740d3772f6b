"""Those who ask at once are answered together, and nobody with an answer from before he asked."""

import asyncio
from collections.abc import Collection, Mapping

import pytest

from ledger.event_store.together import Together


class Source:
    """Something that changes, and takes a while to say how it stands."""

    def __init__(self) -> None:
        self.asked: list[set[str]] = []
        self.state = 0
        self.broken = False
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def ask(self, keys: Collection[str]) -> Mapping[str, int]:
        self.asked.append(set(keys))
        seen = self.state
        await self.go_on.wait()
        if self.broken:
            raise LookupError("out of order")
        return {key: seen for key in keys if key != "unknown"}


def test_all_that_is_asked_while_an_answer_is_on_its_way_is_one_question() -> None:
    async def ask() -> None:
        source = Source()
        source.go_on.clear()
        together = Together(source.ask)
        first = asyncio.create_task(together.get("a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        source.state = 1  # what is asked from now on has to know this
        others = [asyncio.create_task(together.get(key)) for key in ("a", "b", "unknown", "b")]
        await asyncio.sleep(0)
        source.go_on.set()
        assert await first == 0
        assert await asyncio.gather(*others) == [1, 1, None, 1]
        assert source.asked == [{"a"}, {"a", "b", "unknown"}]

    asyncio.run(ask())


def test_an_error_reaches_everybody_who_waited_and_nobody_after() -> None:
    async def ask() -> None:
        source = Source()
        source.broken = True
        together = Together(source.ask)
        errors = await asyncio.gather(*map(together.get, "ab"), return_exceptions=True)
        assert [type(one) for one in errors] == [LookupError, LookupError]
        source.broken = False
        assert await together.get("a") == 0

    asyncio.run(ask())


def test_whoever_goes_away_leaves_the_others_their_answer() -> None:
    async def ask() -> None:
        source = Source()
        source.go_on.clear()
        together = Together(source.ask)
        gone, stays = (asyncio.create_task(together.get("a")) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        source.go_on.set()
        assert await stays == 0
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(ask())
