"""Tokens from the command line: made once, listed, revoked."""

import asyncio
from typing import get_args

import psycopg

from ledger.access import ROLES, Token, connected
from ledger.cli.tokens import Role
from tests.cli.typing_it import Typed


def verified(url: str, token: str) -> Token | None:
    async def verify() -> Token | None:
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


def recorded(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT type, recorded_by FROM log.events WHERE type LIKE 'access.%' ORDER BY position"
        )
        return [(row[0], row[1]) for row in rows]


def test_what_a_token_may_do_is_recorded(ledger: Typed, database_url: str) -> None:
    at = ("--database", database_url)
    made = ledger("token", "create", "--role", "auditor", "--name", "Anna", *at, "--json")
    assert recorded(database_url) == [("access.opened", "operator"), ("access.granted", "operator")]
    token = verified(database_url, made.json["token"])
    assert token is not None
    ledger("token", "revoke", token.id, *at)
    assert recorded(database_url)[2:] == [("access.revoked", "operator")]


def test_a_token_without_a_record_of_its_own_is_revoked_too(
    ledger: Typed, database_url: str
) -> None:
    async def create() -> str:
        async with connected(database_url) as tokens:
            return await tokens.create("Anna", "auditor")

    token = verified(database_url, text := asyncio.run(create()))
    assert token is not None
    assert ledger("token", "revoke", token.id, "--database", database_url).code == 0
    assert verified(database_url, text) is None


def test_a_rotated_token_has_a_new_secret(ledger: Typed, database_url: str) -> None:
    at = ("--database", database_url)
    before = ledger("token", "create", "--role", "auditor", "--name", "Anna", *at).out.strip()
    token = verified(database_url, before)
    assert token is not None
    after = ledger("token", "rotate", token.id, *at, "--json").json["token"]
    assert verified(database_url, before) is None
    assert verified(database_url, after) is not None
    kept = ledger("token", "rotate", token.id, "--keep-hours", 1, *at).out.strip()
    assert verified(database_url, after) is not None
    assert verified(database_url, kept) is not None


def test_a_token_ends_after_its_last_day(ledger: Typed, database_url: str) -> None:
    at = ("--database", database_url)
    wish = ("token", "create", "--role", "auditor", "--name", "Anna")
    made = ledger(*wish, "--expires", "2099-12-31", *at)
    token = verified(database_url, made.out.strip())
    assert token is not None
    assert token.expires_at is not None
    assert token.expires_at.isoformat().startswith("2099-12-31T22:59:59")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE access.tokens SET expires_at = now()")
    assert verified(database_url, made.out.strip()) is None
    assert ledger("token", "rotate", token.id, *at).code == 1
    for day in ("2001-01-01", "tomorrow", "9999-12-31"):
        assert ledger(*wish, "--expires", day, *at).code == 2


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
