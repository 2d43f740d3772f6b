"""Which headers does every answer carry? Those that make a browser do nothing that was not meant.

Pages say for themselves what they may load (`api.pages.frame.security`), stored documents that they
may do nothing at all. Everything else is for programs, and no browser is to make anything of it.
"""

from functools import cache

from ledger.settings import settings

Headers = list[tuple[bytes, bytes]]

_POLICY = b"content-security-policy"
_ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"cache-control", b"no-store"),  # answers hold what not everybody may know
    (_POLICY, b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
]
# A browser's viewer of papers is itself a page that loads things.
_PAPER = b"frame-ancestors 'none'"
_TWO_YEARS = b"max-age=63072000"


@cache
def _by_https_only() -> Headers:
    """Browsers that came by https once come by https only."""
    secure = (settings().public_url or "").startswith("https")
    return [(b"strict-transport-security", _TWO_YEARS)] if secure else []


def with_security(headers: Headers) -> Headers:
    """The headers, with those that are missing."""
    known = {name.lower(): value for name, value in headers}
    more = [pair for pair in _ALWAYS + _by_https_only() if pair[0] not in known]
    if known.get(b"content-type", b"").startswith(b"application/pdf"):
        more = [(name, _PAPER if name == _POLICY else value) for name, value in more]
    return [*headers, *more]
