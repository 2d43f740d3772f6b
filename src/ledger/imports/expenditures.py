"""How does a file of expenditures come into the ledger? Checked as a whole, recorded as a whole.

A dry run and the recording go the same way: read the file, leave out what is recorded already,
let the ledger judge the rest. Only then, and only where nothing is wrong, everything is recorded.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import BinaryIO

from msgspec import Struct

from ledger.application import Caller, RefusedInBatch, Wish
from ledger.documents import Documents
from ledger.event_store.log import EventLog
from ledger.imports.accounting import Correction, Document
from ledger.imports.apart import Task
from ledger.imports.budget import Budget
from ledger.imports.cautions import cautions
from ledger.imports.columns import NAMES
from ledger.imports.correcting import Corrections, original_of, standing_of, work_out
from ledger.imports.judging import Judge, creation, explain, refusal
from ledger.imports.problems import CellProblem, Problems, Spot
from ledger.imports.reading import Asked, Tell, Told, contents, read_file
from ledger.imports.recorded import Difference, Register
from ledger.imports.sharing import Pile
from ledger.imports.wording import Lang, say
from ledger.kernel.errors import LedgerError
from ledger.kernel.fields import money
from ledger.projections.engine.reading import Reading

_COLUMN_OF = {"charges": "eligible"}


class FileTotals(Struct, frozen=True):
    """What the documents of a file come to."""

    gross: str
    eligible: str
    eu_amount: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of a file. `new` documents are those that are not recorded yet."""

    format: str
    rows: int
    documents: int
    new: int
    known: int
    totals: FileTotals
    errors_count: int
    errors: list[CellProblem]
    cautions_count: int = 0
    cautions: list[CellProblem] = []
    recorded: int = 0
    position: int | None = None


class Order(Struct, frozen=True, kw_only=True):
    """Who wants which file imported, for which project, and whether to record it."""

    name: str
    budget: Budget
    line: str | None = None
    lang: Lang = "pl"
    caller: Caller
    request_id: str
    record: bool = False


class Imports:
    """The import of expenditures, on the parts of a running ledger."""

    def __init__(
        self, url: str, ledger: Judge, log: EventLog, reading: Reading, documents: Documents
    ) -> None:
        self._url = url
        self._ledger, self._log, self._reading = ledger, log, reading
        self._documents = documents

    async def run(self, file: BinaryIO, order: Order, tell: Tell) -> Outcome:
        """Judges the file and, where that is ordered and nothing is wrong, records it.

        Raises `Unreadable` where the file cannot be read at all.
        """
        budget, scoped = order.budget, order.caller.project is not None
        problems = Problems(order.lang)
        asked = Asked(
            name=order.name, budget=budget, line=order.line, scoped=scoped, lang=order.lang,
            today=self._ledger.today().isoformat(),
        )  # fmt: skip
        pile = Pile(self._task(order), partial(self._judged, order))
        settled = None if order.record else pile.add  # what shall be recorded is decided here
        try:
            told = await asyncio.to_thread(read_file, file, asked, problems, tell, settled)
            await self._reading.wait_for(await self._log.head())
            register = Register(self._reading, budget.project, scoped=scoped)
            fresh, known = await _fresh(register, told, problems)
            job = _Job(told, fresh, known, order, problems, tell)
            if told.format in ("xml", "zip"):
                job.corrections = await _corrections(register, job)
                position = await self._take_invoices(file, job)
            else:
                position = await self._take_table(job, pile)
        finally:
            await pile.close()
        return _outcome(job, position)

    def _task(self, order: Order) -> Task:
        return Task(
            url=self._url,
            caller=order.caller,
            request_id=order.request_id,
            project=order.budget.project,
            name=order.name,
            lang=order.lang,
        )

    async def _take_table(self, job: "_Job", pile: Pile) -> int | None:
        """The ledger judges all documents and records them if it refuses none."""
        record = job.order.record and not job.problems.count
        if record:
            position = await self._many(job, job.fresh, record=True)
            return position if not job.problems.count else None
        fresh = {one.id: one for one in job.sound()}
        count = len(fresh)
        refused = await pile.refused(fresh, lambda done: job.tell(min(done, count), count))
        for id in (id for id in fresh if id in refused):
            explain(refused[id], fresh[id], job.told.spot, job.problems)
        return None

    async def _judged(self, order: Order, documents: Sequence[Document]) -> dict[str, LedgerError]:
        """Those of the documents that the ledger refuses."""
        told = await self._ledger.handle_many(
            _creations(order, documents), order.caller, order.request_id, record=False
        )
        return {documents[index].id: error for index, error in told.refused}

    async def _take_invoices(self, file: BinaryIO, job: "_Job") -> int | None:
        """Judged first: the evidence is kept only of what will be recorded."""
        await self._many(job, job.sound(), record=False)
        await self._judge_corrections(job)
        if job.problems.count or not job.order.record:
            return None
        creations = _creations(job.order, job.fresh, kept=True)
        wishes = [*creations, *job.corrections.with_evidence()]
        if not wishes:
            return await self._log.head()
        await self._keep(file, job)
        order = job.order
        try:
            receipts = await self._ledger.handle_all(wishes, order.caller, order.request_id)
        except RefusedInBatch as refused:
            self._explain_refused(job, refused)
            return None
        return receipts[-1].position

    async def _many(self, job: "_Job", documents: Sequence[Document], *, record: bool) -> int:
        order, count = job.order, len(documents)
        told = await self._ledger.handle_many(
            _creations(order, documents),
            order.caller,
            order.request_id,
            record=record,
            tell=lambda done: job.tell(done, count),
        )
        for index, error in told.refused:
            explain(error, documents[index], job.told.spot, job.problems)
        return told.position

    async def _judge_corrections(self, job: "_Job") -> None:
        """One by one; what changes a document of the same file is judged when it is recorded."""
        found, order = job.corrections, job.order
        for one, wish, on_new in zip(found.fresh, found.wishes, found.on_new, strict=True):
            if on_new:
                continue
            told = await self._ledger.handle_many(
                [wish], order.caller, order.request_id, record=False
            )
            for _, error in told.refused:
                _note_correction(job, one, error)

    def _explain_refused(self, job: "_Job", refused: RefusedInBatch) -> None:
        if refused.index < len(job.fresh):
            explain(refused.error, job.fresh[refused.index], job.told.spot, job.problems)
        else:
            _note_correction(
                job, job.corrections.fresh[refused.index - len(job.fresh)], refused.error
            )

    async def _keep(self, file: BinaryIO, job: "_Job") -> None:
        """Stores the exact bytes of the invoices that will be recorded."""
        order, needed = job.order, job.evidence()
        for name, content in contents(file, job.told.format, order.name, order.lang):
            if hashlib.sha256(content).hexdigest() in needed:
                await self._documents.put(
                    content, name=name, by=order.caller.name, project=order.budget.project
                )


@dataclass(slots=True)
class _Job:
    """A file on its way: what it tells, what of it is new, and what is wrong."""

    told: Told
    fresh: Sequence[Document]
    known: int
    order: Order
    problems: Problems
    tell: Tell
    corrections: Corrections = field(default_factory=Corrections)

    def sound(self) -> list[Document]:
        """The new documents of which nothing was found wrong yet."""
        return [one for one in self.fresh if one.id not in self.told.faulty]

    def evidence(self) -> set[str]:
        """The digests of what is new."""
        found = {one.evidence for one in self.fresh if one.evidence is not None}
        return found | {one.evidence for one in self.corrections.fresh}


def _creations(
    order: Order, documents: Sequence[Document], *, kept: bool = False
) -> Iterator[Wish]:
    """The commands of these documents, made as they are asked for."""
    project, name, lang = order.budget.project, order.name, order.lang
    return (creation(one, project, name, lang, kept=kept) for one in documents)


async def _fresh(register: Register, told: Told, problems: Problems) -> tuple[list[Document], int]:
    """The documents that are not recorded yet, and how many are; notes those recorded otherwise."""
    recorded = await register.compare(told.documents)
    for id, differences in recorded.items():
        document = told.documents[id]
        if differences:
            column = _COLUMN_OF.get(differences[0].field, differences[0].field)
            spot = told.spot(document.source, document.row, column or "document_number")
            problems.tell(spot, document.number, _said(differences, problems.lang))
    fresh = [one for id, one in told.documents.items() if id not in recorded]
    return fresh, sum(not differences for differences in recorded.values())


def _said(differences: Sequence[Difference], lang: Lang) -> str:
    if not differences[0].field:
        return say(lang, "recorded_elsewhere")
    parts = []
    for what, recorded, here in differences:
        names = NAMES.get(what)
        name = names[0 if lang == "pl" else 1] if names else say(lang, what)
        parts.append(say(lang, "difference", field=name, recorded=recorded, told=here))
    return say(lang, "recorded_otherwise", differences="; ".join(parts))


async def _corrections(register: Register, job: _Job) -> Corrections:
    told, project = job.told, job.order.budget.project
    originals = [original_of(one) for one in told.corrections]
    new = {one.id: one for one in job.fresh}
    standings = await register.standings(told.corrections, originals)
    standings |= {id: standing_of(new[id], project) for id in originals if id in new}
    return work_out(told.corrections, standings, new, job.order.name, job.problems)


def _note_correction(job: _Job, one: Correction, error: LedgerError) -> None:
    spot = Spot(sheet=one.source, field="Fa/P_2")
    job.problems.tell(spot, one.number, refusal(error, job.problems.lang))


def _outcome(job: _Job, position: int | None) -> Outcome:
    told, corrections = job.told, job.corrections
    new = len(job.fresh) + len(corrections.fresh)
    warned = cautions(told, job.fresh, job.order.lang)
    return Outcome(
        format=told.format,
        rows=told.rows,
        documents=len(told.documents) + len(told.corrections),
        new=new,
        known=job.known + corrections.known,
        totals=_totals(told, job.order.budget),
        errors_count=job.problems.count,
        errors=job.problems.listed,
        cautions_count=warned.count,
        cautions=warned.listed,
        recorded=0 if position is None else new,
        position=position,
    )


def _totals(told: Told, budget: Budget) -> FileTotals:
    gross = eligible = eu_amount = Decimal(0)
    for document in told.documents.values():
        gross += Decimal(document.gross)
        for one in document.charges:
            eligible += Decimal(one.eligible)
            eu_amount += Decimal(one.eu_amount or budget.eu_part(one.eligible))
    return FileTotals(money(gross), money(eligible), money(eu_amount))
