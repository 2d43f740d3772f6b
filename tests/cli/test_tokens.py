"""Tokens from the command line: made once, listed, revoked."""

import asyncio
from typing import get_args

from ledger.access import ROLES, Grant, connected
from ledger.cli.tokens import Role
from tests.cli.typing_it import Typed


def verified(url: str, token: str) -> Grant | None:
    async def verify() -> Grant | None:
        async with connected(url) as tokens:
            return await tokens.verify(token)

    return asyncio.run(verify())


def test_a_token_works_until_it_is_revoked(ledger: Typed, database_url: str) -> None:
    at = ("--database", database_url)
    made = ledger("token", "create", "--role", "auditor", "--name", "Anna", *at, "--json")
    assert made.code == 0
    assert list(made.json) == ["token"]
    grant = verified(database_url, made.json["token"])
    assert grant is not None
    assert (grant.name, grant.role, grant.project) == ("Anna", "auditor", None)

    listed = ledger("token", "list", *at, "--json")
    assert [row["id"] for row in listed.json] == [grant.id]
    assert listed.json[0]["revoked_at"] is None
    secret = made.json["token"].rsplit("_", 1)[1]
    assert secret not in listed.out

    assert ledger("token", "revoke", grant.id, *at, "--json").json == {"revoked": grant.id}
    assert verified(database_url, made.json["token"]) is None
    again = ledger("token", "revoke", grant.id, *at)
    assert (again.code, again.out) == (1, "")
    assert grant.id in again.err


def test_a_token_for_one_project_names_it_by_its_code(ledger: Typed, loaded: str) -> None:
    at = ("--database", loaded)
    made = ledger(
        "token", "create", "--role", "officer", "--name", "Jan", "--project", "SMALL", *at
    )
    assert made.code == 0
    grant = verified(loaded, made.out.strip())
    assert grant is not None
    assert grant.project is not None
    listed = ledger("token", "list", *at)
    assert grant.id in listed.out
    assert "SMALL" in listed.out


def test_unknown_roles_and_projects_are_bad_usage(ledger: Typed, database_url: str) -> None:
    at = ("--database", database_url)
    role = ledger("token", "create", "--role", "king", "--name", "x", *at)
    assert (role.code, role.out) == (2, "")
    assert "king" in role.err
    project = ledger(
        "token", "create", "--role", "officer", "--name", "x", "--project", "NONE", *at
    )
    assert (project.code, project.out) == (2, "")
    assert "NONE" in project.err


def test_the_roles_are_those_of_the_ledger(
    ledger: Typed,
) -> None:
    assert get_args(Role) == ROLES
