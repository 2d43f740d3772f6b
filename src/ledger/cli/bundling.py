"""What does an auditor take away? A project's bundle as a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ledger.cli.exports import KnownAt, ValidAt, _known, _writing
from ledger.cli.moments import day_of, moment_of
from ledger.cli.outcome import DONE, Failed, print_json
from ledger.cli.place import HERE, Json, Place, documents_of, opened, project_of
from ledger.cli.progress import progress

if TYPE_CHECKING:
    from datetime import date

    from ledger.settings import Settings


def bundle(
    *,
    project: Annotated[str, Parameter(help="The project's code.")],
    out: Annotated[Path, Parameter(help="The file, FILE.zip.")],
    documents: Annotated[
        bool, Parameter(negative=(), help="With the evidence that the project's events name.")
    ] = False,
    known_at: KnownAt = None,
    valid_at: ValidAt = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Writes a project's events, their proof, its tables, and a program that checks them."""
    import asyncio

    from ledger.integrity.key_files import SealingRefused
    from ledger.settings import settings

    known, day, where = _known(known_at), day_of(valid_at), settings(place.database, place.data)
    asked = known if known_at is not None else None
    with opened(place) as url:
        try:
            size = asyncio.run(
                _write(url, where, documents_of(place), project, out, asked, day, documents)
            )
        except SealingRefused as refused:
            raise Failed(f"The log cannot be signed: {refused}") from None
    said = {"file": str(out), "position": size}
    print_json(said) if json else print(f"{out}, as known at position {size}.")
    return DONE


async def _write(
    url: str,
    where: "Settings",
    evidence: str,
    code: str,
    out: Path,
    known_at: int | str | None,
    day: "date | None",
    documents: bool,
) -> int:
    """Writes the bundle; answers the position at which it was made."""
    import asyncio

    from ledger.attestations.outside import outside
    from ledger.bootstrap import parts
    from ledger.bundle.making import Sources, Wish, bundle
    from ledger.bundle.sealed import sealed
    from ledger.integrity.sealing import Sealer
    from ledger.kernel.errors import NotFound
    from ledger.worker import Worker

    async with parts(url, evidence, where.keys) as made:
        with progress("Events") as tell:
            await asyncio.to_thread(Worker(url, on_progress=tell).catch_up)
        await asyncio.to_thread(Sealer(url, where.keys, origin=where.origin).catch_up)
        moment = await moment_of(made, 2**62 if known_at is None else known_at, day)
        upto = None if known_at is None else moment.known_at
        at = await sealed(
            made.tree,
            where.keys,
            least=moment.known_at,
            upto=upto,
            witnesses=outside(where).witness_keys,
        )
        await made.reading.wait_for(at.checkpoint.size)
        wish = Wish(
            project=await project_of(made.reading, code),
            valid_at=moment.valid_at,
            with_documents=documents,
        )
        sources = Sources(made.log, made.reading, made.documents, made.disclosure)
        try:
            found = await bundle(sources, at, wish)
        except NotFound:
            when = f"on {moment.valid_at}, as known at position {at.checkpoint.size}"
            raise Failed(f"There was no project {code} {when}.") from None
        with _writing(out) as file, progress("Bytes") as tell:
            written = 0
            async for chunk in found.chunks:
                written += file.write(chunk)
                tell(written, 0)
        return at.checkpoint.size
