"""How does somebody get a credential? What it may do is recorded first, then it is made.

A process that ends in between leaves a holder in the log without a credential, never the reverse.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.access.tokens import Tokens
from ledger.aggregates.access import Deed, NothingToRevoke
from ledger.application.ledger import Ledger
from ledger.application.wishes import Caller, Receipt, RefusedInBatch, Wish, new_id
from ledger.kernel.calendar import day_in_warsaw
from ledger.kernel.errors import NotFound
from ledger.kernel.fields import HolderKind

OPERATOR = Caller(id="operator", name="operator", role="admin", operator=True)


class NewToken(Struct, frozen=True, kw_only=True):
    """What a token is to be called and may do, for one project or all, and until when."""

    name: str
    role: str
    project: str | None = None
    expires_at: datetime | None = None
    reason: str | None = None


class Issued(Struct, frozen=True, kw_only=True):
    """A token's text, which cannot be had again, and the record of its grant."""

    text: str
    receipt: Receipt


async def open_holder(
    ledger: Ledger,
    kind: HolderKind,
    name: str,
    grants: list[dict[str, Any]],
    caller: Caller,
    request_id: str,
    *,
    reason: str | None = None,
) -> Receipt:
    """Records an account or a token under a new id, and the roles that it is to have.

    By the operator they are in force at once; by an admin another one has to confirm them. Raises
    a `LedgerError`.
    """
    id = new_id()
    why = {"reason": reason} if reason else {}
    opened = Wish(
        collection="access", command="create", body={"id": id, "kind": kind, "name": name} | why
    )
    granted = [
        Wish(collection="access", command="grant", id=id, body=grant | why) for grant in grants
    ]
    try:
        return (await ledger.handle_all([opened, *granted], caller, request_id))[-1]
    except RefusedInBatch as refused:
        raise refused.error from None


async def issue_token(
    ledger: Ledger, tokens: Tokens, wanted: NewToken, caller: Caller, request_id: str
) -> Issued:
    """A new token with a grant of its own. Raises a `LedgerError`."""
    grant: dict[str, Any] = {"role": wanted.role, "project": wanted.project}
    if wanted.expires_at is not None:
        grant["until"] = day_in_warsaw(wanted.expires_at).isoformat()
    receipt = await open_holder(
        ledger, "token", wanted.name, [grant], caller, request_id, reason=wanted.reason
    )
    text = await tokens.create(
        wanted.name, wanted.role, wanted.project, id=receipt.id, expires_at=wanted.expires_at
    )
    return Issued(text=text, receipt=receipt)


async def revoke_token(
    ledger: Ledger, tokens: Tokens, id: str, caller: Caller, request_id: str, reason: str
) -> bool:
    """Ends a token at once and records that its grants ended; False: there was none to end."""
    found = await tokens.revoke(id)
    if found:
        await revoke_everything(ledger, id, caller, request_id, reason)
    return found


async def revoke_everything(
    ledger: Ledger, holder: str, caller: Caller, request_id: str, reason: str
) -> bool:
    """Records that all grants of the holder end now; False: there was none."""
    wish = Wish(collection="access", command="revoke-all", id=holder, body={"reason": reason})
    try:
        await ledger.handle(wish, caller, request_id)
    except (NotFound, NothingToRevoke):
        return False
    return True


async def note(
    ledger: Ledger, holder: str, what: Deed, caller: Caller, request_id: str, reason: str | None
) -> None:
    """Records what was done to an account by which others could come to act in its name."""
    body = {"what": what} | ({"reason": reason} if reason else {})
    wish = Wish(collection="access", command="note", id=holder, body=body)
    await ledger.handle(wish, replace(caller, operator=True), request_id)
