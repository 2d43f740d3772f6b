"""How are the addresses described by which people sign in?"""

from api.describing import (
    CURSOR,
    LIMIT,
    Schema,
    answered,
    as_json,
    list_of,
    parameter,
    path_parameters,
    problems,
    ref,
)
from api.sessions import SessionAnswer, SignIn
from api.tokens import Ended, NewTokenBody, RevokeBody, RotateBody, TokenAnswer, TokenRow

ANSWERS = [
    SignIn, SessionAnswer, NewTokenBody, TokenAnswer, TokenRow, RotateBody, RevokeBody, Ended,
]  # fmt: skip
CSRF = parameter(
    "X-CSRF-Token",
    "The session's `csrf`, where a cookie and no token says who calls.",
    {"type": "string"},
    "5f2c",
    "header",
)


def _post(what: str, name: str, body: type | None, answers: Schema, *statuses: int) -> Schema:
    found: Schema = {
        "summary": what,
        "operationId": name,
        "tags": [name.split("_", maxsplit=1)[0]],
        "responses": answers | problems(400, 401, 403, 413, 422, 503, *statuses),
    }
    if body is not None:
        content = {"application/json": {"schema": ref(body)}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _made(answer: type, what: str) -> Schema:
    return {"201": as_json(ref(answer), what)}


def describe_access() -> dict[str, Schema]:
    """The addresses by which people sign in and credentials are kept."""
    return _sessions() | _tokens()


def _sessions() -> dict[str, Schema]:
    session = as_json(ref(SessionAnswer), "Who is signed in.")
    begin = _post("Signs somebody in; the session travels in a cookie", "session_begin", SignIn,
                  {"201": session})  # fmt: skip
    return {
        "/api/session": {
            "post": begin | {"security": []},
            "get": {
                "summary": "Who is signed in",
                "operationId": "session_show",
                "tags": ["session"],
                "responses": {"200": session} | problems(401, 503),
            },
            "delete": {
                "summary": "Signs out",
                "operationId": "session_end",
                "tags": ["session"],
                "security": [],
                "parameters": [CSRF],
                "responses": {"204": {"description": "Nobody is signed in."}} | problems(403, 503),
            },
        }
    }


def _tokens() -> dict[str, Schema]:
    path, one = "/api/tokens", "/api/tokens/{id}"
    id_there = {"parameters": path_parameters(one)}
    ended: Schema = {"201": as_json(ref(Ended), "It is ended.")}
    rows = answered(path, "The tokens", list_of(ref(TokenRow)), [LIMIT, CURSOR], "tokens")
    make = _post("Makes a token; another admin has to confirm its role", "tokens_create",
                 NewTokenBody, _made(TokenAnswer, "The token, shown this once."), 409)  # fmt: skip
    renew = _post("Renews a token: its text changes", "tokens_rotate", RotateBody,
                  _made(TokenAnswer, "The token, shown this once."), 404)  # fmt: skip
    end = _post("Ends a token at once", "tokens_revoke", RevokeBody, ended, 404)
    return {
        path: rows | {"post": make},
        f"{one}/rotate": {"post": renew | id_there},
        f"{one}/revoke": {"post": end | id_there},
    }
