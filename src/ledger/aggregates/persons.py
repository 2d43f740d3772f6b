"""Who takes part? Persons; what identifies them is sealed, and can be destroyed."""

import re
from collections.abc import Sequence
from datetime import date

from msgspec import UNSET, UnsetType, structs
from msgspec.structs import replace

from ledger.kernel.ages import AgeOnEntry
from ledger.kernel.errors import Collision, FieldError, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import InstitutionId, PersonalDate, PersonalText, ProjectId, Sex, Year
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.notices import RetentionOver
from ledger.kernel.standing import PersonStanding

EARLIEST_BIRTH = date(1900, 1, 1)
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")


class Person(State, frozen=True, kw_only=True):
    """A person, as last described; nothing is left of it once the person is erased."""

    given_name: str | None = None
    family_name: str | None = None
    sex: Sex | None = None
    born_on: date | None = None
    birth_year: int | None = None
    email: str | None = None
    phone: str | None = None
    institution: str | None = None
    entered_for: str | None = None
    registered_on: date
    described_on: date
    erased_on: date | None = None

    def standing(self) -> PersonStanding:
        return PersonStanding(erased=self.erased_on is not None, entered_for=self.entered_for)


PERSONS = Aggregate.define("persons", kind="person", state=Person, writers=["coordinator"])


# Events: sex and the year of birth stay readable, as breakdowns must outlive an erasure. The
# sealed fields are read as None where the key is gone.


@PERSONS.event("person.registered", begins=True)
class PersonRegistered(Event, frozen=True, kw_only=True):
    """A person was entered, by somebody of one project for that project or else for none."""

    given_name: PersonalText | None = None
    family_name: PersonalText | None = None
    sex: Sex | None = None
    born_on: PersonalDate | None = None
    birth_year: Year | None = None
    email: PersonalText | None = None
    phone: PersonalText | None = None
    institution: InstitutionId | None = None
    entered_for: ProjectId | None = None

    def apply(self, state: None, on: date) -> Person:
        return Person(**structs.asdict(self), registered_on=on, described_on=on)


@PERSONS.event("person.updated")
class PersonUpdated(Event, frozen=True, kw_only=True):
    """The description of a person changed; only what changed stands here."""

    given_name: PersonalText | UnsetType | None = UNSET
    family_name: PersonalText | UnsetType | None = UNSET
    sex: Sex | UnsetType | None = UNSET
    born_on: PersonalDate | UnsetType | None = UNSET
    birth_year: Year | UnsetType | None = UNSET
    email: PersonalText | UnsetType | None = UNSET
    phone: PersonalText | UnsetType | None = UNSET
    institution: InstitutionId | UnsetType | None = UNSET

    def changes(self) -> dict[str, object]:
        """The fields that are set or cleared (None), with their new values."""
        return {k: v for k, v in structs.asdict(self).items() if v is not UNSET}

    def apply(self, state: Person, on: date) -> Person:
        return replace(state, **self.changes(), described_on=on)


@PERSONS.event("person.erased")
class PersonWasErased(Event, frozen=True, kw_only=True):
    """The key of a person's data was destroyed; nobody can read them any more.

    What counts by age need of the day of birth is kept: a group on few days of entry.
    """

    ages: tuple[AgeOnEntry, ...] = ()

    def apply(self, state: Person, on: date) -> Person:
        return Person(
            entered_for=state.entered_for,
            registered_on=state.registered_on,
            described_on=state.described_on,
            erased_on=on,
        )


# Refusals


class PersonErased(Refusal):
    """The personal data of this person were erased: nothing further is recorded about them."""


class TakesPartElsewhere(Refusal):
    """This person belongs to another project too: it takes a grant of all projects to do this."""


class NothingChanges(Refusal):
    """The person is described in this way already."""


# Commands


def _check_plausible(fields: dict[str, object], on: date) -> None:
    errors = []
    born_on = fields.get("born_on")
    if isinstance(born_on, date):
        if born_on > on:
            errors.append(FieldError("born_on", f"must not be after effective_on ({on})"))
        elif born_on < EARLIEST_BIRTH:
            errors.append(FieldError("born_on", f"must not be before {EARLIEST_BIRTH}"))
    email = fields.get("email")
    if isinstance(email, str) and not _EMAIL.fullmatch(email):
        errors.append(FieldError("email", "is not an e-mail address"))
    if errors:
        raise Invalid(errors)


def _with_birth_year(fields: dict[str, object]) -> dict[str, object]:
    if "born_on" not in fields:
        return fields
    born_on = fields["born_on"]
    return {**fields, "birth_year": born_on.year if isinstance(born_on, date) else None}


def _check_not_erased(state: Person, given: Given) -> None:
    if state.erased_on is not None:
        raise PersonErased(collides=Collision("persons", given.id))


def _check_nobody_elses(given: Given) -> None:
    """What one project knows of a person is not changed or destroyed by another one alone."""
    if given.id in given.elsewhere:
        raise TakesPartElsewhere(collides=Collision("persons", given.id))


@PERSONS.command("create")
class RegisterPerson(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Enter a person."""

    given_name: PersonalText
    family_name: PersonalText
    sex: Sex | None = None
    born_on: PersonalDate | None = None
    email: PersonalText | None = None
    phone: PersonalText | None = None
    institution: InstitutionId | None = None

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        fields = structs.asdict(self)
        _check_plausible(fields, given.effective_on)
        fields = _with_birth_year(fields) | {"entered_for": given.scope}
        return [PersonRegistered(**fields)]  # type: ignore[arg-type]


@PERSONS.command("update", reason=True)
class UpdatePerson(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change the description; what is left out stays, null clears what is optional."""

    given_name: PersonalText | UnsetType = UNSET
    family_name: PersonalText | UnsetType = UNSET
    sex: Sex | UnsetType | None = UNSET
    born_on: PersonalDate | UnsetType | None = UNSET
    email: PersonalText | UnsetType | None = UNSET
    phone: PersonalText | UnsetType | None = UNSET
    institution: InstitutionId | UnsetType | None = UNSET

    def decide(self, state: Person, given: Given) -> Sequence[Event]:
        _check_not_erased(state, given)
        _check_nobody_elses(given)
        fields = {k: v for k, v in structs.asdict(self).items() if v is not UNSET}
        if not fields:
            raise Invalid.field("", "at least one field to change is required")
        _check_plausible(fields, given.effective_on)
        NotTrueYet.check(state.registered_on, given.effective_on, Collision("persons", given.id))
        same = all(getattr(state, name) == value for name, value in fields.items())
        # The same description from an earlier day on is news; from a later day on it is none.
        if same and given.effective_on >= state.described_on:
            raise NothingChanges(collides=Collision("persons", given.id))
        return [PersonUpdated(**_with_birth_year(fields))]  # type: ignore[arg-type]


@PERSONS.on(RetentionOver)
def _retention_over(notice: RetentionOver, state: Person, given: Given) -> Sequence[Event]:
    if state.erased_on is not None:
        return []
    return [PersonWasErased(ages=tuple(given.ages.get(notice.to, ())))]


@PERSONS.command("erase", reason=True, correction=True)
class ErasePerson(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Destroy the key of the personal data: nothing can bring them back."""

    erases = True

    def decide(self, state: Person, given: Given) -> Sequence[Event]:
        _check_not_erased(state, given)
        _check_nobody_elses(given)
        return [PersonWasErased(ages=tuple(given.ages.get(given.id, ())))]
