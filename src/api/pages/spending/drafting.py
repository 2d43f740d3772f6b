"""A document being recorded: what was typed, what follows from it, what stands against it."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from api.pages.frame.forms.form import CommandForm
from api.pages.frame.forms.reading import Sent
from api.pages.frame.page import Page
from api.pages.spending.lines import Lines, choice_of, chosen, lines_offered
from api.pages.spending.told import lang_of
from ledger.aggregates.expenditures.identity import expenditure_id
from ledger.aggregates.expenditures.recording import RecordExpenditure
from ledger.application import Receipt
from ledger.application.wishes import COMMON_FIELDS
from ledger.findings import Finding
from ledger.findings.foreseeing import Draft, DraftCharge
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.fields import money
from ledger.kernel.intake import read
from ledger.kernel.nip import nip_of
from ledger.queries.findings import findings_foreseen
from ledger.queries.issuers import Issuer, issuer_of
from ledger.queries.replay import history

SEEN = "seen"  # the findings that the person has been shown
AMOUNTS = ("net", "vat", "gross")
KEPT = ("budget_line", "method", "procurement")  # for the next document


class Recorded(NamedTuple):
    """The document as it is recorded already."""

    row: dict[str, Any]
    by: str
    at: str


class Left(NamedTuple):
    """What is left on a line, now and after the document."""

    line: str
    title: str
    before: Decimal
    after: Decimal


class DraftForm(CommandForm):
    """The form of a document. What follows from what was typed is filled in where it is blank."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, "expenditures", "create")
        self.lines: list[Lines] = []
        self.issuer: Issuer | None = None
        self.recorded: Recorded | None = None
        self.found: list[Finding] = []
        self.left: list[Left] = []
        self.filled: dict[str, str] = {}
        self.complete = False

    @property
    def seen(self) -> set[str]:
        """The findings that the person was shown before."""
        return set(self.sent.texts(SEEN))

    @property
    def unseen(self) -> list[Finding]:
        """Those not shown yet."""
        return [one for one in self.found if one.id not in self.seen]

    async def begin(self) -> None:
        """A blank form, with what the document before it had."""
        await self.open()
        self.lines = await lines_offered(self.page)
        for name in KEPT:
            if value := self.page.query.get(name):
                self.sent.fields[f"charges-0-{name}"] = [value]
        line = self.sent.text("charges-0-budget_line")
        if line:
            self.sent.fields["charges-0-budget_line"] = [choice_of(*chosen(line, self._project))]

    async def take(self, *, files: bool = True) -> str:
        """Reads what the browser sent; answers what it wants: check, record, a further row."""
        form = await self.page.request.form()
        texts = {name: [v for v in form.getall(name) if isinstance(v, str)] for name in form}
        self.sent = Sent(texts, self.page.lang)
        self.key = self.sent.text("form-key") or self.key
        self.lines = await lines_offered(self.page)
        if files:
            await self._keep_files(form)
        if self.sent.text("form-add"):
            number = max(self.sent.rows("charges"), default=-1) + 1
            self.sent.fields[f"charges-{number}-budget_line"] = [""]
            return "add"
        return self.sent.text("do") or "check"

    async def check(self) -> None:
        """Works out what follows from the form, and what stands against recording it."""
        nip = nip_of(self.sent.text("issuer_nip"))
        self.issuer = await issuer_of(self.page.question, nip, self._project) if nip else None
        if self.issuer is not None:
            self._fill("issuer_name", self.issuer.name)
        self._fill_amounts()
        body = self._body()
        self.recorded = await self._find_recorded(body, nip)
        if self.recorded is not None:
            self.problem.at("document_number", self.page.say("This document is recorded already"))
            return
        await self.judge(body)
        self.left = self._what_is_left(body)
        await self._foresee(body)

    async def record(self) -> Receipt | None:
        """Records the document; None where that was refused or there are findings to look at."""
        await self.check()
        if self.recorded is not None or self.unseen:
            return None
        self.problem.fields.clear()
        self.problem.whole.clear()
        return await self._record()

    @property
    def _project(self) -> str:
        assert self.page.project is not None
        return str(self.page.project["id"])

    def _fill(self, name: str, value: str) -> None:
        if value and not self.sent.text(name):
            self.sent.fields[name] = [value]
            self.filled[name] = value

    def _amount(self, name: str) -> Decimal | None:
        shape = next(one for one in self.own if one.name == name)
        value = self.sent.body([shape]).get(name)
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            return None
        return found if found.is_finite() else None

    def _fill_amounts(self) -> None:
        """The third of net, VAT and gross from the other two; the whole of it for one charge."""
        net, vat, gross = (self._amount(name) for name in AMOUNTS)
        if net is not None and vat is not None and gross is None:
            gross = net + vat
            self._fill("gross", money(gross))
        elif gross is not None and vat is not None and net is None and gross >= vat:
            self._fill("net", money(gross - vat))
        elif gross is not None and net is not None and vat is None and gross >= net:
            self._fill("vat", money(gross - net))
        if gross is not None and self.sent.rows("charges") in ([], [0]):
            self._fill("charges-0-eligible", money(gross))

    def _body(self) -> dict[str, Any]:
        """The body of the command; the choice of a line says which project it is of."""
        known = dict(self.sent.fields)
        for number in self.sent.rows("charges"):
            if line := self.sent.text(f"charges-{number}-budget_line"):
                project, line = chosen(line, self._project)
                self.sent.fields[f"charges-{number}-budget_line"] = [line]
                self.sent.fields[f"charges-{number}-project"] = [project]
            elif self.sent.text(f"charges-{number}-eligible") in ("", self._whole):
                self.sent.fields[f"charges-{number}-eligible"] = []
            else:
                self.sent.fields[f"charges-{number}-project"] = [self._project]
        body = self.sent.body(self._shapes)
        self.sent.fields = known
        return body

    @property
    def _whole(self) -> str:
        return self.filled.get("charges-0-eligible", "")

    async def _find_recorded(self, body: Mapping[str, Any], nip: str | None) -> Recorded | None:
        number, name = body.get("document_number"), body.get("issuer_name")
        if not number or not (nip or name):
            return None
        id = expenditure_id(nip, None if nip else name, str(number))
        try:
            row = await self.page.one("/api/expenditures", id)
        except NotFound:
            return None
        first = (await history(self.page.question, self.page.parts.log, id))[0]
        return Recorded(row, first.recorded_by, first.recorded_at)

    def _is_typed(self, name: str) -> bool:
        return super()._is_typed(name) or name == "charges"

    def _what_is_left(self, body: Mapping[str, Any]) -> list[Left]:
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for one in body.get("charges", ()):
            if one.get("budget_line"):
                sums[one["project"], one["budget_line"]] += _decimal(one.get("eligible")) or 0
        found = []
        for of in self.lines:
            for row in of.rows:
                if row.line is not None and (of.project, row.line) in sums:
                    before = Decimal(row.remaining)
                    after = before - sums[of.project, row.line]
                    title = "" if of.project == self._project else of.title
                    found.append(Left(row.line, title, before, after))
        return found

    async def _foresee(self, body: Mapping[str, Any]) -> None:
        own = {name: value for name, value in body.items() if name not in COMMON_FIELDS}
        try:
            command, _ = read(RecordExpenditure, own)
        except Invalid:
            return
        self.complete = not self.problem
        for project in dict.fromkeys(one.project for one in command.charges):
            draft = _draft(command, project)
            self.found += await findings_foreseen(
                self.page.question, project, draft, lang_of(self.page)
            )
        self.found = list({one.id: one for one in self.found}.values())


def _decimal(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _draft(command: RecordExpenditure, project: str) -> Draft:
    nip = nip_of(command.issuer_nip) if command.issuer_nip else None
    return Draft(
        expenditure=command.identity(),
        number=command.document_number,
        issuer_nip=nip or command.issuer_nip,
        issuer_name=command.issuer_name,
        issued_on=command.issued_on,
        paid_on=command.paid_on,
        net=Decimal(command.net),
        vat=Decimal(command.vat),
        gross=Decimal(command.gross),
        charges=[
            DraftCharge(
                line=one.budget_line,
                eligible=Decimal(one.eligible),
                eligible_vat=None if one.eligible_vat is None else Decimal(one.eligible_vat),
                method=one.method,
                procurement=one.procurement,
            )
            for one in command.charges
            if one.project == project
        ],
    )
