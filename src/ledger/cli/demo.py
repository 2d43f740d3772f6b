"""How does one try the ledger? A database of its own, the case files, a token for each role."""

import logging
import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from ledger.cli.load import Refused, load_files
from ledger.cli.outcome import DONE, BadUsage, Failed, complain, print_json
from ledger.cli.place import Json, Place, documents_of, keys_of, opened
from ledger.cli.progress import progress
from ledger.cli.serving import Port, address_of, exit_on_sigterm, free_port, run

HOST = "127.0.0.1"
PORTS_TRIED = 100
READY_SECONDS = 120.0
CASES = Path(__file__).parents[3] / "cases"
FILES = (
    "liderzy-kooperacji.yaml",
    "kooperacja-efektywna-i-skuteczna.yaml",
    "przyklad-zmyslony.yaml",
)
ROLES = ("officer", "coordinator", "manager", "auditor", "admin")


def demo(
    *,
    port: Port = 8000,
    database: Annotated[str | None, Parameter(help="A PostgreSQL server instead, by URL.")] = None,
    data: Annotated[Path | None, Parameter(help="The directory of the embedded database.")] = None,
    json: Json = False,
) -> int:
    """Starts the ledger with the case files loaded, and prints how to reach it.

    Where the port is taken, the next free one is used. Each run gives the tokens new secrets, so
    those of the run before are worth nothing.
    """
    import asyncio

    exit_on_sigterm()
    files = [CASES / name for name in FILES]
    if missing := [file for file in files if not file.is_file()]:
        raise BadUsage(f"The demonstration needs {missing[0]}: run it in a source checkout.")
    port = free_port(HOST, port, PORTS_TRIED)
    address = address_of(HOST, port)
    place = _place(database, data)
    with opened(place) as url:
        with progress("Case files") as tell:
            try:
                asyncio.run(load_files(url, place, files, "ledger demo", tell, []))
            except Refused as refused:
                raise Failed(refused.sentence()) from None
        tokens = asyncio.run(_tokens(url, place))

        def announce() -> None:
            _wait_until_ready(address)
            if json:
                print_json({"address": address, "tokens": tokens})
            else:
                _show(address, tokens)

        run(
            url,
            HOST,
            port,
            documents=documents_of(place),
            keys=keys_of(place),
            worker=True,
            on_listening=announce,
            level=logging.WARNING,
        )
    return DONE


def _place(database: str | None, data: Path | None) -> Place:
    """A folder of the demonstration's own: invented facts do not go where others work."""
    from ledger.settings import settings

    return Place(database, data or settings().data / "demo")


async def _tokens(url: str, place: Place) -> dict[str, str]:
    """A token for each role; those of an earlier run get a new secret."""
    from ledger.application import new_id
    from ledger.application.credentials import OPERATOR, NewToken, issue_token
    from ledger.cli.granting import running

    found = {}
    async with running(url, place) as made:
        known = {one.name: one.id for one in await made.tokens.all() if one.revoked_at is None}
        for role in ROLES:
            name = f"demo {role}"
            text = await made.tokens.rotate(known[name]) if name in known else None
            if text is None:
                wanted = NewToken(name=name, role=role)
                issued = await issue_token(made.ledger, made.tokens, wanted, OPERATOR, new_id())
                text = issued.text
            found[role] = text
    return found


def _wait_until_ready(address: str) -> None:
    import urllib.error
    import urllib.request

    began = time.monotonic()
    while time.monotonic() - began < READY_SECONDS:
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    complain("the service is up, but does not say that it is ready.")


def _show(address: str, tokens: dict[str, str]) -> None:
    from rich.panel import Panel

    from ledger.cli.tables import console

    out = console()
    out.print(Panel.fit(f"The ledger answers at {address}\nStop it with Ctrl-C.", title="Ledger"))
    _lines(out, "Tokens, one for each role:", [f"{r:<12} {t}" for r, t in tokens.items()])
    get = f"curl -s -H 'Authorization: Bearer {tokens['manager']}'"
    tries = [
        f"{get} {address}/api/projects",
        f"{get} '{address}/api/teams?valid_at=2018-12-31'",
        f"{get} '{address}/api/projects?known_at=80'",
        f"curl -s -H 'Authorization: Bearer {tokens['auditor']}' '{address}/api/events?limit=3'",
        f"curl -s {address}/schema",
    ]
    _lines(out, "To try:", tries)
    out.file.flush()


def _lines(out: Any, title: str, lines: list[str]) -> None:
    """Lines that are never broken, so that they can be copied."""
    out.print(title)
    for line in lines:
        out.print(f"  {line}", soft_wrap=True)
