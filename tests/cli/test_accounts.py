"""Accounts from the command line: how the first admins come in."""

import asyncio
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger.access import Access
from tests.cli.typing_it import Typed

GOOD = "zielona żyrafa liczy faktury"


def password_of(url: str, id: str, keys: Path) -> str | None:
    async def ask() -> str | None:
        access = Access(url, keys)
        await access.open()
        try:
            return await access.accounts.password(id)
        finally:
            await access.close()

    return asyncio.run(ask())


def rows(ledger: Typed, url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ledger("account", "list", "--database", url, "--json").json
    return found


def test_an_account_is_made_granted_disabled_and_enabled(
    ledger: Typed, loaded: str, tmp_path: Path
) -> None:
    at = ("--database", loaded)
    made = ledger("account", "create", "--name", "anna", "--role", "admin", *at, "--json")
    assert made.code == 0
    assert set(made.json) == {"id", "invitation"}
    assert ledger("account", "create", "--name", "Anna", *at).code == 1
    granted = ("account", "grant", "--name", "anna", "--role", "officer", "--project", "SMALL")
    assert ledger(*granted, *at).code == 0
    assert ledger(*granted, *at).code == 1
    (row,) = rows(ledger, loaded)
    assert [one["role"] for one in row["roles"]] == ["admin", "officer"]
    assert [one["project"] is None for one in row["roles"]] == [True, False]
    assert "anna" in ledger("account", "list", *at).out
    assert ledger("account", "disable", "--name", "anna", *at).code == 0
    assert ledger("account", "disable", "--name", "anna", *at).code == 1
    assert ledger("account", "enable", "--name", "anna", *at).code == 0
    (row,) = rows(ledger, loaded)
    assert (row["roles"], row["disabled_at"]) == ([], None)
    assert password_of(loaded, row["id"], tmp_path) is None
    reset = ledger("account", "reset-password", "--name", "anna", *at)
    assert "/sign-in/invitation/" in reset.out
    assert ledger("account", "remove-second-factor", "--name", "anna", *at).code == 1
    for command in ("disable", "enable", "reset-password", "remove-second-factor"):
        gone = ledger("account", command, "--name", "nobody", *at)
        assert (gone.code, gone.out) == (1, "")
        assert "nobody" in gone.err


def test_a_password_can_be_passed_on_standard_input(
    ledger: Typed, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = ("account", "create", "--name", "jan", "--ask-password", "--database", database_url)
    monkeypatch.setattr(sys, "stdin", io.StringIO("qwertyuiop123\n"))
    assert ledger(*wish).code == 2
    assert rows(ledger, database_url) == []
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{GOOD}\n"))
    made = ledger(*wish, "--json")
    assert set(made.json) == {"id"}
    assert (password_of(database_url, made.json["id"], tmp_path) or "").startswith("$argon2id$")


def test_what_cannot_be_meant_is_bad_usage(ledger: Typed, database_url: str) -> None:
    at = ("--database", database_url)
    assert ledger("account", "create", "--name", "jan", "--project", "SMALL", *at).code == 2
    assert ledger("account", "create", "--name", "jan", "--role", "king", *at).code == 2
    assert ledger("account", "create", "--name", "jan kowalski", *at).code == 1
    assert rows(ledger, database_url) == []
