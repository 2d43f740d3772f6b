"""Which facts of a project break a rule of eligibility? `/api/projects/{id}/findings`."""

from collections.abc import Sequence
from typing import Any, get_args

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from api.identity import caller_of
from api.languages import LANG, LANGS, lang_of
from api.moments import MOMENT, PAGING, limit_of, query_of, question_of
from api.queries import Json, encoded, id_in_path
from api.state import service
from ledger.findings import catalogue
from ledger.findings.model import Severity
from ledger.kernel.errors import Invalid
from ledger.queries.asking import Cursor
from ledger.queries.findings import project_findings

PATH = "/api/projects/{id}/findings"
SEVERITIES: tuple[str, ...] = get_args(Severity)
_OWN = LANG | {"rule", "severity"}


@get(PATH.replace("{id}", "{id:str}"), name=f"list:{PATH}")
async def list_findings(request: Request[Any, Any, Any]) -> Json:
    """The findings of a project, page by page like every list."""
    caller = await caller_of(request)
    query = query_of(request, MOMENT | PAGING | _OWN)
    limit = limit_of(query)
    lang = lang_of(request)
    rules = _rules(query)
    cursor = None
    if "cursor" in query:
        cursor = Cursor.read(query["cursor"], PATH, await service(request).log.head())
    question = await question_of(
        request, caller, query, known_at=cursor.known_at if cursor else None
    )
    project = id_in_path(request)
    await question.require("projects", project)
    found = await project_findings(question, project, rules)
    if cursor is not None:
        found = found.after((cursor.sort != "error", cursor.id))
    page, following, position = found.told(lang, 0, limit), None, question.moment.known_at
    if len(found) > limit:
        following = Cursor(PATH, position, page[-1].severity, page[-1].id).text()
    return encoded({"items": page, "next": following, "position": position}, question)


def _rules(query: dict[str, str]) -> frozenset[str]:
    """The rules that are asked about: one, those of a severity, or all. Raises `Invalid`."""
    known = {one.id: one.severity for one in catalogue.rules()}
    if "rule" in query:
        _one_of("rule", query["rule"], tuple(known))
    if "severity" in query:
        _one_of("severity", query["severity"], SEVERITIES)
    return frozenset(
        rule
        for rule, severity in known.items()
        if query.get("rule", rule) == rule and query.get("severity", severity) == severity
    )


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """The value, if it is one of those. Raises `Invalid`."""
    if value not in allowed:
        raise Invalid.field(name, f"one of {', '.join(allowed)} is expected")
    return value


def finding_routes() -> list[HTTPRouteHandler]:
    """Every address that answers with findings."""
    return [list_findings]


def parameters_of_findings() -> list[dict[str, Any]]:
    """What can be asked for, as OpenAPI describes it."""
    known = [one.id for one in catalogue.rules()]
    return [
        _parameter("lang", "In which language; Polish if absent.", LANGS, "pl"),
        _parameter("rule", "Only what this rule finds.", known, "period"),
        _parameter("severity", "Only findings of this severity.", SEVERITIES, "error"),
    ]


def _parameter(name: str, what: str, allowed: Sequence[str], example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": what,
        "required": False,
        "schema": {"type": "string", "enum": list(allowed)},
        "example": example,
    }
