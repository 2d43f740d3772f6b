"""What might "Liderzy kooperacji" have bought, month by month? The kinds of its documents."""

from datetime import date
from decimal import Decimal

from invention.budget import rounded
from invention.companies import Company, companies
from invention.names import COMMUNES
from invention.spending import Books, Document, Kind, months
from invention.story import LIDERZY, workday

TRADES = companies()
PAYROLL = "LP {n}/{m:02d}/{y}"
PARTNERS = tuple(
    Company(name, None, PAYROLL)
    for name in (
        "Regionalny Ośrodek Polityki Społecznej w Rzeszowie",
        "Regionalny Ośrodek Polityki Społecznej w Lublinie",
        "Regionalny Ośrodek Polityki Społecznej w Białymstoku",
        "Regionalny Ośrodek Polityki Społecznej w Kielcach",
        "Mazowieckie Centrum Polityki Społecznej",
    )
)
TRAVELLERS = tuple(one._replace(pattern="DEL {n}/{m:02d}/{y}") for one in PARTNERS)
CONTRACTS = tuple(one._replace(pattern="LU {n}/{m:02d}/{y}") for one in PARTNERS)
HOMES = tuple(
    Company(f"{kind} {commune.where}", None, "UPG {n}/{y}")
    for kind, some in (("Dom Pomocy Społecznej", COMMUNES), ("Placówka Wsparcia", COMMUNES[::3]))
    for commune in some
)
TRAVEL = ("Delegacje członków zespołów", "Podróże służbowe pracowników", "Zwrot kosztów dojazdu")
FOOD = (
    "Wyżywienie uczestników spotkania",
    "Przerwa kawowa i obiad",
    "Catering na spotkanie zespołu",
)
SCHOOL = ("Szkoła Kooperacji – szkolenie dwudniowe", "Szkolenie z pracy zespołowej",
          "Warsztaty diagnozy lokalnej", "Szkolenie z pracy z rodziną")  # fmt: skip
START, MODEL, TESTED, END = date(2018, 5, 7), date(2019, 3, 15), date(2020, 12, 4), date(2021, 6, 4)
ANNEX = date(2020, 10, 12)


def _kind(
    line: str, count: int, total: int, span: tuple[date, date], what: tuple[str, ...],
    trade: str | tuple[Company, ...], vat: int = 23, **more: str,
) -> Kind:  # fmt: skip
    issuers = TRADES[trade] if isinstance(trade, str) else trade
    return Kind(line, count, total, *span, what, issuers, vat, **more)


WORK, TESTS = (START, MODEL), (date(2019, 4, 8), TESTED)
COURSES, REPORTS = (date(2018, 10, 1), date(2021, 5, 14)), (date(2020, 6, 1), date(2021, 3, 19))
SPREAD, COVID = (date(2021, 3, 1), END), (ANNEX, date(2021, 5, 28))
KINDS = (
    _kind("1.02", 34, 225_000, WORK, ("Ekspertyza modelu współpracy", "Badanie zasobów"),
          "experts"),
    _kind("1.03", 30, 150_000, WORK, ("Wynajem sali na spotkanie zespołu",), "rooms"),
    _kind("1.04", 42, 138_000, WORK, FOOD, "catering", 8),
    _kind("1.05", 44, 48_000, WORK, TRAVEL, TRAVELLERS, 0),
    _kind("1.06", 12, 60_000, WORK, ("Druk Modelu Kooperacji", "Teczki i materiały"), "print"),
    _kind("1.07", 8, 110_000, (START, date(2018, 9, 14)), ("Komputery przenośne",), "supplies"),
    _kind("2.03", 110, 560_000, TESTS, ("Lista umów zleceń – animatorzy",), CONTRACTS, 0),
    _kind("2.04", 55, 370_000, TESTS, ("Superwizja zespołów", "Coaching grupowy"), "coaches", 0),
    _kind("2.05", 76, 78_000, TESTS, TRAVEL, TRAVELLERS, 0),
    _kind("2.06", 46, 140_000, TESTS, FOOD, "catering", 8),
    _kind("2.07", 8, 112_000, (date(2019, 9, 2), date(2019, 12, 6)),
          ("Wyposażenie miejsca spotkań",), "fitting"),
    _kind("2.08", 6, 81_000, TESTS, ("Licencje na oprogramowanie",), "supplies"),
    _kind("3.01", 88, 370_000, COURSES, SCHOOL, "trainers", 0),
    _kind("3.02", 64, 215_000, COURSES, ("Wynajem sali szkoleniowej",), "rooms"),
    _kind("3.03", 60, 260_000, COURSES, ("Noclegi uczestników szkolenia",), "hotels", 8),
    _kind("3.03", 24, 110_000, COURSES, ("Pobyt uczestników i sala",), "hotels", 8,
          second_line="3.02"),
    _kind("3.04", 22, 96_000, COURSES, ("Materiały szkoleniowe",), "supplies"),
    _kind("3.05", 76, 66_000, COURSES, ("Zwrot kosztów dojazdu uczestników",), TRAVELLERS, 0),
    _kind("4.01", 9, 260_000, REPORTS, ("Badanie ewaluacyjne – etap",), "experts"),
    _kind("4.02", 14, 150_000, REPORTS, ("Ekspertyza prawna",), "experts"),
    _kind("4.03", 6, 88_000, REPORTS, ("Skład i druk Księgi Rekomendacji",), "print", 8),
    _kind("4.04", 7, 31_000, REPORTS, ("Tłumaczenie streszczenia raportu",), "languages"),
    _kind("4.06", 12, 170_000, REPORTS, ("Konferencja regionalna",), "rooms"),
    _kind("5.02", 16, 220_000, SPREAD, ("Audycje i ogłoszenia", "Spotkania edukacyjne"), "media"),
    _kind("5.03", 9, 195_000, (date(2020, 9, 7), END), ("Platforma edukacyjna – etap prac",),
          "platform"),
    _kind("5.04", 5, 100_000, (date(2021, 5, 17), END), ("Konferencja końcowa",), "rooms"),
    _kind("5.05", 4, 54_000, SPREAD, ("Dostosowanie sali dla osób z niepełnosprawnością",),
          "fitting"),
    _kind("5.06", 8, 76_000, SPREAD, ("Druk poradników",), "print", 8),
    _kind("6.01", 190, 8_900_000, COVID, ("Grant na bezpieczeństwo mieszkańców i personelu",),
          HOMES, 0, procurement="regulamin naboru grantów COVID-19"),
    _kind("6.02", 60, 2_050_000, COVID, ("Maseczki i rękawice", "Kombinezony ochronne",
          "Środki do dezynfekcji"), "protection", 8),
    _kind("6.04", 18, 120_000, COVID, ("Dowóz środków ochrony",), "transport"),
    _kind("6.05", 6, 180_000, COVID, ("Wyposażenie izolatorium",), "fitting"),
    _kind("6.06", 14, 590_000, COVID, ("Testy w kierunku SARS-CoV-2",), "laboratories", 8),
)  # fmt: skip
SALARIES = (
    ("1.01", date(2018, 4, 30), date(2019, 3, 31), PARTNERS, 22_400),
    ("2.01", date(2019, 4, 30), date(2020, 12, 31), PARTNERS, 19_500),
    ("3.06", date(2018, 10, 31), date(2021, 6, 30), PARTNERS[:1], 10_700),
    ("4.05", date(2021, 1, 31), date(2021, 3, 31), PARTNERS, 15_800),
    ("5.01", date(2021, 4, 30), date(2021, 6, 30), PARTNERS, 18_300),
    ("6.03", date(2020, 10, 31), date(2021, 5, 31), PARTNERS, 14_700),
)


def buy_all(books: Books) -> None:
    """Salaries, grants and everything else."""
    for line, first, last, partners, about in SALARIES:
        for on in months(first, last):
            for partner in partners:
                pay_salaries(books, line, on, partner, about)
    fund_communes(books)
    for kind in KINDS:
        books.buy(kind)


def pay_salaries(books: Books, line: str, on: date, partner: Company, about: int) -> None:
    """A list of pay."""
    story = books.story
    gross = rounded(Decimal(about * (95 + story.below(11))) / 100 + Decimal(story.below(100)) / 100)
    books.add(
        Document(
            books.number(partner, on), partner, on, books.paid_after(on, 0, 8),
            f"Lista płac za {on:%m.%Y}", gross, Decimal("0.00"),
            [books.charge(line, gross, Decimal(0))], by_command=story.chance(0.08),
        )
    )  # fmt: skip


def fund_communes(books: Books) -> None:
    """The grants of which the story tells that they were paid to communes."""
    names: dict[str, str] = {}
    communes: dict[str, str] = {}
    for _, _, path, body in list(books.story.told):
        if path == "/api/institutions":
            names[body["id"]] = body["name"]
        elif path == "/api/grants" and body["project"] == LIDERZY:
            communes[body["id"]] = body["institution"]
        elif path.startswith("/api/grants/") and path.endswith("/pay"):
            commune = communes[path.split("/")[3]]
            name = names.get(commune) or f"Gmina {commune.rpartition('-')[2].title()}"
            issuer, on = Company(name, None, "NK {n}/{y}"), date.fromisoformat(body["effective_on"])
            amount = Decimal(body["amount"])
            part = books.charge("2.02", amount, Decimal(0),
                                procurement="regulamin wsparcia finansowego gmin")  # fmt: skip
            books.add(
                Document(books.number(issuer, on), issuer, on, workday(on),
                         "Transza wsparcia na testowanie Modelu", amount, Decimal("0.00"), [part])
            )  # fmt: skip
