"""What do the fields mean by which people sign in and act? Notes as in `api.vocabulary`."""

from typing import Any

ID = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"
TIME = "2026-11-21T22:45:11.000000Z"
_HELD = {"id": ID, "role": "officer", "project": None}

ACCESS_NOTES: dict[str, tuple[str, Any]] = {
    "ReceiptAnswer.grant": ("The grant, where one was proposed or made.", ID),
    "grant": ("The grant of a role.", ID),
    "granted_by": ("Who put it in force; null while it is proposed.", "jan"),
    "proposed": ("Whether it waits for another admin's confirmation.", False),
    "proposed_by": ("Who wanted it.", "anna"),
    "through": ("By what it came into force.", "two_admins"),
    "AccessRow.roles": ("The roles on the day, and those that are proposed.", []),
    "AccessRow.name": ("The name that is recorded beside what is done.", "akowalska"),
    "GrantRole.role": ("What its bearer may do.", "officer"),
    "GrantRole.project": ("For this project; for all where none is named.", ID),
    "GrantRole.until": ("The last day; without one until it is revoked.", "2027-12-31"),
    "NewTokenBody.role": ("What its bearer may do.", "officer"),
    "NewTokenBody.project": ("For this project; for all where none is named.", ID),
    "NewTokenBody.name": ("Who bears it; stands beside what is recorded.", "księgowość"),
    "NewTokenBody.expires_on": ("The last day on which it is accepted.", "2027-12-31"),
    "OpenHolder.name": ("The name that is recorded beside what is done.", "akowalska"),
    "RoleRow.role": ("The role.", "officer"),
    "RoleRow.since": ("The day from which it holds.", "2019-05-13"),
    "RoleRow.until": ("The last day; null: until it is revoked.", "2027-12-31"),
    "RotateBody.keep_hours": ("How long the token as it was may be used still.", 24),
    "TokenAnswer.token": ("The token itself: it cannot be had again.", "ledger_0197a3c5…_x7Hq…"),
    "TokenRow.role": ("What its bearer may do.", "officer"),
    "created_at": ("When it was made.", TIME),
    "expires_at": ("When it ends; null: never.", TIME),
    "revoked_at": ("When it was revoked; null: it was not.", None),
    "rotated_at": ("When it was renewed; null: never.", None),
    "used_at": ("When it was used last, to the minute; null: never.", TIME),
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
