"""Who was in a team when? Its whole composition over time, as known at the moment asked."""

from datetime import date

from msgspec import Struct

from ledger.kernel.fields import PersonalText
from ledger.projections.engine.query import institution_name, person_name
from ledger.queries.asking import Question


class Membership(Struct, frozen=True, kw_only=True):
    """An appointment; `until` is the first day on which it is over, None while no end is known."""

    appointment: str
    institution: str | None
    institution_name: str | None
    person: str | None
    person_name: PersonalText | None
    role: str
    since: date
    until: date | None
    position: int


_MEMBERS = f"""
SELECT a.appointment::text, a.institution::text, {institution_name("a.institution")},
    a.person::text, {person_name("a.person")}, a.role, min(a.since),
    nullif(max(a.valid_to), '9999-12-31'), max(a.position)
FROM {{appointments:ever}} AS a
WHERE a.team = %(team)s
GROUP BY a.appointment, a.institution, a.person, a.role
ORDER BY min(a.since), max(a.position), a.appointment"""


async def composition(question: Question, team: str) -> list[Membership]:
    """Every appointment to a team, from the earliest on; those that were void are not there."""
    rows = await question.rows(_MEMBERS, team=team)
    names = Membership.__struct_fields__
    return [Membership(**dict(zip(names, row, strict=True))) for row in rows]
