"""Who takes part in the invented history? Institutions of each level, and the regions' people."""

from datetime import date, timedelta

from invention.names import REGIONS, Commune, County, Region
from invention.story import LIDERZY, Story, plain, workday


def county_bodies(story: Story, region: Region, county: County, on: date) -> list[str]:
    """The county itself, then its family centre, then the other bodies."""
    slug, where = plain(county.adjective), county.where
    police = "Miejska" if county.municipal_police else "Powiatowa"
    rows = (
        ("powiat", county.name, "powiat", "local_government"),
        (
            "pcpr",
            f"Powiatowe Centrum Pomocy Rodzinie {where}",
            "powiatowe centrum pomocy rodzinie",
            "social_assistance",
        ),
        ("pup", f"Powiatowy Urząd Pracy {where}", "powiatowy urząd pracy", "labour"),
        ("policja", f"Komenda {police} Policji {where}", "komenda policji", "police"),
        ("ppp", f"Poradnia Psychologiczno-Pedagogiczna {where}", "poradnia", "education"),
        ("kuratorzy", f"Zespół Kuratorskiej Służby Sądowej {where}", "zespół kuratorów", "justice"),
        (
            "spzoz",
            f"Samodzielny Publiczny Zakład Opieki Zdrowotnej {where}",
            "zakład opieki zdrowotnej",
            "health",
        ),
    )
    place = {"voivodeship": region.voivodeship, "county": county.adjective}
    return [
        story.institution(
            f"{name}-{slug}",
            title,
            kind,
            sector,
            "county",
            on,
            **place,
            **({"teryt": county.teryt} if name == "powiat" else {}),
        )
        for name, title, kind, sector in rows
    ]


NGOS = (
    ("kgw", "Koło Gospodyń Wiejskich {where}", "koło gospodyń wiejskich"),
    ("stow", "Stowarzyszenie „Dobry Sąsiad” {where}", "stowarzyszenie"),
    ("fund", "Fundacja „Otwarta Zagroda” {where}", "fundacja"),
    ("stow", "Stowarzyszenie „Razem w Gminie {name}”", "stowarzyszenie"),
)
OTHERS = (
    ("zdrowie", "Gminny Ośrodek Zdrowia {where}", "ośrodek zdrowia", "health"),
    ("posterunek", "Posterunek Policji {where}", "posterunek policji", "police"),
    ("klub", "Gminny Klub Sportowy {where}", "klub sportowy", "sport"),
    ("przedszkole", "Przedszkole Samorządowe {where}", "przedszkole", "education"),
    ("osp", "Ochotnicza Straż Pożarna {where}", "ochotnicza straż pożarna", "other"),
    (
        "swietlica",
        "Świetlica Środowiskowa {where}",
        "placówka wsparcia dziennego",
        "social_assistance",
    ),
)


def commune_bodies(story: Story, n: int, commune: Commune, region: Region, on: date) -> list[str]:
    """The commune itself, then its welfare centre, then four other bodies."""
    slug = plain(commune.name)
    ngo = NGOS[n % 4]
    culture = (
        ("biblioteka", "Gminna Biblioteka Publiczna {where}", "biblioteka", "culture"),
        ("kultura", "Gminny Ośrodek Kultury {where}", "ośrodek kultury", "culture"),
    )
    rows = (
        ("gmina", "Gmina {name}", "gmina", "local_government"),
        (
            "gops",
            "Gminny Ośrodek Pomocy Społecznej {where}",
            "ośrodek pomocy społecznej",
            "social_assistance",
        ),
        ("szkola", "Szkoła Podstawowa {where}", "szkoła podstawowa", "education"),
        culture[n % 2],
        (*ngo, "ngo") if n % 4 != 3 or n < 8 else OTHERS[(n + 3) % 6],
        OTHERS[n % 6],
    )
    place = {
        "voivodeship": region.voivodeship,
        "county": commune.county.adjective,
        "commune": commune.name,
    }
    return [
        story.institution(
            f"{name}-{slug}",
            title.format(name=commune.name, where=commune.where),
            kind,
            sector,
            "commune",
            on,
            **place,
            **({"teryt": commune.teryt} if name == "gmina" else {}),
        )
        for name, title, kind, sector in rows
    ]


def region_bodies(story: Story, region: Region, on: date) -> list[str]:
    """Bodies of the voivodeship; the first five sit in its team where that team is invented."""
    courts = region.where_courts
    rows = [
        (
            "wps",
            f"Wydział Polityki Społecznej {region.office} Urzędu Wojewódzkiego",
            "wydział urzędu wojewódzkiego",
            "government",
        ),
        ("kuratorium", f"Kuratorium Oświaty {region.where}", "kuratorium oświaty", "education"),
        ("kwp", f"Komenda Wojewódzka Policji {courts}", "komenda wojewódzka policji", "police"),
        ("sad", f"Sąd Okręgowy {courts}", "sąd okręgowy", "justice"),
        (
            "federacja",
            f"Federacja Inicjatyw Społecznych Województwa {region.office}",
            "związek stowarzyszeń",
            "ngo",
        ),
        ("wup", f"Wojewódzki Urząd Pracy {region.where}", "wojewódzki urząd pracy", "labour"),
        (
            "wsse",
            f"Wojewódzka Stacja Sanitarno-Epidemiologiczna {region.where}",
            "stacja sanitarno-epidemiologiczna",
            "health",
        ),
    ]
    if region.slug == "pk":
        rows = rows[4:]  # the others are real members of the real team
    return [
        story.institution(
            f"{name}-{region.slug}",
            title,
            kind,
            sector,
            "voivodeship",
            on,
            voivodeship=region.voivodeship,
        )
        for name, title, kind, sector in rows
    ]


def model_team(story: Story, region: Region) -> list[str]:
    """The team that runs the project day to day; answers its two advisers."""
    on = workday(date(2018, 5, 7) + timedelta(story.below(14)))
    team = story.team(
        f"zm-{region.slug}",
        on,
        project=LIDERZY,
        kind="model",
        name=f"Zespół ds. Modelu województwa {region.of}",
        voivodeship=region.voivodeship,
    )
    roles = (
        "regional_coordinator",
        "regional_specialist",
        "resources_specialist",
        "research_consultant",
        "legal_consultant",
        "adviser",
        "adviser",
    )
    advisers = []
    for n, role in enumerate(roles, 1):
        person = story.person(f"os-zm-{region.slug}-{n}", region.partner, on)
        held = story.appoint(team, on, role, person=person)
        if role == "adviser":
            advisers.append(person)
        if role == "regional_specialist" and region.slug in ("lu", "pd", "mz"):
            left = story.day(date(2019, 3, 1), date(2019, 11, 29))
            story.dismiss(held, left, "zmiana pracy")
            heir = story.person(f"os-zm-{region.slug}-8", region.partner, left)
            story.appoint(team, left + timedelta(story.below(30)), role, person=heir)
    if region.slug == "pk":
        for role in ("methodology_expert", "model_expert"):
            expert = story.person(f"os-{plain(role)}", region.partner, on)
            story.appoint(team, on, role, person=expert)
    return advisers


def steering(story: Story) -> None:
    """The steering committee: a director of every partner, and the project manager."""
    on = date(2018, 4, 16)
    team = story.team(
        "komitet",
        on,
        project=LIDERZY,
        kind="steering",
        name="Komitet sterujący projektu „Liderzy kooperacji”",
    )
    for n, region in enumerate(REGIONS):
        person = story.person(f"os-dyrektor-{region.slug}", region.partner, on, women=0.5)
        story.appoint(
            team, on, "member" if n else "chair", institution=region.partner, person=person
        )
    manager = story.person("os-kierownik", "@rops-rzeszow", on)
    held = story.appoint(team, on, "project_manager", person=manager)
    story.dismiss(held, date(2019, 9, 2), "przejście na emeryturę")
    heir = story.person("os-kierownik-2", "@rops-rzeszow", date(2019, 9, 2))
    story.appoint(team, date(2019, 9, 2), "project_manager", person=heir)
    for n, day in enumerate(
        (
            date(2018, 6, 11),
            date(2018, 12, 3),
            date(2019, 6, 10),
            date(2019, 12, 2),
            date(2020, 6, 8),
            date(2020, 12, 7),
        ),
        1,
    ):
        one = story.activity(
            f"komitet-{n}",
            LIDERZY,
            "team_meeting",
            f"Posiedzenie komitetu sterującego nr {n}",
            day,
            known=on,
            team=team,
            place="Rzeszów" if day.year < 2020 else "online",
        )
        story.attend(one, day, 1, story.present([team], day, 0.9))
