"""How are the addresses described by which people sign in?"""

from api.accounts import (
    AccountRow,
    Description,
    Done,
    InvitationAnswer,
    NewAccountBody,
    SessionsEnded,
    Why,
)
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
from api.own_account import (
    Accept,
    Accepted,
    ChangePassword,
    Code,
    OfferAnswer,
    Prove,
    ProveWithCode,
    RecoveryCodes,
)
from api.sessions import ActAs, SessionAnswer, SessionRow, SignIn
from api.tokens import Ended, NewTokenBody, RevokeBody, RotateBody, TokenAnswer, TokenRow

ANSWERS = [
    SignIn, ActAs, SessionAnswer, SessionRow, NewTokenBody, TokenAnswer, TokenRow, RotateBody,
    RevokeBody, Ended, NewAccountBody, AccountRow, Description, Why, Done, InvitationAnswer,
    SessionsEnded, Accept, Accepted, ChangePassword, Code, OfferAnswer, Prove, ProveWithCode,
    RecoveryCodes,
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


def _gone(what: str, name: str, path: str, *statuses: int) -> Schema:
    return {
        "summary": what,
        "operationId": name,
        "tags": [name.split("_", maxsplit=1)[0]],
        "parameters": [*path_parameters(path), CSRF],
        "responses": {"204": {"description": "Done."}} | problems(401, 403, 503, *statuses),
    }


def _rows(path: str, what: str, row: type, *, pages: bool = True) -> Schema:
    """A list; without `pages` it comes as a whole."""
    found = answered(path, what, list_of(ref(row)), [LIMIT, CURSOR] if pages else [],
                     path.split("/")[2])  # fmt: skip
    if not pages:
        schema: Schema = list_of(ref(row))
        del schema["properties"]["position"]
        schema["required"] = ["items", "next"]
        found["get"]["responses"]["200"] = as_json(schema, what)
    return found


def _at(path: str, method: Schema) -> Schema:
    return {"post": method | {"parameters": [*path_parameters(path), CSRF]}}


def describe_access() -> dict[str, Schema]:
    """The addresses by which people sign in and credentials are kept."""
    return _sessions() | _own() | _accounts() | _tokens()


def _sessions() -> dict[str, Schema]:
    session = as_json(ref(SessionAnswer), "Who is signed in.")
    begin = _post("Signs somebody in; the session travels in a cookie", "session_begin", SignIn,
                  {"201": session}, 429)  # fmt: skip
    act = _post("Acts under another of one's grants", "session_acting", ActAs, {"201": session})
    one, every = "/api/sessions/{id}", "/api/sessions"
    end = _gone("Signs out", "session_end", "") | {"security": []}
    return {
        "/api/session": {
            "post": begin | {"security": []},
            "get": {
                "summary": "Who is signed in",
                "operationId": "session_show",
                "tags": ["session"],
                "responses": {"200": session} | problems(401, 503),
            },
            "delete": end,
        },
        "/api/session/acting": _at("", act),
        every: _rows(every, "One's own sessions that go on", SessionRow, pages=False),
        one: {"delete": _gone("Ends a session at once", "sessions_end", one, 404)},
    }


def _own() -> dict[str, Schema]:
    session, offer = _made(SessionAnswer, "A new session."), _made(OfferAnswer, "For a device.")
    codes = _made(RecoveryCodes, "The codes, shown this once.")
    done: Schema = {"204": {"description": "Done."}}
    rows: list[tuple[str, str, str, type, Schema, tuple[int, ...]]] = [
        ("session/password", "Changes one's password; all other sessions end",
         "session_password", ChangePassword, session, (409, 429)),
        ("session/second-factor", "Offers a second factor", "session_offer", Prove, offer,
         (409, 429)),
        ("session/second-factor/confirm", "Puts the second factor in force", "session_confirm",
         Code, codes, ()),
        ("session/second-factor/remove", "Takes the second factor away", "session_remove",
         ProveWithCode, done, (409, 429)),
        ("session/recovery-codes", "Makes new recovery codes", "session_recovery", Prove, codes,
         (404, 409, 429)),
        ("invitations", "Chooses a password by the link that an admin handed over",
         "invitations_accept", Accept, _made(Accepted, "The account."), (404,)),
    ]  # fmt: skip
    found = {
        f"/api/{path}": _at("", _post(what, name, body, answer, *more))
        for path, what, name, body, answer, more in rows
    }
    found["/api/invitations"]["post"]["security"] = []
    return found


def _accounts() -> dict[str, Schema]:
    path, one = "/api/accounts", "/api/accounts/{id}"
    link = _made(InvitationAnswer, "The link for the person.")
    done = _made(Done, "It is done.")
    make = _post("Makes an account; another admin has to confirm its role", "accounts_create",
                 NewAccountBody, link, 409)  # fmt: skip
    rows: list[tuple[str, str, type | None, Schema, tuple[int, ...]]] = [
        ("invite", "Makes another link for a password", Why, link, (404,)),
        ("disable", "Ends everything of an account at once", Why, done, (404, 409)),
        ("enable", "Lets an account sign in again", Why, done, (404, 409)),
        ("describe", "Says who the account is", Description, done, (404,)),
        ("end-sessions", "Ends all sessions of an account", None,
         _made(SessionsEnded, "They are ended."), (404,)),
    ]  # fmt: skip
    found = {
        path: _rows(path, "The accounts, by name", AccountRow) | _at("", make),
        one: answered(one, "An account", ref(AccountRow), [], "accounts"),
        f"{one}/sessions": _rows(
            f"{one}/sessions", "Sessions of an account that go on", SessionRow, pages=False
        ),
    }
    for name, what, body, answer, more in rows:
        method = _post(what, f"accounts_{name.replace('-', '_')}", body, answer, *more)
        found[f"{one}/{name}"] = _at(one, method)
    return found


def _tokens() -> dict[str, Schema]:
    path, one = "/api/tokens", "/api/tokens/{id}"
    text = _made(TokenAnswer, "The token, shown this once.")
    make = _post("Makes a token; another admin has to confirm its role", "tokens_create",
                 NewTokenBody, text, 409)  # fmt: skip
    renew = _post("Renews a token: its text changes", "tokens_rotate", RotateBody, text, 404)
    end = _post("Ends a token at once", "tokens_revoke", RevokeBody,
                _made(Ended, "It is ended."), 404)  # fmt: skip
    return {
        path: _rows(path, "The tokens", TokenRow) | _at("", make),
        f"{one}/rotate": _at(one, renew),
        f"{one}/revoke": _at(one, end),
    }
