"""Which institutions are there? Their names, sectors, levels and territories on a day."""

from msgspec import Struct

from ledger.aggregates.institutions import InstitutionRegistered, InstitutionUpdated
from ledger.kernel.fields import Id, Level, Place, Sector, ShortText, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing


class Institution(Struct, frozen=True, kw_only=True):
    """An entity of a sector and a level."""

    institution: Id
    name: str
    kind: str | None
    sector: str
    level: str
    voivodeship: str | None
    county: str | None
    commune: str | None
    nip: str | None
    regon: str | None
    teryt: str | None


INSTITUTIONS = Table("institutions", Institution, key=["institution"], shared=True, visible="true")
MODEL = ReadModel("institution_register", INSTITUTIONS)


@MODEL.on(InstitutionRegistered)
def _registered(event: InstitutionRegistered, fact: Fact, rows: Rows) -> None:
    rows.put(
        INSTITUTIONS,
        Institution(
            institution=fact.stream,
            name=event.name,
            kind=event.kind,
            sector=event.sector,
            level=event.level,
            voivodeship=event.voivodeship,
            county=event.county,
            commune=event.commune,
            nip=event.nip,
            regon=event.regon,
            teryt=event.teryt,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(InstitutionUpdated)
def _updated(event: InstitutionUpdated, fact: Fact, rows: Rows) -> None:
    rows.change(INSTITUTIONS, fact.stream, valid_from=fact.effective_on, **event.changes())


class InstitutionRow(Struct, frozen=True, kw_only=True):
    """An institution as described on the day."""

    id: Id
    name: Title
    kind: ShortText | None
    sector: Sector
    level: Level
    voivodeship: Place | None
    county: Place | None
    commune: Place | None
    nip: str | None
    regon: str | None
    teryt: str | None
    position: int


LISTING = Listing(
    path="/api/institutions",
    row=InstitutionRow,
    order="name",
    single="i.institution",
    filters={
        "sector": "i.sector = %(sector)s::text",
        "level": "i.level = %(level)s::text",
        "voivodeship": "i.voivodeship = %(voivodeship)s::text",
        "nip": "i.nip = %(nip)s::text",
        "name": "strpos(lower(i.name), lower(%(name)s::text)) > 0",
    },
    select="""
SELECT i.institution AS id, i.name, i.kind, i.sector, i.level, i.voivodeship, i.county, i.commune,
    i.nip, i.regon, i.teryt, i.position
FROM {institutions} AS i""",
)
