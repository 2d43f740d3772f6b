"""How does the log stand? How far it is sealed, who vouches for it, and what can be taken away."""

from typing import Any

from litestar import Response

from api.identity import READ_THE_LOG
from api.pages.frame.navigation import Nav
from api.pages.frame.page import Page
from api.pages.frame.routes import page
from api.pages.frame.words import later
from api.state import attesting_of, outside_of, sealer_of
from ledger.attestations.checkpoints import last_checkpoints
from ledger.attestations.standing import standings
from ledger.attestations.timestamps import timestamps
from ledger.integrity.key_files import KeysRefused
from ledger.integrity.note import Verifier
from ledger.verification.remembered import last_verification

LAST_ONES = 10
_ALL = 2**62


@page("/log", roles=READ_THE_LOG, nav=Nav(later("State of the log"), 50, READ_THE_LOG))
async def log(page: Page) -> Response[Any]:
    """The log as it is now: of the past, its checkpoints tell."""
    tree, outside = page.parts.tree, outside_of(page.request)
    failures = attesting_of(page.request).failures()
    signed = await tree.newest()
    return page.show(
        "log.html",
        signed=signed and signed.checkpoint,
        head=await page.parts.log.head(),
        refused=sealer_of(page.request).refused is not None,
        checkpoints=await last_checkpoints(tree, LAST_ONES),
        witnesses=await standings(tree, outside.witnesses, failures),
        stamps=await timestamps(tree, _ALL, LAST_ONES),
        authority=outside.authority,
        verified=await last_verification(page.parts.reading),
        keys=_keys(page),
    )


def _keys(page: Page) -> list[Verifier]:
    """The log's public keys; none where their folder cannot be read."""
    try:
        return page.parts.tree.verifiers()
    except KeysRefused:
        return []


@page(
    "/projects/{id:str}/bundle",
    roles=READ_THE_LOG,
    nav=Nav(later("Bundle to take away"), 50, READ_THE_LOG, "control"),
)
async def bundle(page: Page) -> Response[Any]:
    """What the bundle holds, and the form that fetches it."""
    return page.show("bundle.html", address=f"/api/projects/{page.id()}/bundle.zip")
