"""What came of the invented history? Reports, recommendations, and the education at the end."""

from datetime import date, timedelta

from invention.places import LEAVERS, Area
from invention.story import LIDERZY, Story, workday

MINISTRY = "Ministerstwo Rodziny i Polityki Społecznej"


def deliver(
    story: Story,
    name: str,
    kind: str,
    title: str,
    by: str,
    approved: date,
    milestone: int,
    *,
    project: str = LIDERZY,
    rejected: bool = False,
) -> None:
    """A product from its announcement to its approval, if need be at the second attempt."""
    one = f"@inv-{name}"
    story.tell(
        "deliverables",
        workday(approved - timedelta(120)),
        id=one,
        project=project,
        kind=kind,
        title=title,
        milestone=milestone,
    )
    versions = ["0.9", "1.0"] if rejected else ["1.0"]
    for version in versions:
        back = 25 if version == "1.0" else 70
        issued = workday(approved - timedelta(back))
        story.tell(f"deliverables/{one}/issue-version", issued, version=version)
        story.tell(f"deliverables/{one}/submit", workday(issued + timedelta(3)), version=version)
        if version == "0.9":
            story.tell(
                f"deliverables/{one}/reject",
                workday(issued + timedelta(20)),
                "za mało przykładów z gmin",
                version=version,
                approved_by=by,
            )
    story.tell(f"deliverables/{one}/approve", approved, version="1.0", approved_by=by)


def sum_up(story: Story, area: Area) -> None:
    """The reports of a region, its late focus group, and its view of the recommendations."""
    region, slug = area.region, area.region.slug
    leader = "Regionalny Ośrodek Polityki Społecznej w Rzeszowie"
    deliver(
        story,
        f"raport-fokus-{slug}",
        "report",
        f"Raport z badań fokusowych, województwo {region.voivodeship}",
        leader,
        story.day(date(2019, 1, 14), date(2019, 2, 22)),
        1,
    )
    deliver(
        story,
        f"raport-testy-{slug}",
        "report",
        f"Raport z testów Modelu, województwo {region.voivodeship}",
        leader,
        story.day(date(2021, 2, 8), date(2021, 3, 12)),
        3,
    )
    teams = [place.team for place in area.places if place.n not in LEAVERS]
    for name, kind, title, first, share in (
        ("fokus-2", "focus_group", "Badanie fokusowe po testach", date(2020, 10, 19), 0.22),
        ("ksiega", "consultation", "Konsultacje Księgi Rekomendacji", date(2021, 2, 1), 0.22),
    ):
        on = story.day(first, first + timedelta(11))
        one = story.activity(
            f"{name}-{slug}",
            LIDERZY,
            kind,
            f"{title}, województwo {region.voivodeship}",
            on,
            place="online",
        )
        story.attend(one, on, 1, story.present(teams, on, share))


def spread(story: Story, areas: list[Area]) -> None:
    """Products for the whole country, and the education of its last three months."""
    deliver(
        story,
        "model-po-testach",
        "model",
        "Model Kooperacji gmin wiejskich po testach",
        MINISTRY,
        date(2020, 12, 22),
        2,
    )
    deliver(
        story,
        "ksiega",
        "recommendations",
        "Księga Rekomendacji",
        MINISTRY,
        date(2021, 3, 26),
        3,
        rejected=True,
    )
    for n, title in enumerate(
        (
            "Poradnik animatora",
            "Karta zasobów gminy",
            "Plan pracy z rodziną",
            "Scenariusz spotkania GPZ-K",
            "Film o Modelu",
            "Wzory porozumień",
        ),
        1,
    ):
        deliver(
            story,
            f"material-{n}",
            "material",
            f"{title} – platforma edukacyjna",
            "Komitet sterujący",
            workday(date(2021, 4, 6) + timedelta(6 * n)),
            4,
        )
    everyone = [one for area in areas for place in area.places for one in place.bodies[1:]]
    everyone += [one for area in areas for one in area.bodies]
    everyone += [one for area in areas for place in area.places[::3] for one in place.county[1:]]
    for n in range(1, 11):
        on = workday(date(2021, 4, 12) + timedelta(7 * n - 7 + story.below(4)))
        one = story.activity(
            f"edukacja-{n}",
            LIDERZY,
            "dissemination",
            f"Model Kooperacji w praktyce – konferencja nr {n}",
            on,
            hours=4,
            place="online",
        )
        who = dict.fromkeys(story.pick(everyone) for _ in range(16))
        story.attend(one, on, 1, [{"institution": name} for name in who], 4)


def close_milestones(story: Story) -> None:
    """Stages two to four completed at their ends as the annex has them."""
    for number, completed, approved in (
        (2, date(2020, 12, 31), date(2021, 1, 29)),
        (3, date(2021, 3, 31), date(2021, 4, 16)),
        (4, date(2021, 6, 25), date(2021, 6, 30)),
    ):
        story.tell("projects/@liderzy/complete-milestone", completed, number=number)
        story.tell(
            "projects/@liderzy/approve-milestone", approved, number=number, approved_by=MINISTRY
        )
    story.tell(
        "institutions/@inv-gops-krasne/update",
        date(2021, 1, 4),
        "przekształcenie ośrodka",
        name="Centrum Usług Społecznych w Krasnem",
        kind="centrum usług społecznych",
    )
    story.tell(
        "persons/@inv-os-animator-lubenia/update",
        date(2019, 9, 9),
        "zmiana adresu",
        email="animator.lubenia@example.org",
    )
