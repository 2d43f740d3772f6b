"""What might have happened in the second project? Milestones, teams and coaching, invented."""

from datetime import date, timedelta

from invention.ground import county_bodies
from invention.names import KUJAWY, WARMIA, Commune, County, Region
from invention.products import deliver
from invention.story import KOOPERACJA, Body, Story, plain, workday

LAID = date(2018, 6, 4)
REGION_OF_KUJAWY = Region(
    "kp",
    "kujawsko-pomorskie",
    "kujawsko-pomorskiego",
    "@rops-torun",
    "Kujawsko-Pomorskiego",
    "w Toruniu",
    "w Toruniu",
    (KUJAWY[0].county, KUJAWY[3].county),
)


def tell_kooperacja(story: Story) -> None:
    """Stages, communes with their teams, coaching of social workers, products."""
    plan(story)
    new = recruit(story)
    workers: list[str] = []
    for commune in (*WARMIA, *KUJAWY):
        workers += work(story, commune, new)
    coach(story, workers)
    deliver(
        story,
        "model-kooperacja",
        "model",
        "Model kooperacji gmin miejsko-wiejskich",
        "Ministerstwo Rodziny, Pracy i Polityki Społecznej",
        date(2019, 3, 29),
        1,
        project=KOOPERACJA,
    )
    deliver(
        story,
        "raport-kooperacja",
        "report",
        "Raport z pilotażu modelu kooperacji",
        "Ministerstwo Rodziny i Polityki Społecznej",
        date(2021, 3, 19),
        3,
        project=KOOPERACJA,
    )
    close_milestones(story)


STAGES: tuple[tuple[int, str, date, date, list[str]], ...] = (
    (1, "Wypracowanie modelu", date(2018, 4, 1), date(2019, 3, 31), ["model"]),
    (2, "Pilotaż modelu", date(2019, 4, 1), date(2020, 9, 30), []),
    (3, "Raport z pilotażu", date(2020, 10, 1), date(2021, 3, 31), ["report"]),
)


def plan(story: Story) -> None:
    """Three stages; the real text names none."""
    for number, name, starts, ends, requires in STAGES:
        more: Body = {"requires": requires} if requires else {}
        story.tell(
            "projects/@kooperacja/plan-milestone",
            date(2018, 4, 3),
            number=number,
            name=f"{name} (przykład)",
            starts_on=starts.isoformat(),
            ends_on=ends.isoformat(),
            **more,
        )


def close_milestones(story: Story) -> None:
    """Each stage completed at its end; the last one awaits its approval."""
    for number, _, _, ends, _ in STAGES:
        on = workday(ends - timedelta(2))
        story.tell("projects/@kooperacja/complete-milestone", on, number=number)
        if number < 3:
            story.tell(
                "projects/@kooperacja/approve-milestone",
                workday(on + timedelta(21)),
                number=number,
                approved_by="Ministerstwo Rodziny, Pracy i Polityki Społecznej",
            )


def recruit(story: Story) -> dict[County, list[str]]:
    """Four communes of kujawsko-pomorskie, scored and chosen; answers the counties' bodies."""
    region = REGION_OF_KUJAWY
    bodies = {c: county_bodies(story, region, c, LAID)[:2] for c in region.counties}
    name = "@inv-rekrutacja-kp"
    story.tell(
        "recruitments",
        date(2018, 6, 11),
        id=name,
        project=KOOPERACJA,
        title="Wybór gmin miejsko-wiejskich województwa kujawsko-pomorskiego",
        criteria=[
            {"code": "rodziny", "name": "Liczba rodzin objętych pomocą społeczną", "main": True}
        ],
        quotas=[{"subregion": "zachodni", "communes": 3}, {"subregion": "północny", "communes": 1}],
    )
    for commune in KUJAWY:
        gmina = story.institution(
            f"gmina-{plain(commune.name)}",
            f"Gmina {commune.name}",
            "gmina",
            "local_government",
            "commune",
            LAID,
            voivodeship=region.voivodeship,
            county=commune.county.adjective,
            commune=commune.name,
            teryt=commune.teryt,
        )
        story.tell(
            f"recruitments/{name}/score",
            date(2018, 6, 18),
            institution=gmina,
            subregion="zachodni" if commune.county is KUJAWY[0].county else "północny",
            values={"rodziny": 200 + story.below(300)},
        )
    chosen = [f"@inv-gmina-{plain(commune.name)}" for commune in KUJAWY]
    story.tell(
        f"recruitments/{name}/select",
        date(2018, 6, 29),
        "wybrano wszystkie chętne gminy",
        institutions=[*chosen, *(b[0] for b in bodies.values())],
    )
    return bodies


def work(story: Story, commune: Commune, new: dict[County, list[str]]) -> list[str]:
    """A commune's welfare centre and school, its agreement, team and meetings; its workers."""
    slug, known = plain(commune.name), commune.county not in new
    place = {
        "voivodeship": "warmińsko-mazurskie" if known else "kujawsko-pomorskie",
        "county": commune.county.adjective,
        "commune": commune.name,
    }
    partner = "@rops-olsztyn" if known else "@rops-torun"
    gmina = f"@gmina-{slug}" if known else f"@inv-gmina-{slug}"
    powiat = f"@powiat-{plain(commune.county.adjective)}" if known else new[commune.county][0]
    welfare = story.institution(
        f"mgops-{slug}",
        f"Miejsko-Gminny Ośrodek Pomocy Społecznej {commune.where}",
        "ośrodek pomocy społecznej",
        "social_assistance",
        "commune",
        LAID,
        **place,
    )
    school = story.institution(
        f"szkola-{slug}",
        f"Szkoła Podstawowa {commune.where}",
        "szkoła podstawowa",
        "education",
        "commune",
        LAID,
        **place,
    )
    on = story.day(date(2018, 9, 3), date(2018, 9, 28))
    agreement = f"@inv-porozumienie-{slug}"
    story.tell(
        "agreements",
        on,
        id=agreement,
        project=KOOPERACJA,
        kind="cooperation",
        title=f"Porozumienie o współpracy z Gminą {commune.name}",
        signed_on=on.isoformat(),
        parties=[{"institution": one} for one in (partner, gmina, powiat)],
    )
    team = story.team(
        f"gpzk-{slug}",
        on,
        project=KOOPERACJA,
        kind="commune_county",
        name=f"Zespół kooperacji w Gminie {commune.name}",
        agreement=agreement,
        **place,
    )
    for one in (gmina, powiat, welfare, school):
        story.appoint(team, on, "member", institution=one)
    for n, first in enumerate((date(2018, 10, 15), date(2019, 5, 13)), 1):
        day = story.day(first, first + timedelta(18))
        one = story.activity(
            f"spotkanie-k{n}-{slug}",
            KOOPERACJA,
            "team_meeting",
            f"Spotkanie zespołu nr {n}, Gmina {commune.name}",
            day,
            known=on,
            team=team,
            place=commune.name,
        )
        story.attend(one, day, 1, story.present([team], day, 0.85))
    hired = date(2019, 1, 7)
    return [
        story.person(f"os-socjalny-{slug}-{n}", welfare, hired, women=0.9)
        for n in range(1, 5 + (commune.name != "Miłomłyn"))
    ]


def coach(story: Story, workers: list[str]) -> None:
    """Coaching alone and in groups; a few workers come to neither."""
    for n, worker in enumerate(workers):
        if n % 9 == 8:
            continue
        on = story.day(date(2019, 4, 8), date(2019, 12, 13))
        one = story.activity(
            f"coaching-{n}",
            KOOPERACJA,
            "individual_coaching",
            f"Coaching indywidualny nr {n + 1}",
            on,
            hours=2,
        )
        story.attend(one, on, 1, [{"person": worker}], 2)
    for n in range(0, len(workers), 5):
        on = story.day(date(2020, 1, 13), date(2020, 2, 28))
        one = story.activity(
            f"coaching-grupowy-{n // 5}",
            KOOPERACJA,
            "group_coaching",
            f"Coaching grupowy nr {n // 5 + 1}",
            on,
            hours=4,
        )
        who = [w for w in workers[n : n + 5] if story.chance(0.85)]
        story.attend(one, on, 1, [{"person": w} for w in who], 4)
