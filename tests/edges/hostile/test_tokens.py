"""Is a credential that is almost right worth nothing at all?"""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.edges.worlds import Two


def _jwt(header: dict[str, str]) -> str:
    parts = (header, {"sub": "admin", "role": "admin", "exp": 2**40})
    said = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts
    ]
    return ".".join([*said, "c2lnbmF0dXJl"])


@pytest.fixture(scope="module")
def token(two: Two) -> str:
    return two.service.token("admin")


def _status(two: Two, header: str) -> int:
    two.service.http.cookies.clear()
    shown = {b"Authorization": header.encode()}
    answer = two.service.http.get("/api/projects", headers=shown)
    assert answer.status_code == 200 or "ledger_" not in answer.text
    return answer.status_code


def test_a_good_token_is_good(two: Two, token: str) -> None:
    assert _status(two, f"Bearer {token}") == 200
    assert _status(two, f"bearer  {token} ") == 200


def test_a_token_that_lacks_anything_is_none(two: Two, token: str) -> None:
    for end in range(len(token)):
        assert _status(two, f"Bearer {token[:end]}") == 401


def test_a_token_with_any_sign_changed_is_none(two: Two, token: str) -> None:
    for place in range(len(token)):
        other = "0" if token[place] != "0" else "1"
        assert _status(two, f"Bearer {token[:place]}{other}{token[place + 1 :]}") == 401


@pytest.mark.parametrize(
    "header",
    [
        "Bearer {0}{0}", "Bearer {0}\u0000", "Bearer {0},{0}", "Bearer {0} {0}", "Bearer {0};",
        "Bearer x{0}", "Basic {0}", "Token {0}", "Bearer", "{0}", "Bearer: {0}", 'Bearer "{0}"',
        "Bearer\u00a0{0}", "Bearer ledger_%s_x" % ("0" * 32), "Bearer ledger_' OR 1=1 --_x",
        "Bearer " + "a" * 60_000,
    ],
)  # fmt: skip
def test_a_token_in_other_clothes_is_none(two: Two, token: str, header: str) -> None:
    shown = header.format(token) if "{0}" in header else header
    assert _status(two, shown) == 401


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS256", "ES256", "EdDSA"])
def test_a_signed_token_is_not_what_is_asked_for(two: Two, algorithm: str) -> None:
    assert _status(two, f"Bearer {_jwt({'alg': algorithm, 'typ': 'JWT'})}") == 401


def test_upper_and_lower_case_are_not_the_same(two: Two, token: str) -> None:
    assert _status(two, f"Bearer {token.swapcase()}") == 401


def test_an_expired_token_is_none_at_once(two: Two) -> None:
    tokens, call = two.service.http.app.state.parts.tokens, two.service.http.blocking_portal.call
    past = datetime.now(UTC) - timedelta(seconds=1)

    async def expired() -> str:
        return str(await tokens.create("kiedyś", "admin", None, expires_at=past))

    assert _status(two, f"Bearer {call(expired)}") == 401


def test_a_revoked_token_is_none_at_once_also_where_it_was_good_a_moment_ago(two: Two) -> None:
    tokens, call = two.service.http.app.state.parts.tokens, two.service.http.blocking_portal.call
    token = two.service.token("manager")
    assert _status(two, f"Bearer {token}") == 200
    id = token.split("_")[1]
    assert call(tokens.revoke, f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}")
    assert _status(two, f"Bearer {token}") == 401


def test_a_token_of_another_ledger_is_none(two: Two, token: str) -> None:
    prefix, id, secret = token.split("_", 2)
    other = two.service.token("admin").split("_", 2)
    assert _status(two, f"Bearer {prefix}_{id}_{other[2]}") == 401
    assert _status(two, f"Bearer {prefix}_{other[1]}_{secret}") == 401
