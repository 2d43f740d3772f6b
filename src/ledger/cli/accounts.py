"""Which people may sign in? Accounts, kept by the operator at the machine: in force at once."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ledger.cli.granting import one_line, project_by_code, running
from ledger.cli.outcome import DONE, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, opened
from ledger.cli.tokens import Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ledger.access import Account
    from ledger.application.people import NewAccount, People
    from ledger.bootstrap import Parts

Name = Annotated[str, Parameter(help="The name by which the person signs in.")]
Reason = Annotated[str | None, Parameter(help="Why; stands in the log.")]
ForProject = Annotated[str | None, Parameter(help="For one project only, by its code.")]


def create(
    *,
    name: Name,
    role: Annotated[Role | None, Parameter(help="What the person may do.")] = None,
    project: ForProject = None,
    display_name: Annotated[str | None, Parameter(help="Who it is; not in the log.")] = None,
    email: Annotated[str | None, Parameter(help="Where to reach; not in the log.")] = None,
    ask_password: Annotated[
        bool, Parameter(negative=(), help="Type the password here, or pass it on standard input.")
    ] = False,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Makes an account and prints the one-time link by which its person chooses a password."""
    from ledger.application.people import NewAccount

    if role is None and project is not None:
        raise BadUsage("--project goes with --role.")
    wanted = NewAccount(
        name=one_line("--name", name),
        display_name=display_name,
        email=email,
        grants=() if role is None else ({"role": role},),
    )
    own = [one for one in (name, display_name, email) if one]
    password = _typed_password(own) if ask_password else None
    found = _as_operator(
        place, lambda made, people, url: _create(made, people, url, wanted, project, password)
    )
    _tell(found, json, f"Account {name}: {found['id']}")
    return DONE


async def _create(
    made: "Parts",
    people: "People",
    url: str,
    wanted: "NewAccount",
    code: str | None,
    password: str | None,
) -> dict[str, Any]:
    from msgspec.structs import replace

    from ledger.access import passwords

    if code is not None:
        project = await project_by_code(url, code)
        wanted = replace(wanted, grants=tuple(one | {"project": project} for one in wanted.grants))
    invited = await people.create(wanted)
    if password is None:
        return {"id": invited.id, "invitation": invited.invitation}
    await made.access.invitations.use(invited.invitation or "")
    await made.access.accounts.set_password(invited.id, await passwords.hashed(password))
    return {"id": invited.id}


def _typed_password(own: list[str]) -> str:
    """The password, from the terminal (twice) or a line of standard input. Raises `BadUsage`."""
    from getpass import getpass

    from ledger.access import passwords
    from ledger.kernel.errors import Invalid

    if sys.stdin.isatty():
        password = getpass("Password: ")
        if getpass("Once more: ") != password:
            raise BadUsage("The two passwords differ.")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        passwords.check(password, *own)
    except Invalid as error:
        raise BadUsage(f"The {error.message().replace(':', '', 1)}.") from None
    return password


def _tell(found: dict[str, Any], json: bool, text: str) -> None:
    """What was made; a link as the path of a page, whose host the operator knows."""
    if json:
        print_json(found)
        return
    print(text)
    if found.get("invitation"):
        print("The person chooses a password within three days at")
        print(f"  {_address()}/sign-in/invitation/{found['invitation']}", flush=True)


def _address() -> str:
    from ledger.settings import settings

    return settings().public_url or "http://…"


def _as_operator(
    place: Place, what: "Callable[[Parts, People, str], Awaitable[dict[str, Any]]]"
) -> dict[str, Any]:
    import asyncio

    with opened(place) as url:
        return asyncio.run(_carry_out(place, url, what))


async def _carry_out(
    place: Place, url: str, what: "Callable[[Parts, People, str], Awaitable[dict[str, Any]]]"
) -> dict[str, Any]:
    from ledger.application import new_id
    from ledger.application.credentials import OPERATOR
    from ledger.application.people import People

    async with running(url, place) as made:
        return await what(made, People(made.ledger, made.access, OPERATOR, new_id()), url)


async def _named(made: "Parts", name: str) -> "Account":
    found = await made.access.accounts.of_name(name)
    if found is None:
        raise Failed(f"There is no account called {name}: see `ledger account list`.")
    return found


def show(*, place: Place = HERE, json: Json = False) -> int:
    """Lists the accounts: who signs in, and as what (*: for some projects) each acts now."""

    async def read(made: "Parts", people: "People", url: str) -> dict[str, Any]:
        return {"items": [await _row(made, one) for one in await made.access.accounts.all()]}

    rows = _as_operator(place, read)["items"]
    if json:
        print_json(rows)
        return DONE
    from rich.table import Table

    from ledger.cli.tables import moment, print_table

    table = Table("name", "who", "roles", "second factor", "signed in", "disabled")
    for row in rows:
        table.add_row(
            row["name"],
            row["display_name"] or "",
            ", ".join(
                one["role"] + ("" if one["project"] is None else "*") for one in row["roles"]
            ),
            "yes" if row["has_second_factor"] else "",
            moment(row["signed_in_at"]) if row["signed_in_at"] else "",
            moment(row["disabled_at"]) if row["disabled_at"] else "",
        )
    print_table(table)
    return DONE


async def _row(made: "Parts", account: "Account") -> dict[str, Any]:
    found = await made.access.accounts.in_force(account.id)
    granted = {} if found is None else await made.access.granted.to(account.id, found[1])
    roles = [{"grant": id, "role": g.role, "project": g.project} for id, g in granted.items()]
    return {name: getattr(account, name) for name in account.__struct_fields__} | {"roles": roles}


def grant(
    *,
    name: Name,
    role: Annotated[Role, Parameter(help="What the person may do from now on.")],
    project: ForProject = None,
    reason: Reason = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Gives an account a role, in force at once."""
    from ledger.application import Wish, new_id
    from ledger.application.credentials import OPERATOR

    async def give(made: "Parts", people: "People", url: str) -> dict[str, Any]:
        account = await _named(made, name)
        body: dict[str, Any] = {"role": role, "reason": reason}
        if project is not None:
            body["project"] = await project_by_code(url, project)
        wish = Wish(collection="access", command="grant", id=account.id, body=body)
        receipt = await made.ledger.handle(wish, OPERATOR, new_id())
        return {"id": account.id, "grant": receipt.extra["grant"]}

    found = _as_operator(place, give)
    _tell(found, json, f"{name} has the role {role}.")
    return DONE


def disable(*, name: Name, reason: Reason = None, place: Place = HERE, json: Json = False) -> int:
    """Ends everything of an account at once: sessions and roles."""

    async def end(made: "Parts", people: "People", url: str) -> dict[str, Any]:
        account = await _named(made, name)
        await people.disable(account.id, reason or "ledger account disable")
        return {"disabled": account.id}

    _tell(_as_operator(place, end), json, f"Disabled {name}.")
    return DONE


def enable(*, name: Name, reason: Reason = None, place: Place = HERE, json: Json = False) -> int:
    """Lets an account sign in again; its roles have to be granted anew."""

    async def begin(made: "Parts", people: "People", url: str) -> dict[str, Any]:
        account = await _named(made, name)
        await people.enable(account.id, reason or "ledger account enable")
        return {"enabled": account.id}

    _tell(_as_operator(place, begin), json, f"Enabled {name}.")
    return DONE


def reset_password(
    *, name: Name, reason: Reason = None, place: Place = HERE, json: Json = False
) -> int:
    """Prints a one-time link by which the person chooses another password; ends waits, too."""
    from ledger.access.failures import of_name

    async def reset(made: "Parts", people: "People", url: str) -> dict[str, Any]:
        account = await _named(made, name)
        link = await people.invite(account.id, reason)
        await made.access.failures.forgive(of_name(account.name))
        return {"id": account.id, "invitation": link}

    _tell(_as_operator(place, reset), json, f"Account {name}.")
    return DONE


def remove_second_factor(
    *, name: Name, reason: Reason = None, place: Place = HERE, json: Json = False
) -> int:
    """Takes a second factor away whose device and recovery codes are lost."""

    async def remove(made: "Parts", people: "People", url: str) -> dict[str, Any]:
        account = await _named(made, name)
        if not await people.remove_second_factor(account.id, reason):
            raise Failed(f"{name} has no second factor.")
        return {"id": account.id}

    _tell(_as_operator(place, remove), json, f"{name} has no second factor any more.")
    return DONE
