"""What leaves the ledger as a file? The log, line by line as it is proved; claims and registers."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

from cyclopts import Parameter

from ledger.cli.asking import parts_at, question_at
from ledger.cli.moments import day_of, known_at_of, moment_of
from ledger.cli.outcome import DONE, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, opened, project_of
from ledger.cli.progress import progress

if TYPE_CHECKING:
    from ledger.bootstrap import Parts
    from ledger.papers.written import Lang
    from ledger.queries.asking import Question

PAGE = 2_000
Out = Annotated[Path, Parameter(help="The directory for the files.")]
KnownAt = Annotated[
    str | None, Parameter(help="An RFC 3339 time, or a position of the log; else now.")
]
ValidAt = Annotated[str | None, Parameter(help="A day; else today.")]
Language = Annotated[str, Parameter(name="--lang", help="pl or en.")]


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
    from ledger.projections.stream_register import OF_PROJECT
    from ledger.worker import Worker

    Worker(url).catch_up()

    async def find() -> set[str]:
        async with reader(url) as reading:
            project = await project_of(reading, code)
            found = await reading.rows(
                OF_PROJECT,
                {"project": project, "known_at": 2**63 - 2},
            )
            return {row[0] for row in found}

    return asyncio.run(find())


def claim(
    id: Annotated[str, Parameter(name="ID", help="The payment claim's id.")],
    /,
    *,
    formats: Annotated[str, Parameter(name="--format", help="pdf, xlsx or both.")] = "pdf,xlsx",
    out: Out = Path(),
    known_at: KnownAt = None,
    valid_at: ValidAt = None,
    lang: Language = "pl",
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Writes a payment claim as it is printed, and as a workbook, as it stood at a moment."""
    import asyncio

    from ledger.application import valid_id
    from ledger.kernel.errors import NotFound
    from ledger.papers.claim import claim_paper
    from ledger.papers.claim_pdf import claim_pdf
    from ledger.papers.claim_xlsx import claim_xlsx

    wanted, language = _formats(formats, "pdf", "xlsx"), _language(lang)
    known, day, found = _known(known_at), day_of(valid_at), valid_id(id)

    async def write(url: str) -> list[Path]:
        async with _asking(url, place, known, day) as (made, question):
            try:
                paper = await claim_paper(question, made.log, found or "")
            except NotFound:
                raise Failed(f"There is no claim {id} at that moment.") from None
        files = [out / paper.file_name(language, f".{one}") for one in wanted]
        for one, path in zip(wanted, files, strict=True):
            with _writing(path) as file:
                if one == "pdf":
                    file.write(claim_pdf(paper, language))
                else:
                    claim_xlsx(paper, language, file)
        return files

    if found is None:
        raise BadUsage("ID is the claim's id, a UUID.")
    with opened(place) as url:
        return _tell(asyncio.run(write(url)), json)


def expenditures(
    *,
    project: Annotated[str, Parameter(help="The project's code.")],
    formats: Annotated[str, Parameter(name="--format", help="xlsx, csv or both.")] = "xlsx,csv",
    out: Out = Path(),
    known_at: KnownAt = None,
    valid_at: ValidAt = None,
    lang: Language = "pl",
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Writes a project's expenditure register, a row for every charge, as it stood at a moment."""
    import asyncio

    from ledger.papers import register
    from ledger.papers.imprint import imprint
    from ledger.papers.register_xlsx import register_xlsx

    wanted, language = _formats(formats, "xlsx", "csv"), _language(lang)
    known, day = _known(known_at), day_of(valid_at)

    async def write(url: str) -> list[Path]:
        files = []
        async with _asking(url, place, known, day) as (made, question):
            id = await project_of(made.reading, project)
            for one in wanted:
                name = await register.register_name(question, id, language, f".{one}")
                files.append(out / name)
                with _writing(files[-1]) as file:
                    if one == "xlsx":
                        seen = await imprint(made.log, question.moment)
                        await register_xlsx(question, id, seen, language, file)
                        continue
                    file.write(register.csv_header(language))
                    async for rows in register.register(question, id, language):
                        file.write(register.csv_lines(rows, language))
        return files

    with opened(place) as url:
        return _tell(asyncio.run(write(url)), json)


def _formats(text: str, *known: str) -> list[str]:
    formats = list(dict.fromkeys(text.lower().split(",")))
    if unknown := [one for one in formats if one not in known]:
        raise BadUsage(f"--format is one of {', '.join(known)}, or both; not {unknown[0]!r}.")
    return formats


def _language(text: str) -> "Lang":
    from ledger.papers.written import LANGS

    if text not in LANGS:
        raise BadUsage("--lang is pl or en.")
    return text


def _known(text: str | None) -> int | str:
    return known_at_of(text if text is not None else str(2**62))


@asynccontextmanager
async def _asking(
    url: str, place: Place, known_at: int | str, day: date | None
) -> AsyncIterator[tuple["Parts", "Question"]]:
    """Somebody who may see everything, at that moment, in read models that have caught up."""
    import asyncio

    from ledger.worker import Worker

    async with parts_at(url, place) as made:
        with progress("Events") as tell:
            await asyncio.to_thread(Worker(url, on_progress=tell).catch_up)
        moment = await moment_of(made, known_at, day)
        yield made, question_at(made, moment, "ledger export")


def _tell(files: list[Path], json: bool) -> int:
    if json:
        print_json({"files": [str(path) for path in files]})
    else:
        for path in files:
            print(path)
    return DONE
