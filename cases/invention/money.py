"""What might the money have done? Budgets, spending and claims of both projects, invented."""

from datetime import date, timedelta
from decimal import Decimal

from invention.budget import (
    FLAT_RATE,
    KOOPERACJA_LINES,
    LINES,
    cross_financed,
    edition,
    rounded,
    set_budget,
)
from invention.claims import (
    MANAGER,
    OFFICER,
    Claim,
    Period,
    disallow,
    receive,
    references,
    reinstate,
    tranches,
)
from invention.companies import Company
from invention.keeping import keep
from invention.mishaps import err, mend
from invention.purchases import TRADES, TRAVELLERS, buy_all, pay_salaries
from invention.spending import EU_SHARE, Books, Kind, months
from invention.story import KOOPERACJA, LIDERZY, Story, workday

BUDGETED, CHANGED = date(2018, 4, 4), date(2020, 10, 5)
PERIODS = (
    Period("W-001", date(2018, 4, 1), date(2018, 12, 31), date(2019, 1, 14)),
    Period("W-002", date(2019, 1, 1), date(2019, 6, 30), date(2019, 7, 15)),
    Period("W-003", date(2019, 7, 1), date(2019, 12, 31), date(2020, 1, 15)),
    Period("W-004", date(2020, 1, 1), date(2020, 6, 30), date(2020, 7, 15)),
    Period("W-005", date(2020, 7, 1), date(2020, 12, 31), date(2021, 1, 15)),
    Period("W-006", date(2021, 1, 1), date(2021, 6, 30), date(2021, 7, 5)),
)
LEADER = Company("Regionalny Ośrodek Polityki Społecznej w Rzeszowie", None, "")
TRANCHES = (date(2018, 4, 20), date(2019, 3, 20), date(2019, 9, 23),
            date(2020, 10, 12), date(2020, 12, 14))  # fmt: skip


def tell_money(story: Story) -> None:
    """The money of both projects."""
    books = Books(story, LIDERZY, "w", date(2021, 6, 30))
    plan(story)
    buy_all(books)
    unpaid = err(books)
    mend(books)
    outside = cross_financed(LINES)
    claims = [Claim(books, period, LEADER, outside) for period in PERIODS]
    claims[4].charges += [(unpaid, part) for part in unpaid.parts]
    for claim in claims[:5]:
        claim.add_flat_rate()
    books.tell()
    course(claims)
    tranches(books, claims[:3], TRANCHES)
    kooperacja(story)
    keep(story, claims[0])


def plan(story: Story) -> None:
    """The first budget, the one after the annex, and shifts between lines."""
    first = edition(LINES, "12893583.46", "3.01")
    second = edition(LINES, "27773272.46", "6.02", second=True)
    set_budget(story, LIDERZY, LINES, first, BUDGETED)
    set_budget(story, LIDERZY, LINES, second, CHANGED, "budżet po aneksie do umowy")
    for on, source, target, amount in (
        (date(2018, 11, 5), "1.05", "1.06", "5000.00"),
        (date(2019, 11, 18), "3.04", "3.03", "12000.00"),
        (date(2020, 11, 23), "3.05", "2.05", "6000.00"),
        (date(2021, 2, 8), "4.03", "4.06", "12000.00"),
        (date(2021, 3, 8), "3.01", "5.02", "110000.00"),  # more than a tenth of task 5
    ):
        story.tell(
            f"projects/{LIDERZY}/shift-budget", on, "przesunięcie między pozycjami", OFFICER,
            from_line=source, to_line=target, amount=amount,
        )  # fmt: skip


def course(claims: list[Claim]) -> None:
    """Paid, approved, approved and corrected, returned, submitted, draft."""
    for claim in claims:
        claim.gather()
    first, second, third, fourth, *_ = claims
    for claim in claims[:5]:
        claim.say("submit", workday(claim.period.gathered + timedelta(10)), OFFICER)
    first.say("approve", date(2019, 3, 11), MANAGER)
    asked = first.eu_amount()
    for on, amount in ((date(2019, 3, 25), asked // 2), (date(2019, 4, 8), asked - asked // 2)):
        first.say("pay", on, OFFICER, amount=f"{amount:.2f}", paid_on=on.isoformat())
    reduce(second)
    second.say("approve", date(2019, 9, 9), MANAGER)
    third.say("approve", date(2020, 3, 23), MANAGER)
    correct(third)
    mend_returned(fourth)
    # The fifth waits for its approval, the sixth is being gathered.


def reduce(claim: Claim) -> None:
    """Before the approval three amounts are refused, and with them their part of the flat rate."""
    on, books, refused = date(2019, 8, 19), claim.books, Decimal(0)
    for line, share, why in (
        ("1.04", "0.30", "wyżywienie ponad stawkę z taryfikatora"),
        ("3.03", "0.20", "noclegi osób spoza listy obecności"),
        ("2.05", "1.00", "delegacja bez polecenia wyjazdu"),
    ):
        charged = claim.pick(line)
        amount = rounded(charged[1].eligible * Decimal(share))
        refused += amount
        basis = "Wytyczne w zakresie kwalifikowalności wydatków, podrozdział 6.2"
        disallow(books, charged, amount, on, why, basis)
    assert claim.flat is not None
    left = rounded((claim.base() - refused) * FLAT_RATE)
    basis = "Wytyczne w zakresie kwalifikowalności wydatków, podrozdział 8.4"
    disallow(books, claim.flat, claim.flat[1].eligible - left, on, "ryczałt od pomniejszeń", basis)


def correct(claim: Claim) -> None:
    """After the approval an audit corrects two charges, but nobody corrects the flat rate."""
    books = claim.books
    basis = "art. 143 rozporządzenia 1303/2013; taryfikator korekt, poz. 12"
    for place, share in ((0, "0.25"), (1, "0.10")):
        charged = claim.pick("2.07", place) if place else claim.pick("2.04")
        amount = rounded(charged[1].eligible * Decimal(share))
        disallow(
            books, charged, amount, date(2020, 7, 6), "naruszenie zasady konkurencyjności", basis
        )
        if place:
            back, why = rounded(amount / 2), "uwzględniono zastrzeżenia beneficjenta"
            reinstate(books, charged, back, date(2020, 9, 14), why)


def mend_returned(claim: Claim) -> None:
    """The claim comes back; a charge is taken out and the flat rate follows."""
    story = claim.books.story
    claim.say("return", date(2020, 9, 15), MANAGER, "brak list obecności do jednej z faktur")
    gone = claim.pick("3.02", 1)
    on = date(2020, 9, 28)
    claim.say("exclude", on, OFFICER, charges=references([gone]))
    assert claim.flat is not None
    note, part = claim.flat
    left = rounded((claim.base() - gone[1].eligible) * FLAT_RATE)
    story.tell(
        f"expenditures/{note.id}/correct", on, "ryczałt po wyłączeniu faktury", OFFICER,
        net=str(left), vat="0.00", gross=str(left), charge=part.name, eligible=str(left),
        eu_amount=str(rounded(left * EU_SHARE)),
    )  # fmt: skip


def kooperacja(story: Story) -> None:
    """The second project: a small budget, some sixty documents, one claim that was submitted."""
    first, last, leader = (
        date(2018, 9, 3),
        date(2019, 3, 8),
        Company("Regionalny Ośrodek Polityki Społecznej w Toruniu", None, "LP {n}/{m:02d}/{y}"),
    )
    books = Books(story, KOOPERACJA, "k", date(2021, 3, 31), start=600)
    planned = edition(KOOPERACJA_LINES, "11977479.39", "1.2")
    set_budget(story, KOOPERACJA, KOOPERACJA_LINES, planned, BUDGETED)
    receive(books, date(2018, 4, 23), "1", Decimal(900_000))
    for on in months(date(2018, 6, 30), date(2019, 2, 28)):
        pay_salaries(books, "1.1", on, leader, 31_000)
    spans = (first, last)
    for kind in (
        Kind("1.2", 12, 190_000, *spans, ("Ekspertyza modelu miejsko-wiejskiego",),
             TRADES["experts"]),
        Kind("1.3", 26, 230_000, *spans, ("Szkolenie zespołów kooperacji",),
             TRADES["trainers"], 0),
        Kind("1.3", 10, 9_000, *spans, ("Zwrot kosztów dojazdu",), TRAVELLERS[:1], 0),
        Kind("2.4", 4, 60_000, *spans, ("Komputery przenośne",), TRADES["supplies"]),
    ):  # fmt: skip
        books.buy(kind)
    period = Period("W-001", date(2018, 4, 1), date(2019, 3, 31), date(2019, 4, 15))
    claim = Claim(books, period, leader, cross_financed(KOOPERACJA_LINES))
    claim.add_flat_rate()
    books.tell()
    claim.gather()
    claim.say("submit", date(2019, 4, 26), OFFICER)
