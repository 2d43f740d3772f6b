"""What do the commands share that say who may do what? The ledger at hand, names and projects."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ledger.cli.outcome import BadUsage
from ledger.cli.place import Place, documents_of, keys_of, project_of

if TYPE_CHECKING:
    from ledger.bootstrap import Parts

NAME_LIMIT = 200


def one_line(option: str, text: str) -> str:
    """A name without its outer blanks. Raises `BadUsage`."""
    if not text.strip() or len(text) > NAME_LIMIT or not text.isprintable():
        raise BadUsage(f"{option} takes one line of text, at most {NAME_LIMIT} characters.")
    return text.strip()


@asynccontextmanager
async def running(url: str, place: Place) -> AsyncIterator["Parts"]:
    """The parts of the ledger, while the context lasts."""
    from ledger.bootstrap import parts

    async with parts(url, documents_of(place), keys_of(place)) as made:
        yield made


async def project_by_code(url: str, code: str) -> str:
    """The id of the project with that code. Raises `BadUsage` where there is none."""
    import asyncio

    from ledger.bootstrap import reader
    from ledger.worker import Worker

    await asyncio.to_thread(Worker(url).catch_up)
    async with reader(url) as reading:
        return await project_of(reading, code)
