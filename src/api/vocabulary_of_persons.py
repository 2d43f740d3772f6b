"""What do the fields mean that tell of personal data, who read them and how long they are kept?"""

from typing import Any

ID = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"
TIME = "2026-11-21T22:45:11.000000Z"

PERSONS_NOTES: dict[str, tuple[str, Any]] = {
    "Mention.collection": ("Of which collection the event's object is.", "teams"),
    "Membership.id": ("The appointment.", ID),
    "Membership.since": ("The first day.", "2018-08-24"),
    "PersonalEvent.data": ("What the event says, opened.", {"given_name": "Anna"}),
    "PersonalFile.activities": ("The activities in which the person took part.", []),
    "PersonalFile.events": ("Everything that was recorded of the person, in order.", []),
    "PersonalFile.mentions": ("Events of other objects in which the person stands.", []),
    "PersonalFile.person": ("The person's data today.", {"id": ID, "given_name": "Anna"}),
    "PersonalFile.reads": ("Who read the person's data, the latest first.", []),
    "PersonalFile.teams": ("The teams in which the person was.", []),
    "Read.id": ("The entry of the journal.", "4711"),
    "Read.path": ("The address that was asked, or the command that was typed.", "/api/teams"),
    "Read.read_at": ("When it was read (RFC 3339, UTC).", TIME),
    "Read.reader": ("The account or token that read it.", ID),
    "Read.reader_name": ("Its name then.", "demo coordinator"),
    "TakingPart.id": ("The activity.", ID),
}
