"""Which persons are there? For those who may read personal data only."""

from msgspec import Struct

from ledger.aggregates.persons import PersonRegistered, PersonUpdated, PersonWasErased
from ledger.kernel.fields import Date, Id, InstitutionId, PersonalText, Sex, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, institution_name


class Person(Struct, frozen=True, kw_only=True):
    """A person who takes part in projects."""

    person: Id
    given_name: PersonalText | None
    family_name: PersonalText | None
    sex: str | None
    born_on: Date | None
    birth_year: int | None
    email: PersonalText | None
    phone: PersonalText | None
    institution: Id | None
    erased: bool


PERSONS = Table("persons", Person, key=["person"], shared=True)
MODEL = ReadModel("person_register", PERSONS)


@MODEL.on(PersonRegistered)
def _registered(event: PersonRegistered, fact: Fact, rows: Rows) -> None:
    rows.put(
        PERSONS,
        Person(
            person=fact.stream,
            given_name=event.given_name,
            family_name=event.family_name,
            sex=event.sex,
            born_on=event.born_on,
            birth_year=event.birth_year,
            email=event.email,
            phone=event.phone,
            institution=event.institution,
            erased=False,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(PersonUpdated)
def _updated(event: PersonUpdated, fact: Fact, rows: Rows) -> None:
    rows.change(PERSONS, fact.stream, valid_from=fact.effective_on, **event.changes())


@MODEL.on(PersonWasErased)
def _erased(event: PersonWasErased, fact: Fact, rows: Rows) -> None:
    rows.change(PERSONS, fact.stream, valid_from=fact.effective_on, erased=True)


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


# Erasure holds for every moment that can be asked for, also for those before it.
_GONE = "bool_or(g.erased) FILTER (WHERE g.known_to = 9223372036854775807)"

# The projects of the teams and activities in which a person ever took part.
TAKES_PART = """
SELECT s.project FROM read.appointments AS a JOIN read.streams AS s ON s.stream = a.team
WHERE a.person = {person}
UNION ALL
SELECT s.project FROM read.attendances AS a JOIN read.streams AS s ON s.stream = a.activity
WHERE a.person = {person}"""

LISTING = Listing(
    path="/api/persons",
    row=PersonRow,
    order="coalesce(family_name, '') || ' ' || coalesce(given_name, '')",
    single="p.person",
    reads_persons=True,
    # Seen from one project: who takes part in it, and who takes part in none yet.
    scope=f"""(SELECT coalesce(bool_or(part.project = %(scope)s), true)
               FROM ({TAKES_PART.format(person="p.person")}) AS part)""",
    filters={
        "institution": "p.institution = %(institution)s::uuid",
        "name": "NOT gone.erased AND"
        " strpos(lower(p.given_name || ' ' || p.family_name), lower(%(name)s::text)) > 0",
    },
    select=f"""
SELECT p.person AS id,
    CASE WHEN NOT gone.erased THEN p.given_name END AS given_name,
    CASE WHEN NOT gone.erased THEN p.family_name END AS family_name,
    p.sex,
    CASE WHEN NOT gone.erased THEN p.born_on END AS born_on,
    CASE WHEN NOT gone.erased THEN p.email END AS email,
    CASE WHEN NOT gone.erased THEN p.phone END AS phone,
    p.institution, {institution_name("p.institution")} AS institution_name,
    gone.erased, p.position
FROM {{persons}} AS p
CROSS JOIN LATERAL (SELECT coalesce({_GONE}, false) AS erased
                    FROM read.persons AS g WHERE g.person = p.person) AS gone""",
)
