"""How is a sample drawn and judged? In steps: the design, its formula, the draw, the conclusion."""

from typing import Any

import msgspec
from litestar import Response

from api.pages.command_forms import recorded
from api.pages.frame.forms.form import CommandForm
from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page, posted
from api.pages.frame.words import later
from api.pages.objects import commands_of
from ledger.aggregates.samples.state import Design
from ledger.kernel.errors import FieldError, Invalid
from ledger.kernel.intake import read
from ledger.queries.naming import named
from ledger.queries.sample_evaluation import Deductions, evaluation_answer
from ledger.queries.sampling import SizeAnswer, population_kind, redraw, size_answer
from ledger.queries.screening import screening

DRAWS = frozenset({"auditor", "admin"})
UNITS_SHOWN = 5  # of those that have one value
STEP_ONE = frozenset({"population", "design"})


class DrawForm(CommandForm):
    """The form of a draw; its design can be reckoned before anything is drawn."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, "samples", "create")

    @property
    def begun(self) -> bool:
        """Whether a method was chosen."""
        return bool(self.sent.text("design-method"))

    def add_row(self) -> bool:
        """Adds the row that was asked for without scripts, if one was."""
        added = self.page.query.get("form-add", "")
        if added:
            number = max(self.sent.rows(added), default=-1) + 1
            self.sent.fields[f"{added}-{number}-"] = [""]
        return bool(added)

    def hidden(self) -> list[tuple[str, str]]:
        """What the second step carries along of the first."""
        return [
            (name, text)
            for name, texts in self.sent.fields.items()
            if name == "project" or name.partition("-")[0] in STEP_ONE
            for text in texts
        ]

    async def reckoned(self) -> SizeAnswer | None:
        """The size by the design's formula; None where it is set by hand, or cannot be reckoned."""
        body = self.sent.body(self.own)
        try:
            kind = population_kind(body.get("population", ""))
            design = self._design(body.get("design", {}))
            if design.sample_size is not None:
                return None
            lang: Any = self.page.lang
            return await size_answer(self.page.question, self.page.id(), kind, design, lang)
        except Invalid as error:
            self._tell(error)
            return None

    def _design(self, stated: Any) -> Design:
        try:
            return read(Design, stated)[0]
        except Invalid as error:
            raise Invalid(
                [FieldError(f"design.{e.field}", e.message) for e in error.errors]
            ) from None


@page("/projects/{id:str}/samples", nav=Nav(later("Samples"), 30, group="control"))
async def samples(page: Page) -> Response[Any]:
    """The samples of the project."""
    return page.show("samples.html", rows=await page.rows("/api/samples", {"project": page.id()}))


@page("/projects/{id:str}/samples/new", roles=DRAWS)
async def design(page: Page) -> Response[Any]:
    """The design; once a method is chosen, its formula with its numbers, and the way to draw."""
    if "known_at" in page.query:
        # What is drawn is drawn from what is known now.
        return page.go(page.here(known_at=None))
    form = DrawForm(page)
    await form.open(project=page.id())
    return await _shown(form, reckon=not form.add_row() and form.begun)


@posted("/projects/{id:str}/samples/new", roles=DRAWS)
async def draw(page: Page) -> Response[Any]:
    """Draws the sample."""
    form = DrawForm(page)
    receipt = await form.send()
    return await _shown(form, reckon=True) if receipt is None else recorded(form, receipt)


async def _shown(form: DrawForm, *, reckon: bool) -> Response[Any]:
    size = await form.reckoned() if reckon else None
    own, common = await form.drawn()
    wrong = any(name.partition("-")[0] in STEP_ONE for name in form.problem.fields)
    return form.page.show(
        "sample_new.html",
        status=422 if form.problem else 200,
        form=form,
        first=[one for one in own if one.name in STEP_ONE],
        second=[one for one in own if one.name in ("number", "cosignature", "population_on")],
        common=common,
        size=size,
        ready=reckon and not wrong,
    )


@page("/samples/{id:str}")
async def sample(page: Page) -> Response[Any]:
    """The drawn list, the errors found in it, and what follows from them."""
    row = await page.one("/api/samples", page.id())
    await page.enter(row["project"])
    lang: Any = page.lang
    try:
        evaluation = await evaluation_answer(page.question, row["id"], Deductions(), lang)
    except Invalid:
        evaluation = None
    again = None
    if "redraw" in page.query:
        again = await redraw(page.question, page.parts.log, row["id"])
    return page.show(
        "sample.html",
        row=row,
        names=await named(page.question, {one["unit"].partition("/")[0] for one in row["units"]}),
        evaluation=evaluation,
        again=again,
        commands=commands_of(page, "samples"),
    )


@page("/projects/{id:str}/samples/screening")
async def screened(page: Page) -> Response[Any]:
    """First digits and repeated values of a population: an indication only."""
    kind = population_kind(page.query.get("population") or "charges")
    lang: Any = page.lang
    found = await screening(page.question, page.id(), kind, lang)
    units = {unit.partition("/")[0] for one in found.repeated for unit in one.units[:UNITS_SHOWN]}
    return page.show(
        "screening.html",
        found=msgspec.to_builtins(found),
        shown=UNITS_SHOWN,
        names=await named(page.question, units),
    )
