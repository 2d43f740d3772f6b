"""How are several things asked side by side? A few at a time, so that others get their turn."""

import asyncio
from collections.abc import Coroutine
from typing import Any

AT_ONCE = 3  # of the connections that answer everybody

Asked = Coroutine[Any, Any, Any]


async def side_by_side(*asked: Asked) -> list[Any]:
    """The answers in the order of the questions; what one of them raises is raised."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(question: Asked) -> Any:
        async with turn:
            return await question

    tasks = [asyncio.create_task(one(question)) for question in asked]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:  # none goes on when another one has failed
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for question in asked:
            question.close()  # some may not have begun
