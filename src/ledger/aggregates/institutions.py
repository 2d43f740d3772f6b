"""Who is there to work together? Institutions: their sector, their level, where they are."""

from collections.abc import Callable, Sequence
from datetime import date

from msgspec import UNSET, UnsetType, structs
from msgspec.structs import replace
from stdnum.exceptions import InvalidFormat, ValidationError
from stdnum.pl import regon

from ledger.kernel.errors import Collision, FieldError, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import Level, Nip, Place, Regon, Sector, ShortText, Teryt, Title
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.nip import nip_of
from ledger.kernel.standing import InstitutionStanding

TERYT_LENGTHS = (2, 4, 6, 7)  # voivodeship, county, commune, commune with its kind


class Institution(State, frozen=True, kw_only=True):
    """An institution, as last described; `described_on` is the day of that description."""

    name: str
    kind: str | None = None
    sector: Sector
    level: Level
    voivodeship: str | None = None
    county: str | None = None
    commune: str | None = None
    nip: str | None = None
    regon: str | None = None
    teryt: str | None = None
    registered_on: date
    described_on: date

    def standing(self) -> InstitutionStanding:
        return InstitutionStanding(name=self.name, level=self.level)


INSTITUTIONS = Aggregate.define(
    "institutions", kind="institution", state=Institution, writers=["coordinator"]
)


# Events


@INSTITUTIONS.event("institution.registered", begins=True)
class InstitutionRegistered(Event, frozen=True, kw_only=True):
    """An institution was entered."""

    name: Title
    kind: ShortText | None = None
    sector: Sector
    level: Level
    voivodeship: Place | None = None
    county: Place | None = None
    commune: Place | None = None
    nip: Nip | None = None
    regon: Regon | None = None
    teryt: Teryt | None = None

    def apply(self, state: None, on: date) -> Institution:
        return Institution(**structs.asdict(self), registered_on=on, described_on=on)


@INSTITUTIONS.event("institution.updated")
class InstitutionUpdated(Event, frozen=True, kw_only=True):
    """The description of an institution changed; only what changed stands here."""

    name: Title | UnsetType = UNSET
    kind: ShortText | UnsetType | None = UNSET
    sector: Sector | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    voivodeship: Place | UnsetType | None = UNSET
    county: Place | UnsetType | None = UNSET
    commune: Place | UnsetType | None = UNSET
    nip: Nip | UnsetType | None = UNSET
    regon: Regon | UnsetType | None = UNSET
    teryt: Teryt | UnsetType | None = UNSET

    def changes(self) -> dict[str, object]:
        """The fields that are set or cleared (None), with their new values."""
        return {k: v for k, v in structs.asdict(self).items() if v is not UNSET}

    def apply(self, state: Institution, on: date) -> Institution:
        return replace(state, **self.changes(), described_on=on)


# Refusals


class NothingChanges(Refusal):
    """The institution is described in this way already."""


# Commands


def _teryt(value: str) -> str:
    digits = value.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) in TERYT_LENGTHS):
        raise InvalidFormat
    return digits


def _nip(value: str) -> str:
    if (digits := nip_of(value)) is None:
        raise InvalidFormat
    return digits


_NUMBERS: dict[str, tuple[Callable[[str], str], str]] = {
    "nip": (_nip, "is not a valid NIP (10 digits with a check digit)"),
    "regon": (regon.validate, "is not a valid REGON (9 or 14 digits with a check digit)"),
    "teryt": (_teryt, "is not a TERYT code (2, 4, 6 or 7 digits)"),
}


def _canonical(fields: dict[str, object]) -> dict[str, object]:
    """The same fields with official numbers checked, and written as digits only."""
    tidy, errors = dict(fields), []
    for name, (validate, message) in _NUMBERS.items():
        value = fields.get(name)
        if isinstance(value, str):
            try:
                tidy[name] = validate(value)
            except ValidationError:
                errors.append(FieldError(name, message))
    if errors:
        raise Invalid(errors)
    return tidy


@INSTITUTIONS.command("create")
class RegisterInstitution(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Enter an institution."""

    name: Title
    kind: ShortText | None = None
    sector: Sector
    level: Level
    voivodeship: Place | None = None
    county: Place | None = None
    commune: Place | None = None
    nip: Nip | None = None
    regon: Regon | None = None
    teryt: Teryt | None = None

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        fields = _canonical(structs.asdict(self))
        return [InstitutionRegistered(**fields)]  # type: ignore[arg-type]


@INSTITUTIONS.command("update", reason=True)
class UpdateInstitution(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change the description; what is left out stays, null clears what is optional."""

    name: Title | UnsetType = UNSET
    kind: ShortText | UnsetType | None = UNSET
    sector: Sector | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    voivodeship: Place | UnsetType | None = UNSET
    county: Place | UnsetType | None = UNSET
    commune: Place | UnsetType | None = UNSET
    nip: Nip | UnsetType | None = UNSET
    regon: Regon | UnsetType | None = UNSET
    teryt: Teryt | UnsetType | None = UNSET

    def decide(self, state: Institution, given: Given) -> Sequence[Event]:
        named = {k: v for k, v in structs.asdict(self).items() if v is not UNSET}
        if not named:
            raise Invalid.field("", "at least one field to change is required")
        fields = _canonical(named)
        NotTrueYet.check(
            state.registered_on, given.effective_on, Collision("institutions", given.id)
        )
        same = all(getattr(state, name) == value for name, value in fields.items())
        # The same description from an earlier day on is news; from a later day on it is none.
        if same and given.effective_on >= state.described_on:
            raise NothingChanges(collides=Collision("institutions", given.id))
        return [InstitutionUpdated(**fields)]  # type: ignore[arg-type]
