"""How does the log leave the ledger? As JSON lines, each the exact bytes of a leaf."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

from cyclopts import Parameter

from ledger.cli.outcome import DONE, BadUsage, print_json
from ledger.cli.place import HERE, Json, Place, opened, project_of
from ledger.cli.progress import progress

PAGE = 2_000


def events(
    *,
    out: Annotated[Path | None, Parameter(help="A file instead of standard output.")] = None,
    after: Annotated[int, Parameter(help="Only what stands after this position.")] = 0,
    project: Annotated[str | None, Parameter(help="Only one project's, by its code.")] = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Writes the events, one a line: the bytes whose hashes the log proves."""
    if after < 0:
        raise BadUsage("--after is a position: 0 or more.")
    with opened(place) as url:
        streams = _streams(url, project) if project is not None else None
        with _writing(out) as file:
            count, last = _write(url, file, after, streams)
    if out is not None:
        said = {"file": str(out), "events": count, "position": last}
        print_json(said) if json else print(f"{count} events written to {out}.")
    return DONE


@contextmanager
def _writing(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name when it is complete."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = out.with_name(out.name + ".part")
    try:
        file = part.open("wb")
    except OSError as error:
        raise BadUsage(f"{out} cannot be written: {error.strerror}.") from None
    try:
        with file:
            yield file
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _write(url: str, file: BinaryIO, after: int, streams: set[str] | None) -> tuple[int, int]:
    """How many events were written, and the position up to which the log was read."""
    import psycopg

    from ledger.event_store.codec import decode
    from ledger.event_store.connections import options
    from ledger.event_store.log import pages

    count = 0
    shown = not (file is sys.stdout.buffer and sys.stdout.isatty())
    with (
        psycopg.connect(url, **options("ledger_reader", read_only=True)) as connection,
        progress("Events", shown=shown) as tell,
    ):
        row = connection.execute("SELECT position FROM log.head").fetchone()
        head = int(row[0]) if row else 0
        for page in pages(connection, after, PAGE, head):
            leaves = [
                leaf.bytes
                for leaf in page
                if streams is None or decode(leaf.bytes).stream in streams
            ]
            file.writelines(leaf + b"\n" for leaf in leaves)
            count += len(leaves)
            tell(page[-1].position, head)
    return count, head


def _streams(url: str, code: str) -> set[str]:
    """The streams that belong to the project with that code."""
    import asyncio

    from ledger.bootstrap import reader
    from ledger.worker import Worker

    Worker(url).catch_up()

    async def find() -> set[str]:
        async with reader(url) as reading:
            project = await project_of(reading, code)
            found = await reading.rows(
                "SELECT stream::text FROM {streams:ever} AS s WHERE project = %(project)s",
                {"project": project, "known_at": 2**63 - 2},
            )
            return {row[0] for row in found}

    return asyncio.run(find())
