"""Which machines may call? Tokens are made, listed, rotated and revoked; a hash is kept."""

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from cyclopts import Parameter

from ledger.cli.outcome import DONE, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, opened

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.access import Token

Role = Literal["officer", "coordinator", "manager", "auditor", "admin"]
KEEP_LIMIT_HOURS = 24 * 30


def create(
    *,
    role: Annotated[Role, Parameter(help="What its bearer may do.")],
    name: Annotated[str, Parameter(help="Who bears it; stands beside what is recorded.")],
    project: Annotated[str | None, Parameter(help="For one project only, by its code.")] = None,
    expires: Annotated[
        str | None, Parameter(help="When it ends: a day such as 2027-12-31, its end included.")
    ] = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Makes a token and prints it: it cannot be shown again."""
    import asyncio

    from ledger.cli.granting import one_line

    name = one_line("--name", name)
    ends = None if expires is None else _end_of(expires)
    with opened(place) as url:
        text = asyncio.run(_create(url, place, name, role, project, ends))
    print_json({"token": text}) if json else print(text)
    return DONE


def _end_of(text: str) -> "datetime":
    """The end of a day in Poland. Raises `BadUsage`."""
    from datetime import UTC, date, datetime

    from ledger.kernel.calendar import end_of_day

    try:
        end = end_of_day(date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise BadUsage(f"--expires takes a day such as 2027-12-31, not {text}.") from None
    if end < datetime.now(UTC):
        raise BadUsage(f"--expires takes a day that is not over: {text} is.")
    return end


async def _create(
    url: str, place: Place, name: str, role: str, code: str | None, ends: "datetime | None"
) -> str:
    from ledger.application import new_id
    from ledger.application.credentials import OPERATOR, NewToken, issue_token
    from ledger.cli.granting import project_by_code, running

    async with running(url, place) as made:
        project = None if code is None else await project_by_code(url, code)
        wanted = NewToken(name=name, role=role, project=project, expires_at=ends)
        issued = await issue_token(made.ledger, made.tokens, wanted, OPERATOR, new_id())
        return issued.text


def show(*, place: Place = HERE, json: Json = False) -> int:
    """Lists the tokens: who may call, as what, since when."""
    import asyncio

    with opened(place) as url:
        tokens, codes = asyncio.run(_all(url))
    if json:
        print_json([{**_row(token), "project_code": codes.get(token.project)} for token in tokens])
        return DONE
    from rich.table import Table

    from ledger.cli.tables import moment, print_table

    table = Table("id", "name", "role", "project", "created", "last used", "expires", "revoked")
    table.columns[0].no_wrap = True
    for token in tokens:
        project = codes.get(token.project) or token.project or "all"
        times = (token.created_at, token.used_at, token.expires_at, token.revoked_at)
        said = [moment(time) if time else "" for time in times]
        table.add_row(token.id, token.name, token.role, project, *said)
    print_table(table)
    return DONE


def _row(token: "Token") -> dict[str, object]:
    return {name: getattr(token, name) for name in token.__struct_fields__}


async def _all(url: str) -> tuple[list["Token"], dict[str | None, str]]:
    """The tokens, and the codes of the projects that they name, as far as these are known."""
    from ledger.access import connected
    from ledger.bootstrap import reader

    async with connected(url) as tokens:
        found = await tokens.all()
    if not any(token.project for token in found):
        return found, {}
    async with reader(url) as reading:
        rows = await reading.rows(
            "SELECT DISTINCT project::text, code FROM {projects:ever} AS p", {"known_at": 2**63 - 2}
        )
    return found, dict(rows)


Id = Annotated[str, Parameter(help="As `ledger token list` shows it.")]


def _id_of(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise BadUsage(f"{text} is not the id of a token: see `ledger token list`.") from None


def revoke(id: Id, /, *, place: Place = HERE, json: Json = False) -> int:
    """Ends a token: from now on it is refused."""
    import asyncio

    id = _id_of(id)
    with opened(place) as url:
        if not asyncio.run(_revoke(url, place, id)):
            raise Failed(f"No token in force has the id {id}.")
    print_json({"revoked": id}) if json else print(f"Revoked {id}.")
    return DONE


async def _revoke(url: str, place: Place, id: str) -> bool:
    from ledger.application import new_id
    from ledger.application.credentials import OPERATOR, revoke_token
    from ledger.cli.granting import running

    why = "ledger token revoke"
    async with running(url, place) as made:
        return await revoke_token(made.ledger, made.tokens, id, OPERATOR, new_id(), why)


def rotate(
    id: Id,
    /,
    *,
    keep_hours: Annotated[int, Parameter(help="How long the secret before may be used still.")] = 0,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Gives a token a new secret and prints it: it cannot be shown again."""
    import asyncio

    id = _id_of(id)
    if not 0 <= keep_hours <= KEEP_LIMIT_HOURS:
        raise BadUsage(f"--keep-hours takes 0 to {KEEP_LIMIT_HOURS}.")
    with opened(place) as url:
        text = asyncio.run(_rotate(url, id, keep_hours))
    if text is None:
        raise Failed(f"No token in force has the id {id}.")
    print_json({"token": text}) if json else print(text)
    return DONE


async def _rotate(url: str, id: str, hours: int) -> str | None:
    from datetime import timedelta

    from ledger.access import connected

    async with connected(url) as tokens:
        return await tokens.rotate(id, timedelta(hours=hours))
