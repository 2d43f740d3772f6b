"""How was the Model worked out? The first stage of the invented history, to the spring of 2019."""

from datetime import date, timedelta

from invention.names import REGIONS, UNCHOSEN
from invention.places import GROUND_LAID, Area, Place, session
from invention.story import LIDERZY, Story, plain, workday


def recruit_first(story: Story, area: Area) -> None:
    """Six communes of a region were chosen out of seven."""
    region = area.region
    other = next(
        c
        for c, r in zip(UNCHOSEN, (r for r in REGIONS if r.slug != "sk"), strict=True)
        if r is region
    )
    extra = story.institution(
        f"gmina-{plain(other.name)}",
        f"Gmina {other.name}",
        "gmina",
        "local_government",
        "commune",
        GROUND_LAID,
        voivodeship=region.voivodeship,
        county=other.county.adjective,
        commune=other.name,
        teryt=other.teryt,
    )
    name = f"@inv-rekrutacja-1-{region.slug}"
    subregion = f"województwo {region.voivodeship}"
    story.tell(
        "recruitments",
        date(2018, 6, 11),
        id=name,
        project=LIDERZY,
        title=f"Wybór gmin wiejskich województwa {region.of} do I etapu",
        criteria=[
            {
                "code": "rodziny",
                "name": "Liczba rodzin objętych pomocą społeczną",
                "weight": 60,
                "main": True,
            },
            {
                "code": "odsetek",
                "name": "Odsetek mieszkańców korzystających z pomocy",
                "weight": 40,
            },
        ],
        quotas=[{"subregion": subregion, "communes": 6}],
    )
    communes = [place.bodies[0] for place in area.places]
    for gmina in (*communes, extra):
        families = 90 + story.below(60) if gmina == extra else 160 + story.below(240)
        if gmina == extra and region.slug == "mz":
            families = 431
        story.tell(
            f"recruitments/{name}/score",
            date(2018, 6, 20),
            institution=gmina,
            subregion=subregion,
            values={"rodziny": families, "odsetek": 4 + story.below(90) / 10},
        )
    counties = list(dict.fromkeys(place.county[0] for place in area.places))
    why = (
        "gmina pierwsza w rankingu nie zgodziła się na udział"
        if region.slug == "mz"
        else ("wybrano sześć gmin o największej liczbie rodzin objętych pomocą")
    )
    story.tell(
        f"recruitments/{name}/select", date(2018, 6, 29), why, institutions=[*communes, *counties]
    )


def work_out(story: Story, place: Place) -> None:
    """The first stage in one commune: meetings, school of cooperation, focus group, council."""
    own, name = [place.team], place.commune.name
    session(
        story,
        place,
        "spotkanie-1",
        "team_meeting",
        f"Spotkanie GPZ-K nr 1, Gmina {name}",
        date(2018, 10, 8),
        date(2018, 10, 31),
        teams=own,
        share=0.6,
    )
    fokus, on = session(
        story,
        place,
        "fokus",
        "focus_group",
        f"Badanie fokusowe, Gmina {name}",
        date(2018, 11, 5),
        date(2018, 11, 23),
        teams=own,
        share=0.5,
    )
    story.tell(f"agreements/{place.agreement}/fulfil", on, number=3, activities=[fokus])
    dates = ((date(2018, 11, 26), date(2018, 11, 30)), (date(2019, 2, 4), date(2019, 2, 22)))
    topics = ("współpraca i jej korzyści", "metody pracy socjalnej")
    for n, ((first, last), topic) in enumerate(zip(dates, topics, strict=True), 1):
        one, on = session(
            story,
            place,
            f"szk-{n}",
            "training",
            f"Szkoła Kooperacji {n}: {topic}, Gmina {name}",
            first,
            last,
            teams=own,
            share=0.55,
            hours=8,
            series="Szkoła Kooperacji",
        )
        if n == 1 or place.n % 7:
            story.tell(f"agreements/{place.agreement}/fulfil", on, number=2, activities=[one])
    session(
        story,
        place,
        "konsultacje",
        "consultation",
        f"Konsultacje Modelu, Gmina {name}",
        date(2019, 2, 25),
        date(2019, 3, 15),
        teams=own,
        share=0.35,
    )
    session(
        story,
        place,
        "spotkanie-2",
        "team_meeting",
        f"Spotkanie GPZ-K nr 2, Gmina {name}",
        date(2019, 3, 18),
        date(2019, 3, 29),
        teams=own,
        share=0.6,
    )
    if place.n % 5 < 3:
        one, on = session(
            story,
            place,
            "rada",
            "presentation",
            f"Założenia projektu na posiedzeniu Rady Gminy {name}",
            date(2019, 4, 8),
            date(2019, 5, 24),
            teams=own,
            share=0.3,
        )
        story.tell(f"agreements/{place.agreement}/fulfil", on, number=5, activities=[one])
    story.tell(
        f"agreements/{place.agreement}/fulfil", date(2019, 1, 21), "informacja za 2018 r.", number=6
    )


def exchange(story: Story, area: Area, n: int, first: date, days: int) -> None:
    """An away meeting of all the working teams of a voivodeship."""
    region = area.region
    starts = workday(first + timedelta(7 * story.below(2)))
    teams = [place.team for place in area.places]
    one = story.activity(
        f"wymiana-{n}-{region.slug}",
        LIDERZY,
        "exchange_visit",
        f"Partnerskie spotkanie wymiany doświadczeń nr {n}, województwo {region.voivodeship}",
        starts,
        days=days,
        hours=8 * days,
    )
    who = story.present(teams, starts, 0.34)
    story.attend(one, starts, days, [w for w in who if "@inv-gmina" not in str(w)], 8 * days)
    if n == 1:
        for place in area.places:
            story.tell(
                f"agreements/{place.agreement}/fulfil",
                starts + timedelta(days - 1),
                number=4,
                activities=[one],
            )


def change_hands(story: Story, places: list[Place]) -> None:
    """Animators and members replaced in the spring of 2019, and one appointment never true."""
    for place in places[2::6]:
        on = story.day(date(2019, 4, 1), date(2019, 5, 17))
        number = 1 + len(place.bodies) + 2
        story.dismiss(f"{place.team}-{number}", on, "zmiana stanowiska animatora")
        heir = story.person(f"os-animator-{place.slug}-2", place.bodies[1], on)
        story.appoint(place.team, on, "animator", person=heir)
    for place in places[4::9]:
        on = story.day(date(2019, 4, 1), date(2019, 5, 17))
        story.dismiss(f"{place.team}-{len(place.bodies)}", on, "rezygnacja instytucji")
        story.appoint(place.team, on, "member", institution=place.county[2 + (place.n + 1) % 5])
    wrong = places[10]
    held = story.appoint(wrong.team, date(2019, 4, 8), "member", institution=wrong.county[0])
    story.teams[wrong.team].pop()
    story.tell(
        f"teams/{wrong.team}/void",
        date(2019, 4, 15),
        "powołanie zapisano przez pomyłkę",
        appointment=held,
    )


def leave(story: Story, place: Place) -> None:
    """A commune that did not go on: its agreement and its team end."""
    on = date(2019, 6, 28)
    story.tell(f"agreements/{place.agreement}/terminate", on, "gmina nie przystąpiła do II etapu")
    story.tell(f"teams/{place.team}/dissolve", on, "gmina nie przystąpiła do II etapu")
