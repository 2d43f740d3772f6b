"""In which language are people answered? In Polish, or in English if they ask for it."""

from typing import Any, cast, get_args

from litestar import Request

from ledger.findings.model import Lang
from ledger.kernel.errors import Invalid

LANGS: tuple[str, ...] = get_args(Lang)
LANG = frozenset({"lang"})


def lang_of(request: Request[Any, Any, Any]) -> Lang:
    """The language that an address asks for by `lang`, else Polish. Raises `Invalid`."""
    return language(request.query_params.get("lang"))


def language(asked: str | None) -> Lang:
    """The language of that code; Polish where none is asked for. Raises `Invalid`."""
    code = asked or "pl"
    if code not in LANGS:
        raise Invalid.field("lang", f"one of {', '.join(LANGS)} is expected")
    return cast(Lang, code)
