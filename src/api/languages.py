"""In which language are people answered? In Polish, or in English if they ask for it."""

from typing import Any, cast, get_args

from litestar import Request

from ledger.findings.model import Lang
from ledger.kernel.errors import Invalid

LANGS: tuple[str, ...] = get_args(Lang)
LANG = frozenset({"lang"})


def lang_of(request: Request[Any, Any, Any]) -> Lang:
    """The language asked for by `lang`, else Polish. Raises `Invalid`."""
    lang = request.query_params.get("lang") or "pl"
    if lang not in LANGS:
        raise Invalid.field("lang", f"one of {', '.join(LANGS)} is expected")
    return cast(Lang, lang)
