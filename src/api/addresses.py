"""From where does a request come? From its peer, or from whom a proxy that is trusted says."""

from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from litestar import Request

from ledger.settings import settings

Address = IPv4Address | IPv6Address


@cache
def _networks(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text, strict=False) for text in texts)


def _read(text: str) -> Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def address_of(request: Request[Any, Any, Any]) -> str:
    """The address of the client; for IPv6 the network that one subscriber has."""
    peer = _read(request.client.host) if request.client else None
    proxies = _networks(settings().proxies)
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    # The last hop was written by the nearest proxy; what stands before the first that is no
    # proxy of ours, anybody may have made up.
    while peer is not None and any(peer in network for network in proxies) and hops:
        before = _read(hops.pop())
        if before is None:
            break
        peer = before
    if isinstance(peer, IPv6Address):
        return str(ip_network((peer, 64), strict=False))
    return str(peer)
