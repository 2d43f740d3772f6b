"""What do the indicators say on a day, and what is each number made of?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from ledger.kernel.ages import age_group, is_close
from ledger.kernel.errors import NotFound
from ledger.kernel.fields import Code, Date, Id, IndicatorKind, Title
from ledger.projections.engine.query import institution_name, person_name
from ledger.queries.asking import Question, pinned
from ledger.queries.countable import countable

Breakdown = dict[str, dict[str, int]]


class IndicatorRow(Struct, frozen=True, kw_only=True):
    """An indicator on the day: target, achieved, share in percent, and who was counted."""

    id: str
    code: Code
    name: Title
    kind: IndicatorKind
    target: float
    achieved: int
    share: str
    breakdown: Breakdown
    counts: dict[str, Any]
    explain: str
    position: int


class CountedRow(Struct, frozen=True, kw_only=True):
    """A subject that counts, with the event from which it does."""

    position: int
    type: str
    stream: Id
    subject: Id
    subject_name: Title | None
    counted_on: Date
    effective_on: Date
    count: int
    characteristics: dict[str, str | None]


_DEFINITIONS = """
SELECT i.code, i.name, i.kind, i.target, i.counts, i.position
FROM {indicators} AS i
WHERE i.project = %(project)s AND (%(code)s::text IS NULL OR i.code = %(code)s)
ORDER BY i.position, i.code"""

# A subject qualifies by its n-th fact, or by the one with which its hours are complete. Which
# column is the subject is decided by the indicator; the conditions apply where they can.
_COUNTED = f""", qualifying AS (
    SELECT CASE %(subject)s::text WHEN 'institution' THEN f.institution
            WHEN 'person' THEN f.person ELSE f.object END AS subject,
        f.object, f.counted_on, f.position, f.kind, f.voivodeship AS of_object, f.hours
    FROM facts AS f
    WHERE f.counted_on <= %(valid_at)s
        AND (%(subject)s IN ('institution', 'person') OR f.collection = %(collection)s::text)
        AND (%(activity_kinds)s::text[] IS NULL OR f.collection <> 'activities'
            OR f.kind = ANY(%(activity_kinds)s))
        AND (%(team_kinds)s::text[] IS NULL OR f.collection <> 'teams'
            OR f.kind = ANY(%(team_kinds)s))
        AND (%(deliverable_kinds)s::text[] IS NULL OR f.collection <> 'deliverables'
            OR f.kind = ANY(%(deliverable_kinds)s))
        AND (%(agreement_kinds)s::text[] IS NULL OR f.collection <> 'agreements'
            OR f.kind = ANY(%(agreement_kinds)s))
        AND (%(roles)s::text[] IS NULL OR f.role IS NULL OR f.role = ANY(%(roles)s))
), in_order AS (
    SELECT q.*, row_number() OVER series AS times, sum(q.hours) OVER series AS hours_so_far
    FROM qualifying AS q WHERE q.subject IS NOT NULL
    WINDOW series AS (PARTITION BY q.subject ORDER BY q.counted_on, q.position, q.object
        ROWS UNBOUNDED PRECEDING)
), reached AS (
    SELECT DISTINCT ON (subject) * FROM in_order
    WHERE times >= %(min_times)s AND hours_so_far >= %(min_hours)s
    ORDER BY subject, counted_on, position, object
)
SELECT r.position, e.type, r.object AS stream, r.subject,
    CASE %(subject)s WHEN 'institution' THEN {institution_name("r.subject")}
        WHEN 'person' THEN {person_name("r.subject")} END AS subject_name,
    r.counted_on, r.kind, i.sector, i.level,
    coalesce(i.voivodeship, r.of_object) AS voivodeship, p.sex, p.birth_year, p.born_on,
    (SELECT k.age_group FROM read.ages_on_entry AS k WHERE k.person = p.person
        AND k.entered_on = r.counted_on AND k.known_to = 9223372036854775807) AS kept
FROM reached AS r
JOIN {{events:log}} AS e ON e.position = r.position
LEFT JOIN LATERAL (
    SELECT n.* FROM {{persons:ever}} AS n
    WHERE %(subject)s = 'person' AND n.person = r.subject
    ORDER BY n.valid_from > r.counted_on, abs(n.valid_from - r.counted_on) LIMIT 1) AS p ON true
LEFT JOIN LATERAL (
    SELECT n.* FROM {{institutions:ever}} AS n
    WHERE n.institution = CASE %(subject)s WHEN 'person' THEN p.institution ELSE r.subject END
    ORDER BY n.valid_from > r.counted_on, abs(n.valid_from - r.counted_on) LIMIT 1) AS i ON true
WHERE (%(sectors)s::text[] IS NULL OR i.sector = ANY(%(sectors)s))
    AND (%(levels)s::text[] IS NULL OR i.level = ANY(%(levels)s))
    AND (%(voivodeships)s::text[] IS NULL
        OR coalesce(i.voivodeship, r.of_object) = ANY(%(voivodeships)s))
ORDER BY r.counted_on, r.position, r.subject"""

_LISTS = (
    "sectors", "levels", "voivodeships", "activity_kinds", "team_kinds", "roles",
    "deliverable_kinds", "agreement_kinds",
)  # fmt: skip
_NAMES = (
    "position", "type", "stream", "subject", "subject_name", "counted_on", "kind", "sector",
    "level", "voivodeship", "sex", "birth_year", "born_on", "kept",
)  # fmt: skip
_COLLECTIONS = {
    "deliverable": "deliverables",
    "agreement": "agreements",
    "team": "teams",
    "support_case": "support-cases",
    "grant": "grants",
    "activity": "activities",
}
_DIMENSIONS = {
    "institution": ("sector", "level", "voivodeship"),
    "person": ("sex", "age_group", "voivodeship"),
    "team": ("kind", "voivodeship"),
}


def _in_path(code: str) -> str:
    """The code as one step of an address: a slash in it is written as in a JSON Pointer.

    Clients leave out steps that are dots alone (RFC 3986, 5.2.4), so these are written too.
    """
    if code in (".", ".."):
        return code.replace(".", "~2")
    return code.replace("~", "~0").replace("/", "~1")


def code_in_path(text: str) -> str:
    """The code that a step of an address names."""
    return text.replace("~2", ".").replace("~1", "/").replace("~0", "~")


async def indicators(question: Question, project: str) -> list[IndicatorRow]:
    """The project's indicators."""
    found = []
    for one, name, kind, target, counts, position in await _definitions(question, project):
        counted = await _counted(question, project, counts)
        share = Decimal(100 * len(counted)) / Decimal(target)
        path = f"/api/projects/{project}/indicators/{quote(_in_path(one), safe='')}/explain"
        found.append(
            IndicatorRow(
                id=f"{project}/{one}",
                code=one,
                name=name,
                kind=kind,
                target=int(target) if target == int(target) else float(target),
                achieved=len(counted),
                share=f"{share:.2f}",
                breakdown=_breakdown(counts["subject"], counted),
                counts=counts,
                explain=path + pinned(question.moment),
                position=position,
            )
        )
    return found


async def explain_indicator(question: Question, project: str, code: str) -> list[CountedRow]:
    """Every subject that counts. Raises `NotFound` where there is no such indicator."""
    definitions = await _definitions(question, project, code)
    if not definitions:
        raise NotFound
    counts = definitions[0][4]
    dimensions = _DIMENSIONS.get(counts["subject"], ("kind",))
    counted = await _counted(question, project, counts)
    names = await question.shown([(one["subject_name"],) for one in counted])
    return [
        CountedRow(
            position=one["position"],
            type=one["type"],
            stream=str(one["stream"]),
            subject=str(one["subject"]),
            subject_name=name,
            counted_on=one["counted_on"],
            effective_on=one["counted_on"],
            count=1,
            characteristics={name: one[name] for name in dimensions},
        )
        for one, (name,) in zip(counted, names, strict=True)
    ]


async def _definitions(
    question: Question, project: str, code: str | None = None
) -> list[tuple[Any, ...]]:
    return await question.rows(_DEFINITIONS, project=project, code=code)


async def _counted(
    question: Question, project: str, counts: Mapping[str, Any]
) -> list[dict[str, Any]]:
    where = counts.get("where") or {}
    rows = await question.rows_as_stored(
        f"WITH {countable(counts['through'])}{_COUNTED}",
        plan_once=False,
        project=project,
        subject=counts["subject"],
        collection=_COLLECTIONS.get(counts["subject"], ""),
        min_times=where.get("min_times") or 1,
        min_hours=where.get("min_hours") or 0,
        **{name: where.get(name) for name in _LISTS},
    )
    found = [dict(zip(_NAMES, row, strict=True)) for row in rows]
    # A birthday is looked at only where the year of birth does not tell the group.
    close = [one for one in found if is_close(one["counted_on"], one["birth_year"])]
    birthdays = await question.birthdays([one["born_on"] for one in close])
    born = {id(one): born_on for one, born_on in zip(close, birthdays, strict=True)}
    for one in found:
        told = age_group(one["counted_on"], one["birth_year"], born.get(id(one)))
        one["age_group"] = one["kept"] or told
    return found


def _breakdown(subject: str, counted: Sequence[Mapping[str, Any]]) -> Breakdown:
    """How many by each characteristic; who has none stands under `unknown`."""
    return {
        name: dict(sorted(Counter(one[name] or "unknown" for one in counted).items()))
        for name in _DIMENSIONS.get(subject, ("kind",))
    }
