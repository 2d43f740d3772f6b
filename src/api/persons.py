"""Whom may a grant of one project write about? Not persons who take part in others only.

Persons belong to no project, so the aggregates cannot tell; the read models can. Who takes part
in nothing yet may be written about by everybody who writes about persons.
"""

from collections.abc import Collection, Sequence
from typing import Any

from litestar import Request

from api.state import service
from ledger import catalogue
from ledger.application import COMMON_FIELDS, Caller, RefusedInBatch, Wish, valid_id
from ledger.kernel.errors import FieldError, Invalid, NotFound
from ledger.kernel.intake import Reference, read
from ledger.projections.person_register import TAKES_PART

_ELSEWHERE = f"""
SELECT p.person::text FROM unnest(%(persons)s::uuid[]) AS p (person)
WHERE NOT (SELECT coalesce(bool_or(part.project = %(project)s::uuid), true)
           FROM ({TAKES_PART.format(person="p.person")}) AS part)"""


async def check_persons(
    request: Request[Any, Any, Any], caller: Caller, wishes: Sequence[Wish]
) -> None:
    """Raises for the first wish about a person whom the caller may not see, as for one unknown."""
    if caller.project is None:
        return
    named = [_named(wish, caller) for wish in wishes]
    asked = {one.id for some in named for one in some}
    asked |= {id for wish in wishes if (id := _person(wish, caller))}
    hidden = await _elsewhere(request, caller.project, asked)
    for index, (wish, some) in enumerate(zip(wishes, named, strict=True)):
        if _person(wish, caller) in hidden:
            raise RefusedInBatch(index, NotFound())
        bad = [FieldError(one.field, "unknown in persons") for one in some if one.id in hidden]
        if bad:
            raise RefusedInBatch(index, Invalid(bad))


def _may_send(wish: Wish, caller: Caller) -> bool:
    """Who may not send it at all is told just that, whoever it is about."""
    kind = catalogue.command(wish.collection, wish.command)
    return kind is not None and caller.role in kind.terms.roles


def _person(wish: Wish, caller: Caller) -> str | None:
    if wish.collection != "persons" or not wish.id or not _may_send(wish, caller):
        return None
    return valid_id(wish.id)


def _named(wish: Wish, caller: Caller) -> list[Reference]:
    """The persons to whom the command refers; none where it cannot be read anyway."""
    kind = catalogue.command(wish.collection, wish.command)
    if kind is None or not isinstance(wish.body, dict) or not _may_send(wish, caller):
        return []
    own = {name: value for name, value in wish.body.items() if name not in COMMON_FIELDS}
    try:
        return [one for one in read(kind, own)[1] if one.collection == "persons"]
    except Invalid:
        return []


async def _elsewhere(
    request: Request[Any, Any, Any], project: str, persons: Collection[str]
) -> set[str]:
    if not persons:
        return set()
    parts = service(request)
    await parts.reading.wait_for(await parts.log.head())
    rows = await parts.reading.rows(_ELSEWHERE, {"persons": list(persons), "project": project})
    return {row[0] for row in rows}
