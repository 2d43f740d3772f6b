"""Which addresses answer questions about money? Budget, advances, and what they are made of."""

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from api.languages import LANG, lang_of
from api.queries import Json, asked, id_in_path, list_of_project
from ledger.kernel.errors import Invalid, NotFound
from ledger.queries import explain, settlement
from ledger.queries.asking import Question
from ledger.queries.budget import GROUPINGS, BudgetRow, budget, budget_items
from ledger.queries.feeds import Feeds, feeds

BUDGET = "/api/projects/{id}/budget"
KEYS = frozenset(GROUPINGS)


@get("/api/projects/{id:str}/budget", name=f"list:{BUDGET}")
async def list_budget(request: Request[Any, Any, Any]) -> Json:
    """The budget of a project: by line, or put together by task, category or source of funds."""
    by = request.query_params.get("by") or "line"
    if by not in GROUPINGS:
        raise Invalid.field("by", f"one of {', '.join(GROUPINGS)} is expected")

    async def ask(question: Question, project: str) -> list[BudgetRow]:
        return await budget(question, project, by)

    return await list_of_project(request, BUDGET, ask, frozenset({"by"}))


async def _explain_budget(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    project = id_in_path(request)
    await question.require("projects", project)
    named = [(name, request.query_params[name]) for name in GROUPINGS if name in _names(request)]
    if len(named) > 1:
        raise Invalid.field(named[1][0], f"cannot be given together with {named[0][0]}")
    by, key = named[0] if named else (None, None)
    rows = await budget_items(question, project, str(request.path_params["measure"]), by, key)
    items = explain.items_of(rows)
    return {"items": items, "total": explain.sum_of_amounts(items)}


def _names(request: Request[Any, Any, Any]) -> set[str]:
    return set(request.query_params)


async def _advances(
    question: Question, request: Request[Any, Any, Any]
) -> settlement.AdvanceAccount:
    return await settlement.advances(question, id_in_path(request))


async def _explain_advances(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    parts = {"received": settlement.received, "settled": settlement.settled}
    part = parts.get(str(request.path_params["part"]))
    if part is None:
        raise NotFound
    return await part(question, id_in_path(request))


async def _explain_charged(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    return await explain.expenditure_charged(question, id_in_path(request))


async def _explain_claim(question: Question, request: Request[Any, Any, Any]) -> dict[str, Any]:
    return await explain.claim_total(question, id_in_path(request))


async def _feeds(question: Question, request: Request[Any, Any, Any]) -> Feeds:
    return await feeds(question, id_in_path(request), lang_of(request))


def money_routes() -> list[HTTPRouteHandler]:
    """Every address of this file."""
    return [
        list_budget,
        asked("/api/projects/{id:str}/budget/explain/{measure:str}", _explain_budget, KEYS),
        asked("/api/projects/{id:str}/advances", _advances),
        asked("/api/projects/{id:str}/advances/explain/{part:str}", _explain_advances),
        asked("/api/expenditures/{id:str}/explain", _explain_charged),
        asked("/api/expenditures/{id:str}/feeds", _feeds, LANG),
        asked("/api/claims/{id:str}/explain", _explain_claim),
    ]
