"""Which facts may an indicator count? They are taken from the books in which they stand.

A fact that was revoked or voided is in no book any more; one that merely ended was true, so its
first period is what counts (`:ever`). What is said of an object here never changes with time.
"""

from collections.abc import Sequence

# The project's objects, with what an indicator's conditions ask about them.
_OBJECTS = """
    SELECT DISTINCT a.agreement AS object, 'agreements' AS collection, a.kind,
        NULL::numeric AS hours, NULL::text AS voivodeship
    FROM {agreements:ever} AS a WHERE a.project = %(project)s
    UNION SELECT t.team, 'teams', t.kind, NULL, t.voivodeship
    FROM {teams:ever} AS t WHERE t.project = %(project)s
    UNION SELECT c.activity, 'activities', c.kind, c.hours, NULL
    FROM {activities:ever} AS c WHERE c.project = %(project)s
    UNION SELECT g.grant_id, 'grants', NULL, NULL, NULL
    FROM {grants:ever} AS g WHERE g.project = %(project)s
    UNION SELECT r.recruitment, 'recruitments', NULL, NULL, NULL
    FROM {recruitments:ever} AS r WHERE r.project = %(project)s
    UNION SELECT d.deliverable, 'deliverables', d.kind, NULL, NULL
    FROM {deliverables:ever} AS d WHERE d.project = %(project)s
    UNION SELECT s.support_case, 'support-cases', s.subject, NULL, NULL
    FROM {support_cases:ever} AS s WHERE s.project = %(project)s"""


def _fact(
    source: str,
    *,
    institution: str = "NULL::uuid",
    person: str = "NULL::uuid",
    role: str = "NULL::text",
    hours: str = "o.hours",
    counted_on: str = "x.valid_from",
    position: str = "x.position",
) -> str:
    """One kind of fact: from which book, for whom, from which day."""
    return f"""
    SELECT o.object, o.collection, o.kind, o.voivodeship, {institution} AS institution,
        {person} AS person, {role} AS role, coalesce({hours}, 0) AS hours,
        {counted_on} AS counted_on, {position} AS position
    FROM objects AS o JOIN {source}"""


def _one_of(table: str, key: str, order: str = "") -> str:
    return (
        f"LATERAL (SELECT * FROM {{{table}:ever}} AS n WHERE n.{key} = o.object {order} LIMIT 1)"
        " AS x ON true"
    )


# The event that began an object: later ones may have rewritten its first period.
_BEGAN = "(SELECT e.position FROM log.events AS e WHERE e.stream = o.object AND e.version = 1)"
_LAST = "ORDER BY n.valid_from DESC"

_FACTS = {
    "agreement_signed": _fact(
        "{parties:ever} AS x ON x.agreement = o.object", institution="x.institution"
    ),
    "team_appointed": _fact(
        "{appointments:ever} AS x ON x.team = o.object",
        institution="x.institution",
        person="x.person",
        role="x.role",
    ),
    "activity_attended": _fact(
        "{attendances:ever} AS x ON x.activity = o.object",
        institution="x.institution",
        person="x.person",
        hours="x.hours, o.hours",
    ),
    "grant_awarded": _fact(_one_of("grants", "grant_id"), institution="x.institution"),
    "recruited": _fact(
        "{selections:ever} AS x ON x.recruitment = o.object", institution="x.institution"
    ),
    "deliverable_approved": _fact(
        "{versions:ever} AS x ON x.deliverable = o.object AND x.status = 'approved'"
    ),
    "case_opened": _fact(
        _one_of("support_cases", "support_case"), counted_on="x.opened_on", position=_BEGAN
    ),
    "team_established": _fact(
        _one_of("teams", "team"), counted_on="x.established_on", position=_BEGAN
    ),
    # Held, as last scheduled, when its last day has come.
    "activity_held": _fact(
        _one_of("activities", "activity", _LAST) + " AND x.cancelled_on IS NULL",
        counted_on="x.ends_on",
    ),
}


def countable(through: Sequence[str]) -> str:
    """The common table expressions `objects` and `facts`, with facts of these kinds only."""
    wanted = "\n    UNION ALL".join(_FACTS[name] for name in dict.fromkeys(through))
    return f"objects AS MATERIALIZED ({_OBJECTS}\n), facts AS ({wanted}\n)"
