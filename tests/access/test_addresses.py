"""Where a request comes from says its peer, or a proxy that is trusted, and nobody else."""

from typing import Any, cast

import pytest

from api.addresses import address_of


class Request:
    """What `address_of` looks at."""

    def __init__(self, peer: str, forwarded: str | None = None) -> None:
        self.client = type("Client", (), {"host": peer})
        self.headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}


def said(peer: str, forwarded: str | None = None) -> str:
    return address_of(cast(Any, Request(peer, forwarded)))


def test_nobodys_word_is_taken_without_a_proxy() -> None:
    assert said("203.0.113.9", "198.51.100.1") == "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "192.0.2.66, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.0.0.2", "made up", "10.0.0.2"),
        ("10.0.0.2", None, "10.0.0.2"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("::ffff:10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ],
)
def test_a_proxy_is_believed_as_far_as_proxies_go(
    peer: str, forwarded: str | None, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_PROXIES", "10.0.0.0/8")
    assert said(peer, forwarded) == address
