"""Which addresses draw and evaluate samples? Populations, draws, evaluations, screening."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec.structs import replace

from api.identity import asker_of, caller_of
from api.languages import LANG, lang_of
from api.moments import MOMENT, POSITION_HEADER, query_of, question_of
from api.queries import Json, asked, id_in_path, list_of_project
from api.state import service
from ledger.aggregates.samples.drawing import DrawSample
from ledger.aggregates.samples.state import Design
from ledger.application import COMMON_FIELDS, Caller, Common, Wish
from ledger.kernel.errors import FieldError, Invalid, NotFound
from ledger.kernel.intake import read
from ledger.projections.engine.reading import Moment
from ledger.queries.asking import Question
from ledger.queries.sample_evaluation import (
    Deductions,
    EvaluationAnswer,
    evaluation_answer,
    sample_report,
)
from ledger.queries.sampling import (
    PopulationAnswer,
    PopulationRow,
    RedrawAnswer,
    SizeAnswer,
    draw_for,
    population,
    population_kind,
    population_rows,
    redraw,
    size_answer,
)
from ledger.queries.screening import ScreeningAnswer, screening

POPULATION = "/api/projects/{id}/population"
REPORT = "/api/samples/{id}/report"
KIND = frozenset({"population"})
DEDUCTIONS = frozenset({"withdrawn", "assessed", "corrected"})
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")


async def with_draw(request: Request[Any, Any, Any], caller: Caller, wish: Wish) -> Wish:
    """A wish to draw a sample together with the draw, which the service makes itself.

    What cannot be read, or may not be done, is refused where all wishes are.
    """
    if (wish.collection, wish.command) != ("samples", "create"):
        return wish
    if caller.role not in DrawSample.terms.roles or not isinstance(wish.body, dict):
        return wish
    if "draw" in wish.body:
        raise Invalid.field("draw", "is made by the service")
    own = {name: value for name, value in wish.body.items() if name not in COMMON_FIELDS}
    try:
        command, _ = read(DrawSample, own)
        common, _ = read(Common, {n: v for n, v in wish.body.items() if n in COMMON_FIELDS})
    except Invalid:
        return wish
    parts = service(request)
    head = await parts.log.head()
    size = command.checkpoint_size or head
    if size > head:
        raise Invalid.field("checkpoint_size", "the log has not come to this position")
    reached = await parts.reading.wait_for(head)
    day = command.population_on or common.effective_on or parts.ledger.today()
    question = Question(
        parts.reading, Moment(day, size), asker_of(request, caller), reached=reached
    )
    try:
        draw = await draw_for(question, parts.log, command)
    except NotFound:
        raise Invalid.field("project", "unknown in projects") from None
    return replace(wish, added={"draw": msgspec.to_builtins(draw)})


async def _population(question: Question, request: Request[Any, Any, Any]) -> PopulationAnswer:
    kind = population_kind(request.query_params.get("population") or "charges")
    return await population(question, service(request).log, id_in_path(request), kind)


@get(f"{POPULATION.replace('{id}', '{id:str}')}/units", name=f"list:{POPULATION}/units")
async def list_population(request: Request[Any, Any, Any]) -> Json:
    """The units of a population, page by page like every list."""
    kind = population_kind(request.query_params.get("population") or "charges")

    async def ask(question: Question, project: str) -> Sequence[PopulationRow]:
        return await population_rows(question, project, kind)

    return await list_of_project(request, f"{POPULATION}/units", ask, KIND)


async def _screening(question: Question, request: Request[Any, Any, Any]) -> ScreeningAnswer:
    kind = population_kind(request.query_params.get("population") or "charges")
    return await screening(question, id_in_path(request), kind, lang_of(request))


async def _size(question: Question, request: Request[Any, Any, Any]) -> SizeAnswer:
    """The design is JSON in the address: nothing is recorded, so it can be asked again."""
    kind = population_kind(request.query_params.get("population") or "charges")
    try:
        stated = msgspec.json.decode(str(request.query_params.get("design") or "{}"))
    except msgspec.DecodeError:
        raise Invalid.field("design", "a design as JSON is expected") from None
    try:
        design, _ = read(Design, stated)
    except Invalid as error:
        raise Invalid([FieldError(f"design.{e.field}", e.message) for e in error.errors]) from None
    return await size_answer(question, id_in_path(request), kind, design, lang_of(request))


async def _redraw(question: Question, request: Request[Any, Any, Any]) -> RedrawAnswer:
    return await redraw(question, service(request).log, id_in_path(request))


def _deductions(request: Request[Any, Any, Any]) -> Deductions:
    """Amounts of the address, nothing where one is absent. Raises `Invalid`."""
    found = {}
    for name in sorted(DEDUCTIONS & set(request.query_params)):
        text = str(request.query_params[name]) or "0"
        if not _AMOUNT.fullmatch(text):
            raise Invalid.field(name, "an amount such as 1200.00 is expected")
        found[name] = Decimal(text)
    return Deductions(**found)


async def _evaluation(question: Question, request: Request[Any, Any, Any]) -> EvaluationAnswer:
    given = _deductions(request)
    return await evaluation_answer(question, id_in_path(request), given, lang_of(request))


@get(REPORT.replace("{id}", "{id:str}"), name=f"ask:{REPORT}")
async def answer_report(request: Request[Any, Any, Any]) -> Response[str]:
    """The evaluation as plain text, each formula with its numbers."""
    caller = await caller_of(request)
    query = query_of(request, MOMENT | LANG | DEDUCTIONS)
    question = await question_of(request, caller, query)
    text = await sample_report(
        question, id_in_path(request), _deductions(request), lang_of(request)
    )
    headers = {POSITION_HEADER: str(question.reached)}
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)


def sample_routes() -> list[HTTPRouteHandler]:
    """Every address of this file."""
    base = POPULATION.replace("{id}", "{id:str}")
    return [
        asked(base, _population, KIND),
        list_population,
        asked(f"{base}/screening", _screening, KIND | LANG),
        asked(f"{base}/size", _size, KIND | LANG | {"design"}),
        asked("/api/samples/{id:str}/evaluation", _evaluation, LANG | DEDUCTIONS),
        asked("/api/samples/{id:str}/redraw", _redraw),
        answer_report,
    ]
