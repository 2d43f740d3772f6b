"""Which addresses answer with papers? Claims and registers as files, at the moment asked."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from api.identity import caller_of
from api.languages import LANG, lang_of
from api.moments import MOMENT, POSITION_HEADER, query_of, question_of
from api.queries import filters_of, id_in_path
from api.state import service
from ledger.papers.claim import claim_paper
from ledger.papers.claim_pdf import claim_pdf
from ledger.papers.claim_xlsx import claim_xlsx
from ledger.papers.imprint import imprint
from ledger.papers.register import csv_header, csv_lines, register, register_name
from ledger.papers.register_xlsx import register_xlsx
from ledger.papers.written import Lang
from ledger.queries.asking import Question, listing
from ledger.queries.spending import FILTERS

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
NONE: frozenset[str] = frozenset()
REGISTER_FILTERS = frozenset(FILTERS) - {"project"}
# What each address answers with, for the interface's description.
PAPERS = {
    "/api/claims/{id}/paper.pdf": ("The payment claim as it is printed and signed", PDF),
    "/api/claims/{id}/paper.xlsx": ("The payment claim as a workbook", XLSX),
    "/api/projects/{id}/expenditures.xlsx": ("The expenditure register as a workbook", XLSX),
    "/api/projects/{id}/expenditures.csv": ("The expenditure register as lines", CSV),
}


class _Asked(NamedTuple):
    """Of which object, at which moment, in which language; and which of its rows."""

    id: str
    question: Question
    lang: Lang
    filters: dict[str, Any]


async def _asked(request: Request[Any, Any, Any], filters: frozenset[str] = NONE) -> _Asked:
    caller = await caller_of(request)
    query = query_of(request, MOMENT | LANG | filters)
    lang = lang_of(request)
    id = id_in_path(request)
    wanted = {name: query[name] for name in filters & query.keys() if query[name]}
    chosen = filters_of(listing("/api/expenditures"), wanted)
    return _Asked(id, await question_of(request, caller, query), lang, chosen)


def _headers(asked: _Asked, name: str, *, shown: bool = False) -> dict[str, str]:
    return {
        POSITION_HEADER: str(asked.question.reached),
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
        "Content-Language": asked.lang,
    }


@get("/api/claims/{id:str}/paper.pdf", name="paper:claim.pdf")
async def claim_as_pdf(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The payment claim as it is printed and signed."""
    asked = await _asked(request)
    paper = await claim_paper(asked.question, service(request).log, asked.id)
    made = await asyncio.to_thread(claim_pdf, paper, asked.lang)
    headers = _headers(asked, paper.file_name(asked.lang, ".pdf"), shown=True)
    return Response(made, media_type=PDF, headers=headers)


@get("/api/claims/{id:str}/paper.xlsx", name="paper:claim.xlsx")
async def claim_as_xlsx(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The payment claim as a workbook."""
    asked = await _asked(request)
    paper = await claim_paper(asked.question, service(request).log, asked.id)
    file = io.BytesIO()
    await asyncio.to_thread(claim_xlsx, paper, asked.lang, file)
    headers = _headers(asked, paper.file_name(asked.lang, ".xlsx"))
    return Response(file.getvalue(), media_type=XLSX, headers=headers)


@get("/api/projects/{id:str}/expenditures.xlsx", name="paper:expenditures.xlsx")
async def register_as_xlsx(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The project's expenditure register as a workbook."""
    asked = await _asked(request, REGISTER_FILTERS)
    name = await register_name(asked.question, asked.id, asked.lang, ".xlsx")
    made = await imprint(service(request).log, asked.question.moment)
    file = io.BytesIO()
    await register_xlsx(asked.question, asked.id, made, asked.lang, file, asked.filters)
    return Response(file.getvalue(), media_type=XLSX, headers=_headers(asked, name))


@get("/api/projects/{id:str}/expenditures.csv", name="paper:expenditures.csv")
async def register_as_csv(request: Request[Any, Any, Any]) -> Stream:
    """The project's expenditure register as lines, sent while they are read."""
    asked = await _asked(request, REGISTER_FILTERS)
    name = await register_name(asked.question, asked.id, asked.lang, ".csv")
    return Stream(_csv(asked), media_type=CSV, headers=_headers(asked, name))


async def _csv(asked: _Asked) -> AsyncIterator[bytes]:
    yield csv_header(asked.lang)
    async for rows in register(asked.question, asked.id, asked.lang, asked.filters):
        yield csv_lines(rows, asked.lang)


def paper_routes() -> list[HTTPRouteHandler]:
    """Every address that answers with a paper."""
    return [claim_as_pdf, claim_as_xlsx, register_as_xlsx, register_as_csv]
