"""How are the addresses described by which people sign in?"""

from api.describing import Schema, as_json, parameter, problems, ref
from api.sessions import SessionAnswer, SignIn

ANSWERS = [SignIn, SessionAnswer]
CSRF = parameter(
    "X-CSRF-Token",
    "The session's `csrf`, where a cookie and no token says who calls.",
    {"type": "string"},
    "5f2c",
    "header",
)


def describe_sessions() -> dict[str, Schema]:
    """The addresses of the session."""
    session = as_json(ref(SessionAnswer), "Who is signed in.")
    return {
        "/api/session": {
            "post": {
                "summary": "Signs somebody in; the session travels in a cookie",
                "operationId": "session_begin",
                "tags": ["session"],
                "security": [],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": ref(SignIn)}},
                },
                "responses": {"201": session} | problems(400, 401, 403, 413, 422, 503),
            },
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
