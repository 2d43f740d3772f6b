"""Running ledgers on one database, as so many processes."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from ledger.application import Caller, Wish
from ledger.bootstrap import Parts, parts
from ledger.event_store.codec import decode
from ledger.worker import Worker

ADMIN = Caller(id="admin", name="Admin", role="admin")
NAMES = {"given_name": "Anna", "family_name": "Wymyślona", "email": "anna@example.org"}


def run(work: Coroutine[Any, Any, None]) -> None:
    """Runs a test's story."""
    asyncio.run(work)


@asynccontextmanager
async def processes(url: str, count: int = 1) -> AsyncIterator[list[Parts]]:
    """So many processes, and a worker that keeps the read models."""
    following = Worker(url)
    async with parts(url) as one:
        following.start()
        try:
            if count == 1:
                yield [one]
            else:
                async with parts(url) as other:
                    yield [one, other]
        finally:
            await asyncio.to_thread(following.stop)


async def register(one: Parts, **fields: Any) -> str:
    """A person; the id."""
    wish = Wish(collection="persons", command="create", body=NAMES | fields)
    return (await one.ledger.handle(wish, ADMIN, "request")).id


async def tell(one: Parts, person: str, command: str, **body: Any) -> None:
    """A command about a person."""
    said = {"reason": "Tak postanowiono."} | body
    wish = Wish(collection="persons", command=command, id=person, body=said)
    await one.ledger.handle(wish, ADMIN, "request")


async def opened(one: Parts, person: str) -> list[Any]:
    """What the person's events say, as decisions see them."""
    return await one.vault.opened([decode(leaf.bytes) for leaf in await one.log.stream(person)])
