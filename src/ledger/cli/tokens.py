"""Who may call? Tokens are made, listed and revoked here; only a hash of each is kept."""

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from cyclopts import Parameter

from ledger.cli.outcome import DONE, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, opened, project_of

if TYPE_CHECKING:
    from ledger.access import Grant

Role = Literal["officer", "coordinator", "manager", "auditor", "admin"]
NAME_LIMIT = 200


def create(
    *,
    role: Annotated[Role, Parameter(help="What its bearer may do.")],
    name: Annotated[str, Parameter(help="Who bears it; stands beside what is recorded.")],
    project: Annotated[str | None, Parameter(help="For one project only, by its code.")] = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Makes a token and prints it: it cannot be shown again."""
    import asyncio

    if not name.strip() or len(name) > NAME_LIMIT or not name.isprintable():
        raise BadUsage(f"--name takes one line of text, at most {NAME_LIMIT} characters.")
    with opened(place) as url:
        text = asyncio.run(_create(url, name.strip(), role, project))
    print_json({"token": text}) if json else print(text)
    return DONE


async def _create(url: str, name: str, role: str, code: str | None) -> str:
    import asyncio

    from ledger.access import connected
    from ledger.bootstrap import reader
    from ledger.worker import Worker

    project = None
    if code is not None:
        await asyncio.to_thread(Worker(url).catch_up)
        async with reader(url) as reading:
            project = await project_of(reading, code)
    async with connected(url) as tokens:
        return await tokens.create(name, role, project)


def show(*, place: Place = HERE, json: Json = False) -> int:
    """Lists the tokens: who may call, as what, since when."""
    import asyncio

    with opened(place) as url:
        grants, codes = asyncio.run(_all(url))
    if json:
        print_json([{**_row(grant), "project_code": codes.get(grant.project)} for grant in grants])
        return DONE
    from rich.table import Table

    from ledger.cli.tables import moment, print_table

    table = Table("id", "name", "role", "project", "created", "revoked")
    table.columns[0].no_wrap = True
    for grant in grants:
        project = codes.get(grant.project) or grant.project or "all"
        ends = moment(grant.revoked_at) if grant.revoked_at else ""
        table.add_row(grant.id, grant.name, grant.role, project, moment(grant.created_at), ends)
    print_table(table)
    return DONE


def _row(grant: "Grant") -> dict[str, object]:
    return {name: getattr(grant, name) for name in grant.__struct_fields__}


async def _all(url: str) -> tuple[list["Grant"], dict[str | None, str]]:
    """The grants, and the codes of the projects that they name, as far as these are known."""
    from ledger.access import connected
    from ledger.bootstrap import reader

    async with connected(url) as tokens:
        grants = await tokens.all()
    if not any(grant.project for grant in grants):
        return grants, {}
    async with reader(url) as reading:
        rows = await reading.rows(
            "SELECT DISTINCT project::text, code FROM {projects:ever} AS p", {"known_at": 2**63 - 2}
        )
    return grants, dict(rows)


def revoke(
    id: Annotated[str, Parameter(help="As `ledger token list` shows it.")],
    /,
    *,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Ends a token: from now on it is refused."""
    import asyncio

    try:
        id = str(UUID(id))
    except ValueError:
        raise BadUsage(f"{id} is not the id of a token: see `ledger token list`.") from None
    with opened(place) as url:
        if not asyncio.run(_revoke(url, id)):
            raise Failed(f"No token in force has the id {id}.")
    print_json({"revoked": id}) if json else print(f"Revoked {id}.")
    return DONE


async def _revoke(url: str, id: str) -> bool:
    from ledger.access import connected

    async with connected(url) as tokens:
        return await tokens.revoke(id)
