"""What do the fields mean that tell of personal data, who read them and how long they are kept?"""

from typing import Any

ID = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"
TIME = "2026-11-21T22:45:11.000000Z"

PERSONS_NOTES: dict[str, tuple[str, Any]] = {
    "DueRow.due_since": ("The first day on which the data need not be kept.", "2026-01-01"),
    "DueRow.id": ("The person.", ID),
    "DueRow.projects": ("The projects in which the person took part.", []),
    "ErasureRow.decided_by": ("Who approved or rejected it.", "demo manager"),
    "ErasureRow.decided_on": ("The day of the decision.", "2026-11-28"),
    "ErasureRow.persons": ("The persons; their names until they are erased.", [{"person": ID}]),
    "ErasureRow.requested_by": ("Who asked for it.", "demo coordinator"),
    "ErasureRow.requested_on": ("The day on which it was asked for.", "2026-11-27"),
    "ErasureRow.status": ("requested, approved or rejected.", "requested"),
    "HoldRow.days": ("By how many days it has moved the end.", 181),
    "HoldRow.hold": ("What the proceeding is called.", "II SA/Rz 12/27"),
    "HoldRow.lifted_on": ("The day on which it was over; null: it is not.", "2027-06-30"),
    "HoldRow.placed_by": ("Who recorded it.", "demo auditor"),
    "HoldRow.placed_on": ("The day on which it was opened.", "2026-12-31"),
    "LiftHold.hold": ("What the proceeding is called.", "II SA/Rz 12/27"),
    "Mention.collection": ("Of which collection the event's object is.", "teams"),
    "Membership.id": ("The appointment.", ID),
    "Membership.since": ("The first day.", "2018-08-24"),
    "OverProject.keep_until": ("The last day on which its documents had to be kept.", "2025-12-31"),
    "PersonalEvent.data": ("What the event says, opened.", {"given_name": "Anna"}),
    "PersonalFile.activities": ("The activities in which the person took part.", []),
    "PersonalFile.events": ("Everything that was recorded of the person, in order.", []),
    "PersonalFile.mentions": ("Events of other objects in which the person stands.", []),
    "PersonalFile.person": ("The person's data today.", {"id": ID, "given_name": "Anna"}),
    "PersonalFile.reads": ("Who read the person's data, the latest first.", []),
    "PersonalFile.teams": ("The teams in which the person was.", []),
    "PlaceHold.hold": ("What the proceeding is called.", "II SA/Rz 12/27"),
    "Read.id": ("The entry of the journal.", "4711"),
    "Read.path": ("The address that was asked, or the command that was typed.", "/api/teams"),
    "Read.read_at": ("When it was read (RFC 3339, UTC).", TIME),
    "Read.reader": ("The account or token that read it.", ID),
    "Read.reader_name": ("Its name then.", "demo coordinator"),
    "RequestErasure.persons": ("Persons whose data need not be kept any more.", [ID]),
    "Retention.accounts_due_on": (
        "2014-2020: by when the accounts with the final expenditure are due.", "2023-02-15"),
    "Retention.basis": ("The law that says so.", "art. 82 rozporządzenia (UE) 2021/1060"),
    "Retention.counts_from": ("Position of the event whose day it is counted from.", 2814),
    "Retention.final": ("Whether the project is over, so that no later payment is expected.", True),
    "Retention.holds": ("Proceedings, in the order in which they were opened.", []),
    "Retention.keep_from": ("The day from which the years count.", "2026-12-31"),
    "Retention.keep_until": (
        "The last day on which documents must be kept; null while that is open.", "2031-12-31"),
    "Retention.last_payment_on": ("The day of the last payment to the beneficiary.", "2026-03-12"),
    "Retention.name": ("The project's title.", "Liderzy kooperacji"),
    "Retention.regulation": ("The regulation of the project's period.", "2021/1060"),
    "Retention.suspended": ("Whether a proceeding is open, which suspends the end.", False),
    "Retention.without_holds": ("What the end would be without proceedings.", "2031-12-31"),
    "TakingPart.id": ("The activity.", ID),
}  # fmt: skip
