"""How long does an auditor's program take over a bundle? Beside unpacking and hashing its files.

The bundle is of the project that spends: of all projects it has by far the most events.
"""

import asyncio
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from ledger.benchmark.figures import Figure, figure
from ledger.bootstrap import parts
from ledger.bundle.making import Sources, Wish, bundle
from ledger.bundle.sealed import sealed
from ledger.settings import settings

CHUNK_BYTES = 1024 * 1024


class Made(NamedTuple):
    """A bundle: how many events are in it, of how many in the log, and how long it took."""

    inside: int
    size: int
    seconds: float


def measure_bundle(url: str, project: str, hashed: float) -> Iterator[Figure]:
    """Makes a project's bundle and checks it; `hashed`: events of the log read a second."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bundle.zip"
        made = asyncio.run(_make(url, project, file))
        yield figure(
            f"positions bundled, {made.inside:,} events of {made.size:,} in {made.seconds:.1f} s",
            made.size / made.seconds,
            baseline=("the log's events read and hashed", hashed),
        )
        alone = _unpacked_and_hashed(file)
        seconds = _checked(file, Path(folder))
        yield figure(
            f"positions checked by a bundle's verify.py, {made.size:,} with {made.inside:,}"
            f" events in {seconds:.1f} s",
            made.size / seconds,
            baseline=("its files only unpacked and hashed", made.size / alone),
        )


async def _make(url: str, project: str, file: Path) -> Made:
    place = settings()
    async with parts(url, place.documents, place.keys) as made:
        head = await made.log.head()
        at = await sealed(made.tree, place.keys, least=head)
        wish = Wish(project=project, valid_at=date.today())  # noqa: DTZ011 - any day will do
        began = perf_counter()
        sources = Sources(made.log, made.reading, made.documents, made.disclosure)
        found = await bundle(sources, at, wish)
        with file.open("wb") as out:
            async for chunk in found.chunks:
                out.write(chunk)
        seconds = perf_counter() - began
    with zipfile.ZipFile(file) as inside, inside.open("events.jsonl") as lines:
        return Made(sum(1 for _ in lines), head, seconds)


def _unpacked_and_hashed(file: Path) -> float:
    """How long it takes to read every file of the bundle and hash its bytes."""
    began = perf_counter()
    with zipfile.ZipFile(file) as inside:
        for name in inside.namelist():
            digest = hashlib.sha256()
            with inside.open(name) as member:
                while chunk := member.read(CHUNK_BYTES):
                    digest.update(chunk)
    return perf_counter() - began


def _checked(file: Path, folder: Path) -> float:
    """How long the program in the bundle takes, run as an auditor runs it."""
    with zipfile.ZipFile(file) as inside:
        program = inside.extract("verify.py", folder)
    began = perf_counter()
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", program, str(file)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
    return perf_counter() - began
