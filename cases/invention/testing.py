"""How was the Model tested? The second stage of the invented history, to the end of 2020."""

from datetime import date, timedelta

from invention.places import LEAVERS, PANDEMIC, Area, Place, session
from invention.story import LIDERZY, Story, workday


def recruit_second(story: Story, area: Area) -> list[Place]:
    """Four of the six communes of a region go on to test the Model."""
    region = area.region
    name, subregion = f"@inv-rekrutacja-2-{region.slug}", f"województwo {region.voivodeship}"
    story.tell(
        "recruitments",
        date(2019, 4, 15),
        id=name,
        project=LIDERZY,
        title=f"Wybór gmin województwa {region.of} do II etapu",
        criteria=[
            {"code": "gotowosc", "name": "Gotowość do testów, punkty", "main": True},
            {"code": "rodziny", "name": "Liczba rodzin chętnych do udziału"},
        ],
        quotas=[{"subregion": subregion, "communes": 4}],
    )
    leavers = [place for place in area.places if place.n in LEAVERS]
    points = {p.n: (30 if p in leavers else 50) + story.below(50) for p in area.places}
    for place in area.places:
        story.tell(
            f"recruitments/{name}/score",
            date(2019, 5, 13),
            institution=place.bodies[0],
            subregion=subregion,
            values={"gotowosc": points[place.n], "rodziny": 3 + story.below(12)},
        )
    ranked = sorted((p for p in area.places if p not in leavers), key=lambda p: -points[p.n])
    chosen = ranked[:4]
    story.tell(
        f"recruitments/{name}/select",
        date(2019, 5, 31),
        "wybrano gminy najlepiej przygotowane do testów",
        institutions=[place.bodies[0] for place in chosen],
    )
    return chosen


def test_model(story: Story, place: Place) -> None:
    """The second stage in one commune: a partnership with its team, a grant, families, meetings."""
    team, agreement = found_partnership(story, place)
    fund(story, place)
    cases(story, place, team, agreement)
    name, own = place.commune.name, [team]
    spans = (
        (date(2019, 9, 9), date(2019, 9, 27)),
        (date(2019, 11, 18), date(2019, 12, 13)),
        (date(2020, 9, 14), date(2020, 10, 9)),
        (date(2020, 11, 23), date(2020, 12, 11)),
    )
    for n, (first, last) in zip((1, 2, 4, 5), spans, strict=True):
        session(
            story,
            place,
            f"pzk-{n}",
            "team_meeting",
            f"Spotkanie PZK nr {n}, Gmina {name}",
            first,
            last,
            teams=own,
            share=0.8,
        )
    lockdown(story, place, team)
    session(
        story,
        place,
        "spotkanie-3",
        "team_meeting",
        f"Spotkanie GPZ-K nr 3, Gmina {name}",
        date(2019, 10, 1),
        date(2019, 10, 11),
        teams=[place.team],
        share=0.65,
    )
    session(
        story,
        place,
        "spotkanie-4",
        "team_meeting",
        f"Spotkanie GPZ-K nr 4, Gmina {name}",
        date(2020, 6, 22),
        date(2020, 7, 10),
        teams=[place.team],
        share=0.6,
    )
    years = ((date(2020, 1, 20), 2019), (date(2021, 1, 18), 2020))
    for on, year in years[: 1 + place.n % 2]:
        story.tell(f"agreements/{place.agreement}/fulfil", on, f"informacja za {year} r.", number=6)


def found_partnership(story: Story, place: Place) -> tuple[str, str]:
    """The agreement and the team that tests the Model with families."""
    on = story.day(date(2019, 6, 10), date(2019, 7, 12))
    agreement = f"@inv-partnerstwo-{place.slug}"
    welfare, centre = place.bodies[1], place.county[1]
    partners = [welfare, place.bodies[2], place.bodies[4], centre]
    story.tell(
        "agreements",
        on,
        id=agreement,
        project=LIDERZY,
        kind="partnership",
        title=f"Porozumienie o partnerstwie w Gminie {place.commune.name}",
        signed_on=on.isoformat(),
        parties=[{"institution": one} for one in partners],
        obligations=[
            {
                "number": 1,
                "party": welfare,
                "target": 3,
                "due_on": "2020-12-31",
                "text": "Objęcie wsparciem co najmniej trzech osób lub rodzin.",
            },
            {
                "number": 2,
                "party": centre,
                "due_on": "2020-12-31",
                "text": "Sprawozdanie z testów Modelu.",
            },
        ],
    )
    founded = workday(on + timedelta(4))
    team = story.team(
        f"pzk-{place.slug}",
        founded,
        project=LIDERZY,
        kind="partnership",
        name=f"Partnerski Zespół Kooperacji w Gminie {place.commune.name}",
        voivodeship=place.region.voivodeship,
        county=place.commune.county.adjective,
        commune=place.commune.name,
        agreement=agreement,
    )
    chair = next(
        m.attendee for m in reversed(story.teams[place.team]) if "animator" in str(m.attendee)
    )
    story.appoint(team, founded, "chair", **chair)
    for one in partners:
        story.appoint(team, founded, "member", institution=one)
    if place.n % 4 == 0:
        later = story.day(date(2019, 10, 14), date(2019, 11, 8))
        story.tell(
            f"agreements/{agreement}/accede",
            later,
            "nowy partner przystąpił",
            institution=place.bodies[5],
        )
        story.appoint(team, later, "member", institution=place.bodies[5])
    if place.n == 12:
        story.tell(
            f"agreements/{agreement}/withdraw",
            date(2020, 6, 30),
            "partner wycofał się z testów",
            institution=place.bodies[5],
        )
        last = len(story.teams[team])
        story.dismiss(f"{team}-{last}", date(2020, 6, 30), "partner wycofał się z testów")
    return team, agreement


def fund(story: Story, place: Place) -> None:
    """Money for testing, paid in two parts; most of it is settled by the end of 2020."""
    gmina, on = place.bodies[0], story.day(date(2019, 9, 2), date(2019, 9, 20))
    half = 1000 * (30 + story.below(45))
    story.tell(
        "agreements",
        on,
        id=f"@inv-umowa-{place.slug}",
        project=LIDERZY,
        kind="grant",
        title=f"Umowa o wsparcie finansowe testów w Gminie {place.commune.name}",
        signed_on=on.isoformat(),
        parties=[{"institution": one} for one in (place.region.partner, gmina)],
        obligations=[
            {
                "number": 1,
                "party": gmina,
                "due_on": "2020-12-31",
                "text": "Rozliczenie wsparcia finansowego.",
            }
        ],
    )
    grant = f"@inv-grant-{place.slug}"
    story.tell(
        "grants",
        on,
        id=grant,
        project=LIDERZY,
        institution=gmina,
        amount=f"{2 * half}.00",
        purpose="Testowanie Modelu Kooperacji",
    )
    story.tell(f"grants/{grant}/pay", workday(on + timedelta(14)), amount=f"{half}.00")
    spent = half - 1000 * story.below(3) - story.below(100) / 100
    story.tell(
        f"grants/{grant}/settle",
        story.day(date(2020, 5, 11), date(2020, 6, 19)),
        amount=f"{spent:.2f}",
    )
    if place.n % 6:
        story.tell(f"grants/{grant}/pay", date(2020, 7, 6), amount=f"{half}.00")
        on = story.day(date(2020, 11, 30), date(2020, 12, 18))
        story.tell(f"grants/{grant}/settle", on, amount=f"{half - story.below(500)}.00")
        story.tell(f"agreements/@inv-umowa-{place.slug}/fulfil", on, number=1)


def cases(story: Story, place: Place, team: str, agreement: str) -> None:
    """Persons and families with whom the team works; no personal data, and not all is over."""
    outcomes = (
        "poprawa sytuacji, cele planu osiągnięte",
        "częściowa poprawa, dalsza praca OPS",
        "rezygnacja rodziny",
        "przeprowadzka poza gminę",
    )
    for n in range(1, 3 + story.below(2)):
        on = story.day(date(2019, 9, 30), date(2020, 2, 14))
        case = f"@inv-wsparcie-{place.slug}-{n}"
        story.tell(
            "support-cases",
            on,
            id=case,
            project=LIDERZY,
            team=team,
            subject="family" if story.chance(0.7) else "person",
            reference=f"PZK/{place.commune.name}/{n}",
        )
        story.tell(f"agreements/{agreement}/fulfil", on, number=1)
        if story.chance(0.8):
            story.tell(
                f"support-cases/{case}/close",
                story.day(date(2020, 9, 14), date(2020, 12, 18)),
                "koniec testów z tą rodziną lub osobą",
                outcome=outcomes[min(story.below(6), 3)],
            )
    if place.n % 3:
        story.tell(f"agreements/{agreement}/fulfil", date(2020, 12, 18), number=2)


def lockdown(story: Story, place: Place, team: str) -> None:
    """The meeting of March 2020: cancelled, put off and held online, or never planned."""
    if place.n % 3 == 0:
        return
    starts, name = story.day(date(2020, 3, 16), date(2020, 3, 25)), place.commune.name
    one = story.activity(
        f"pzk-3-{place.slug}",
        LIDERZY,
        "team_meeting",
        f"Spotkanie PZK nr 3, Gmina {name}",
        starts,
        team=team,
        place=name,
    )
    if place.n % 3 == 1:
        story.tell(f"activities/{one}/cancel", PANDEMIC, "stan zagrożenia epidemicznego")
        return
    later = story.day(date(2020, 5, 25), date(2020, 6, 12))
    story.tell(
        f"activities/{one}/reschedule",
        PANDEMIC,
        "stan zagrożenia epidemicznego",
        starts_on=later.isoformat(),
        ends_on=later.isoformat(),
    )
    story.attend(one, later, 1, story.present([team], later, 0.8))


def found_voivodeship_team(story: Story, area: Area) -> None:
    """The voivodeship team of a region where none is on record."""
    region = area.region
    on = story.day(date(2019, 6, 3), date(2019, 6, 28))
    agreement = f"@inv-porozumienie-wzk-{region.slug}"
    members = area.bodies[:5]
    story.tell(
        "agreements",
        on,
        id=agreement,
        project=LIDERZY,
        kind="team_appointment",
        title=f"Porozumienie w sprawie powołania WZK województwa {region.of}",
        signed_on=on.isoformat(),
        parties=[{"institution": one} for one in (region.partner, *members)],
    )
    team = story.team(
        f"wzk-{region.slug}",
        on,
        project=LIDERZY,
        kind="voivodeship",
        name=f"Wojewódzki Zespół Kooperacji województwa {region.of}",
        voivodeship=region.voivodeship,
        agreement=agreement,
    )
    held = [story.appoint(team, on, "member", institution=one) for one in members]
    if region.slug == "lu":
        story.dismiss(held[3], date(2020, 1, 31), "rezygnacja instytucji")
        story.appoint(team, date(2020, 2, 3), "member", institution=area.bodies[5])
    for n, first in enumerate((date(2019, 10, 21), date(2020, 2, 10), date(2020, 11, 9)), 1):
        day = story.day(first, first + timedelta(11))
        one = story.activity(
            f"wzk-{n}-{region.slug}",
            LIDERZY,
            "team_meeting",
            f"Spotkanie WZK nr {n}, województwo {region.voivodeship}",
            day,
            team=team,
        )
        story.attend(one, day, 1, story.present([team], day, 0.85))
