"""What do the fields mean by which people sign in and act? Notes as in `api.vocabulary`."""

from typing import Any

ID = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"
_HELD = {"id": ID, "role": "officer", "project": None}

ACCESS_NOTES: dict[str, tuple[str, Any]] = {
    "SignIn.token": ("A token, as it was shown when it was made.", "ledger_0197a3c5…_x7Hq…"),
    "SessionAnswer.id": ("The session.", ID),
    "SessionAnswer.kind": ("What is signed in: an account or a token.", "account"),
    "SessionAnswer.how": ("By what: a password, an identity provider or a token.", "password"),
    "SessionAnswer.name": ("The name that is recorded beside what is done.", "akowalska"),
    "SessionAnswer.grants": ("What is granted: roles, each for one project or for all.", [_HELD]),
    "SessionAnswer.acting": ("The grant that is acted under.", _HELD),
    "SessionAnswer.csrf": ("What X-CSRF-Token must carry in requests that change something.",
                           "5f2c…"),
    "Held.id": ("The grant.", ID),
    "Held.role": ("The role.", "officer"),
    "Held.project": ("The project for which it is granted; null: for all.", ID),
}  # fmt: skip
