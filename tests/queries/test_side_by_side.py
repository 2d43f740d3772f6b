"""Several questions at once: their answers in order, a few at a time, and nothing left behind."""

import asyncio

import pytest

from ledger.queries.side_by_side import AT_ONCE, side_by_side


async def later(answer: int, turns: int) -> int:
    for _ in range(turns):
        await asyncio.sleep(0)
    return answer


def test_answers_stand_in_the_order_of_their_questions() -> None:
    asked = [later(n, 10 - n) for n in range(10)]
    assert asyncio.run(side_by_side(*asked)) == list(range(10))


def test_no_more_than_a_few_are_asked_at_once() -> None:
    going, most = 0, 0

    async def counted() -> None:
        nonlocal going, most
        going += 1
        most = max(most, going)
        await asyncio.sleep(0)
        going -= 1

    asyncio.run(side_by_side(*(counted() for _ in range(3 * AT_ONCE))))
    assert most == AT_ONCE


def test_when_one_fails_the_others_end_and_its_error_is_told() -> None:
    ended: list[str] = []

    async def long() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("long")

    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError("so it is")

    async def asked() -> None:
        await side_by_side(long(), fails(), *(long() for _ in range(AT_ONCE)))

    with pytest.raises(ValueError, match="so it is"):
        asyncio.run(asked())
    assert ended
