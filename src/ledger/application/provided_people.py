"""What follows when an identity provider says who somebody is? An account, and roles, recorded."""

import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from ledger.access import Access, Account, passwords
from ledger.access.accounts import RESERVED, NameTaken
from ledger.access.openid import Identity
from ledger.aggregates.access import NothingNew
from ledger.application.ledger import Ledger
from ledger.application.people import NewAccount, People
from ledger.application.wishes import Caller, Wish
from ledger.kernel.errors import NotNow

_OTHER = re.compile(r"[^a-z0-9._-]+")
_TRIES = 100


def name_after(claims: Mapping[str, Any], claim: str) -> str:
    """What an account is called for whom these are the claims, if nobody is called so yet.

    Never after the provider's own name for the person: that may be a number of his.
    """
    said = claims.get(claim)
    text = passwords.plain(said if isinstance(said, str) else "").lower().partition("@")[0]
    tidy = _OTHER.sub("-", text).strip("._-")[:50]
    if len(tidy) >= 2 and tidy not in RESERVED:
        return tidy
    return f"person-{secrets.token_hex(4)}"


async def signed_in_by_provider(
    ledger: Ledger,
    access: Access,
    found: Identity,
    roles: Sequence[dict[str, str | None]],
    request_id: str,
) -> Account | None:
    """The account of that person, with the roles that the provider's claims lead to.

    One is made where there is none, if the operator wants that. None: the person may not come in.
    """
    assert access.provider is not None
    wanted = access.provider.settings
    by = Caller(
        id="identity provider",
        name=f"identity provider {urlsplit(found.issuer).netloc}",
        role="admin",
        operator=True,
    )
    account = await access.accounts.of_subject(found.issuer, found.subject)
    if account is None and wanted.create_accounts:
        name = name_after(found.claims, wanted.name_claim)
        account = await _new(access, People(ledger, access, by, request_id), name, found)
    if account is None or account.disabled_at is not None:
        return None
    wish = Wish(collection="access", command="take-over", id=account.id, body={"roles": [*roles]})
    with suppress(NothingNew):
        await ledger.handle(wish, by, request_id)
    await access.accounts.signed_in(account.id)
    return account


async def _new(access: Access, people: People, name: str, found: Identity) -> Account:
    for number in range(1, _TRIES):
        tried = name if number == 1 else f"{name}-{number}"
        try:
            made = await people.create(
                NewAccount(name=tried, subject=(found.issuer, found.subject))
            )
        except NameTaken:
            known = await access.accounts.of_subject(found.issuer, found.subject)
            if known is not None:  # the same person came in twice at once
                return known
            continue
        return await people.account(made.id)
    raise NotNow(why="no name is free for the account.")
