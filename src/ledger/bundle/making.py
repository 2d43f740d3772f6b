"""How is a bundle made? What it says is asked for first, then it is sent as it is read.

The bundle is made at a signed checkpoint. The same checkpoint and day give the same bytes.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import NamedTuple

import msgspec
from msgspec import Struct

from ledger.bundle.archive import Archive, Chunks
from ledger.bundle.contents import Contents, Document, contents, event_lines, hash_lines
from ledger.bundle.gathering import Gathering
from ledger.bundle.report import told_as
from ledger.bundle.report_pdf import report_pdf
from ledger.bundle.sealed import Sealed
from ledger.bundle.tables import portions
from ledger.documents import Documents
from ledger.event_store.log import EventLog
from ledger.integrity.note import sign
from ledger.papers.imprint import Imprint, imprint
from ledger.papers.written import file_name
from ledger.privacy.disclosure import Disclosure
from ledger.projections.engine.reading import Moment, Reading
from ledger.queries.asking import Asker, Question, listing

FORMAT = "ledger bundle 1"
MANY = 100_000  # so many events may pass 2 GiB


class Sources(NamedTuple):
    """Where the bundle's contents are read."""

    log: EventLog
    reading: Reading
    documents: Documents
    disclosure: Disclosure


class Wish(Struct, frozen=True, kw_only=True):
    """Of which project, on which day, and whether with its documents."""

    project: str
    valid_at: date
    with_documents: bool = False


class Bundle(NamedTuple):
    """A bundle that is ready to be sent."""

    name: str
    chunks: AsyncIterator[bytes]


async def bundle(sources: Sources, sealed: Sealed, wish: Wish) -> Bundle:
    """The bundle of a project at a signed checkpoint. Raises `NotFound`."""
    moment = Moment(wish.valid_at, sealed.checkpoint.size)
    # Nobody's name goes into a file that no erasure can reach; ages are counted all the same.
    asker = Asker(project=wish.project)
    question = Question(sources.reading, moment, asker, disclosure=sources.disclosure)
    head = await question.one(listing("/api/projects"), wish.project)
    found = await contents(question, sources.log, wish.project)
    made = await imprint(sources.log, moment)
    of = await _gathered(question, wish.project, found.documents)
    said = of.report(msgspec.json.decode(head.row), _proof(sealed, made, len(found.positions)))
    texts: dict[str, Chunks] = {
        "README.txt": _file("README.txt"),
        "verify.py": _file("verify.py"),
        "verifier_key": f"{sealed.signer.verifier.vkey}\n".encode(),
        "checkpoint": sealed.note,
        **_witness_keys(sealed),
        **_stamp(sealed),
        **{f"continued/{n:04}.note": one for n, (_, one) in enumerate(sealed.continued, 1)},
        "report.html": of.html(said),
        "report.pdf": await asyncio.to_thread(report_pdf, said, made.recorded_at),
        **of.files(),
    }
    name = file_name("ledger", said.code, moment.known_at, wish.valid_at.isoformat(), suffix=".zip")
    return Bundle(name, _Sending(sources, sealed, wish, found, made).chunks(texts))


async def _gathered(question: Question, project: str, documents: Sequence[Document]) -> Gathering:
    """The tables, made while others are served."""
    gathering = Gathering()
    async for name, rows in portions(question, project, documents):
        await asyncio.to_thread(gathering.add, name, rows)
    return gathering


def _witness_keys(sealed: Sealed) -> dict[str, bytes]:
    """The keys of the witnesses that we know; whoever checks has them better from elsewhere."""
    lines = "".join(f"{one.vkey}\n" for one in sealed.witnesses)
    return {"witness_keys": lines.encode()} if lines else {}


def _stamp(sealed: Sealed) -> dict[str, bytes]:
    """The last timestamp, and the signed state that it is of."""
    found = sealed.stamped
    return {} if found is None else {"proofs/stamped": found.note, "proofs/stamp": found.response}


def _file(name: str) -> bytes:
    return (files("ledger.bundle") / name).read_bytes()


def _proof(sealed: Sealed, made: Imprint, inside: int) -> dict[str, object]:
    """From what the report was made."""
    key, checkpoint = sealed.signer.verifier, sealed.checkpoint
    return {
        "valid_at": made.valid_at,
        "recorded_at": f"{made.recorded_at:%Y-%m-%d %H:%M:%S}",
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "inside": inside,
        "root": checkpoint.root.hex(),
        "key": key.vkey,
        "fingerprint": hashlib.sha256(key.key).hexdigest(),
        **_vouched_for(sealed),
    }


def _vouched_for(sealed: Sealed) -> dict[str, object]:
    """What others say of it, and what is said of events that were lost, if anything is."""
    found: dict[str, object] = {}
    if told := sealed.vouched():
        found["witnessed"] = "; ".join(
            f"{one.witness.name}, {datetime.fromtimestamp(one.at, UTC):%Y-%m-%d %H:%M:%S} UTC"
            for one in told
        )
    if (stamp := sealed.stamped) is not None:
        at = f"{stamp.at:%Y-%m-%d %H:%M:%S}"
        found["stamped"] = told_as("stamped_by", at=at, size=stamp.size, authority=stamp.authority)
    for said, _ in sealed.continued[-1:]:
        found["continued"] = told_as(
            "continued_from",
            first=said.lost[0],
            last=said.lost[-1],
            ended=said.signed.origin,
            continued=said.verifier.name,
            kept=said.kept.size,
            by=said.by,
            at=said.at,
            reason=said.reason,
        )
    return found


class _Sending:
    """A bundle on its way, whose parts are read while it goes."""

    def __init__(
        self, sources: Sources, sealed: Sealed, wish: Wish, found: Contents, made: Imprint
    ) -> None:
        self._sources, self._sealed, self._wish, self._found = sources, sealed, wish, found
        self._zip = Archive(made.recorded_at)

    async def chunks(self, texts: Mapping[str, Chunks]) -> AsyncIterator[bytes]:
        """The zip from its beginning to its end; the manifest comes last."""
        log, size, inside = self._sources.log, self._sealed.checkpoint.size, self._found.positions
        large = size > MANY
        for name, text in texts.items():
            async for grown in self._zip.member(
                name, text, large=large and not isinstance(text, bytes)
            ):
                yield grown
        hashes = hash_lines(log, size, inside, self._found.withheld)
        events = event_lines(log, inside)
        for name, lines in (("events.jsonl", events), ("proofs/hashes.txt", hashes)):
            async for grown in self._zip.member(name, lines, large=large):
                yield grown
        async for grown in self._documents():
            yield grown
        async for grown in self._zip.member("manifest", self._manifest()):
            yield grown
        yield self._zip.end()

    async def _documents(self) -> AsyncIterator[bytes]:
        """What is lost from the store is left out here, and missed when the bundle is checked."""
        for one in self._found.documents if self._wish.with_documents else ():
            if one.stored and (chunks := await self._opened(one.sha256)):
                async for grown in self._zip.member(f"documents/{one.sha256}", chunks):
                    yield grown

    async def _opened(self, sha256: str) -> AsyncIterator[bytes] | None:
        chunks = self._sources.documents.get(sha256)
        try:
            first = await anext(chunks)
        except FileNotFoundError:
            return None
        return _from(first, chunks)

    def _manifest(self) -> bytes:
        """What the bundle is and consists of, signed by the log's key.

        Its first line keeps it apart from all else that the key signs.
        """
        checkpoint, wish = self._sealed.checkpoint, self._wish
        said = {
            "origin": checkpoint.origin,
            "project": wish.project,
            "valid_at": wish.valid_at.isoformat(),
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
            "events": len(self._found.positions),
            "documents": "included" if wish.with_documents else "left-out",
        }
        lines = [FORMAT, *(f"{name} {value}" for name, value in said.items())]
        lines += [f"{digest}  {name}" for name, digest in sorted(self._zip.digests.items())]
        return sign("\n".join(lines) + "\n", [self._sealed.signer]).write()


async def _from(first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in chunks:
        yield chunk
