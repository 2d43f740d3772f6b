"""Which persons are there? For those who may read personal data only."""

from msgspec import Struct

from ledger.aggregates.persons import PersonRegistered, PersonUpdated, PersonWasErased
from ledger.kernel.fields import Date, Id, InstitutionId, PersonalText, Sealed, Sex, Title
from ledger.kernel.personal import ERASED
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, institution_name


class Person(Struct, frozen=True, kw_only=True):
    """A person who takes part in projects; what identifies the person stays sealed here."""

    person: Id
    given_name: Sealed | None
    family_name: Sealed | None
    sex: str | None
    born_on: Sealed | None
    birth_year: int | None
    email: Sealed | None
    phone: Sealed | None
    institution: Id | None
    erased: bool


class KeptAge(Struct, frozen=True, kw_only=True):
    """Of an erased person: the age group on a day of entry, where the year of birth is silent."""

    person: Id
    entered_on: Date
    age_group: str


class Entry(Struct, frozen=True, kw_only=True):
    """That a person was entered by somebody of one project, for that project."""

    person: Id
    project: Id


# Seen from one project: who takes part in it, or was entered for it.
_VISIBLE = "EXISTS (SELECT FROM scope.participants() AS p (own) WHERE p.own = person)"
PERSONS = Table(
    "persons", Person, key=["person"], indexes=[("erased",)], shared=True, visible=_VISIBLE
)
AGES = Table("ages_on_entry", KeptAge, key=["person", "entered_on"], shared=True, visible=_VISIBLE)
ENTRIES = Table("person_entries", Entry, key=["person"], indexes=[("project",)], shared=True)
MODEL = ReadModel("person_register", PERSONS, AGES, ENTRIES)


@MODEL.on(PersonRegistered)
def _registered(event: PersonRegistered, fact: Fact, rows: Rows) -> None:
    rows.put(
        PERSONS,
        Person(
            person=fact.stream,
            given_name=event.given_name,
            family_name=event.family_name,
            sex=event.sex,
            born_on=event.born_on,  # type: ignore[arg-type]  # as stored: sealed
            birth_year=event.birth_year,
            email=event.email,
            phone=event.phone,
            institution=event.institution,
            erased=False,
        ),
        valid_from=fact.effective_on,
    )
    if event.entered_for is not None:
        entered = Entry(person=fact.stream, project=event.entered_for)
        rows.put(ENTRIES, entered, valid_from=fact.effective_on)


@MODEL.on(PersonUpdated)
def _updated(event: PersonUpdated, fact: Fact, rows: Rows) -> None:
    rows.change(PERSONS, fact.stream, valid_from=fact.effective_on, **event.changes())


@MODEL.on(PersonWasErased)
def _erased(event: PersonWasErased, fact: Fact, rows: Rows) -> None:
    rows.change(PERSONS, fact.stream, valid_from=fact.effective_on, erased=True)
    for one in event.ages:
        kept = KeptAge(person=fact.stream, entered_on=one.entered_on, age_group=one.age_group)
        rows.put(AGES, kept, valid_from=one.entered_on)


class PersonRow(Struct, frozen=True, kw_only=True):
    """A person on the day; of an erased one only what the counts need is left."""

    id: Id
    given_name: PersonalText | None
    family_name: PersonalText | None
    sex: Sex | None
    born_on: Date | None
    email: PersonalText | None
    phone: PersonalText | None
    institution: InstitutionId | None
    institution_name: Title | None
    erased: bool
    position: int


# Erasure holds for every moment that can be asked for, also for those before it. Where nothing asks
# for it, the database leaves the join out.
_GONE = """
(SELECT g.person FROM read.persons AS g WHERE g.erased AND g.known_to = 9223372036854775807
 GROUP BY g.person)"""

# The projects to which a person belongs: of the teams and activities in which the person ever took
# part, and the one for which the person was entered.
PROJECTS_OF = """
SELECT e.project FROM read.person_entries AS e WHERE e.person = {person}
UNION ALL
SELECT s.project FROM read.appointments AS a JOIN read.streams AS s ON s.stream = a.team
WHERE a.person = {person}
UNION ALL
SELECT s.project FROM read.attendances AS a JOIN read.streams AS s ON s.stream = a.activity
WHERE a.person = {person}"""


def _shown(field: str, marker: str = f"'{ERASED}'") -> str:
    """A personal field, or what stands in its place once the person is erased."""
    return (
        f"CASE WHEN p.{field} IS NOT NULL THEN CASE WHEN gone.person IS NOT NULL THEN {marker}"
        f" ELSE p.{field} END END AS {field}"
    )


LISTING = Listing(
    path="/api/persons",
    row=PersonRow,
    order="x.id",
    named_by=("family_name", "given_name"),
    single="p.person",
    reads_persons=True,
    scope=f"""EXISTS (SELECT FROM ({PROJECTS_OF.format(person="p.person")}) AS part
                      WHERE part.project = %(scope)s::uuid)""",
    filters={
        "institution": "p.institution = %(institution)s::uuid",
        # The rest is done once names are opened.
        "name": "gone.person IS NULL AND %(name)s::text IS NOT NULL",
    },
    select=f"""
SELECT p.person AS id, {_shown("given_name")}, {_shown("family_name")}, p.sex,
    {_shown("born_on", "NULL")}, {_shown("email")}, {_shown("phone")},
    p.institution, {institution_name("p.institution")} AS institution_name,
    gone.person IS NOT NULL AS erased, p.position
FROM {{persons}} AS p LEFT JOIN {_GONE} AS gone ON gone.person = p.person""",
)
