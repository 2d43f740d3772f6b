"""Where does the invented part of "Liderzy kooperacji" happen? Areas, places, sessions."""

from datetime import date, timedelta
from typing import NamedTuple

from invention.ground import commune_bodies, county_bodies, model_team, region_bodies
from invention.names import COMMUNES, Commune, Region
from invention.story import LIDERZY, Attendees, Story, plain, workday

GROUND_LAID = date(2018, 6, 4)
PANDEMIC = date(2020, 3, 12)
LEAVERS = (8, 21)  # the numbers of the communes that do not go on to the second stage


class Area(NamedTuple):
    """A region of the story: its advisers, its bodies, and its six communes."""

    region: Region
    advisers: list[str]
    bodies: list[str]
    places: list["Place"]


class Place(NamedTuple):
    """A commune of the story: its bodies, those of its county, and its working team."""

    n: int
    slug: str
    commune: Commune
    region: Region
    bodies: list[str]
    county: list[str]
    agreement: str
    signed: date
    team: str
    founded: date
    animator: str


def lay_ground(story: Story, region: Region) -> Area:
    """Institutions of the region, its counties and communes; the agreements and teams of each."""
    advisers = model_team(story, region)
    bodies = region_bodies(story, region, GROUND_LAID)
    counties = {c: county_bodies(story, region, c, GROUND_LAID) for c in region.counties}
    places = [
        found_place(story, n, commune, region, counties[commune.county], advisers[n % 2])
        for n, commune in enumerate(COMMUNES)
        if commune.county in counties
    ]
    return Area(region, advisers, bodies, places)


def found_place(
    story: Story, n: int, commune: Commune, region: Region, county: list[str], adviser: str
) -> Place:
    """The commune's bodies, its agreement of cooperation and its working team."""
    bodies = commune_bodies(story, n, commune, region, GROUND_LAID)
    signed = story.day(date(2018, 8, 27), date(2018, 9, 21))
    slug = plain(commune.name)
    agreement = f"@inv-porozumienie-{slug}"
    founded = workday(signed + timedelta(3 + story.below(10)))
    story.tell(
        "agreements",
        signed,
        id=agreement,
        project=LIDERZY,
        kind="cooperation",
        title=f"Porozumienie o współpracy z Gminą {commune.name}",
        signed_on=signed.isoformat(),
        parties=[{"institution": one} for one in (region.partner, bodies[0], county[0])],
        obligations=obligations(region.partner, bodies[0], county[0]),
    )
    team = story.team(
        f"gpzk-{slug}",
        founded,
        project=LIDERZY,
        kind="commune_county",
        name=f"Gminno-Powiatowy Zespół Kooperacji w Gminie {commune.name}",
        voivodeship=region.voivodeship,
        county=commune.county.adjective,
        commune=commune.name,
        agreement=agreement,
    )
    for one in (*bodies, county[1], county[2 + n % 5]):
        story.appoint(team, founded, "member", institution=one)
    animator = story.person(f"os-animator-{slug}", bodies[1], founded, women=0.85)
    story.appoint(team, founded, "animator", person=animator)
    story.appoint(team, founded, "adviser", person=adviser)
    story.tell(f"agreements/{agreement}/fulfil", founded, "wskazano animatora", number=1)
    return Place(
        n, slug, commune, region, bodies, county, agreement, signed, team, founded, animator
    )


def obligations(partner: str, gmina: str, powiat: str) -> list[dict[str, object]]:
    return [
        {"number": 1, "party": powiat, "text": "Wskazanie animatora.", "due_on": "2018-10-31"},
        {
            "number": 2,
            "party": gmina,
            "target": 2,
            "due_on": "2019-03-31",
            "text": "Udział członków GPZ-K w dwóch szkoleniach Szkoły Kooperacji.",
        },
        {
            "number": 3,
            "party": gmina,
            "target": 1,
            "due_on": "2018-12-31",
            "text": "Udział członków GPZ-K w badaniach fokusowych.",
        },
        {
            "number": 4,
            "party": partner,
            "target": 1,
            "due_on": "2018-12-31",
            "text": "Zorganizowanie partnerskiego spotkania wymiany doświadczeń.",
        },
        {
            "number": 5,
            "party": gmina,
            "due_on": "2019-06-28",
            "text": "Przedstawienie założeń projektu na posiedzeniu rady gminy.",
        },
        {
            "number": 6,
            "party": powiat,
            "target": 3,
            "due_on": "2021-01-31",
            "text": "Coroczna informacja o przebiegu projektu w powiecie.",
        },
    ]


def session(
    story: Story,
    place: Place,
    name: str,
    kind: str,
    title: str,
    first: date,
    last: date,
    *,
    teams: list[str],
    share: float,
    hours: int | None = None,
    series: str | None = None,
) -> tuple[str, date]:
    """One day's activity of a place between two dates, with who came."""
    on = story.day(first, last)
    where = place.commune.name if on < PANDEMIC else "online"
    known = place.founded if teams == [place.team] else date(2019, 7, 19)
    one = story.activity(
        f"{name}-{place.slug}",
        LIDERZY,
        kind,
        title,
        on,
        known=known,
        hours=hours,
        series=series,
        place=where,
        team=teams[0],
    )
    came = story.attend(one, on, 1, story.present(teams, on, share), hours)
    if came and story.chance(0.03):
        take_back(story, one, on, came)
    return one, on


def take_back(story: Story, activity: str, on: date, came: Attendees) -> None:
    """The list of presence was read wrongly: one entry is revoked."""
    wrong = {k: v for k, v in story.pick(came).items() if k != "hours"}
    story.tell(
        f"activities/{activity}/revoke-attendance",
        workday(on + timedelta(9)),
        "błędnie odczytana lista obecności",
        attendees=[wrong],
    )
