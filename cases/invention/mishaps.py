"""What might have gone wrong? A handful of errors on purpose, and how some were mended.

Each stands in the list of cases/README.md, under the rule that finds it.
"""

from datetime import date
from decimal import Decimal

from invention.budget import INDIRECT, rounded
from invention.claims import OFFICER
from invention.companies import Company
from invention.purchases import TRADES
from invention.spending import EU_SHARE, Books, Document

NOTHING = Decimal(0)


def one(
    books: Books, number: str, issuer: Company, days: tuple[date, date | None], what: str,
    sums: tuple[str, str], line: str,
) -> Document:  # fmt: skip
    """A document (issued, paid; net, VAT) that bears its whole amount on one line."""
    net, vat = map(Decimal, sums)
    part = books.charge(line, net + vat, vat)
    return books.add(Document(number, issuer, *days, what, net, vat, [part]))


def err(books: Books) -> Document:
    """The errors that stay; answers the document that is claimed though it is not paid."""
    rooms, experts, caterers = TRADES["rooms"], TRADES["experts"], TRADES["catering"]
    late = one(books, "FV/Z-1/2021", TRADES["media"][0], (date(2021, 7, 12), date(2021, 7, 20)),
               "Audycja po zakończeniu projektu", ("4000.00", "920.00"), "5.02")  # fmt: skip
    late.claimed = False
    one(books, "FV/Z-2/2019", rooms[0], (date(2019, 5, 20), date(2019, 5, 6)),
        "Wynajem sali, zapłata przed fakturą", ("2500.00", "575.00"), "3.01")  # fmt: skip
    for number, on in (("FV/Z-3/2019", date(2019, 10, 7)), ("FV/Z-4/2019", date(2019, 10, 11))):
        one(books, number, caterers[1], (on, date(2019, 10, 25)),
            "Catering na spotkanie zespołu", ("3150.00", "252.00"), "2.06")  # fmt: skip
    twice = one(books, "FV/Z-5/2019", experts[3], (date(2019, 9, 9), date(2019, 9, 24)),
                "Analiza zasobów dwóch zadań", ("8000.00", "1840.00"), "2.04")  # fmt: skip
    twice.parts[0].eligible, twice.parts[0].vat = Decimal("5000.00"), Decimal("1500.00")
    twice.parts.append(books.charge("3.01", Decimal("4500.00"), Decimal("1500.00")))
    one(books, "FV/Z-6/2020", TRADES["protection"][0], (date(2020, 11, 16), date(2020, 12, 4)),
        "Maseczki, bez zapytania ofertowego", ("61300.00", "4904.00"), "6.02")  # fmt: skip
    rent = one(books, "FV/Z-7/2019", rooms[2], (date(2019, 3, 1), date(2019, 3, 15)),
               "Czynsz za biuro projektu", ("3000.00", "690.00"), INDIRECT)  # fmt: skip
    rent.claimed = False
    over = Decimal(40_000) - books.on_line().get("4.04", NOTHING) + Decimal(2_600)
    net = rounded(over / Decimal("1.23"))
    one(books, "FV/Z-8/2021", TRADES["languages"][0], (date(2021, 2, 15), date(2021, 3, 1)),
        "Tłumaczenie Księgi Rekomendacji", (str(net), str(over - net)), "4.04")  # fmt: skip
    return one(books, "FV/Z-9/2020", rooms[1], (date(2020, 12, 7), None),
               "Wynajem sali, faktura niezapłacona", ("3200.00", "736.00"), "3.01")  # fmt: skip


def mend(books: Books) -> None:
    """Errors that were mended, so that nothing finds them any more."""
    story, experts = books.story, TRADES["experts"]
    issuer = experts[4]
    lower = one(books, "FV/Z-10/2019", issuer, (date(2019, 3, 4), date(2019, 3, 20)),
                "Ekspertyza, część niekwalifikowalna", ("9000.00", "2070.00"), "1.02")  # fmt: skip
    lower.parts[0].eligible, lower.parts[0].vat = Decimal("8856.00"), Decimal("1656.00")
    story.tell(
        f"expenditures/{lower.id}/correct", date(2019, 4, 8), "faktura korygująca", OFFICER,
        correcting_document={"document_number": "KOR/Z-1/2019", "issued_on": "2019-04-05"},
        net="8000.00", vat="1840.00", gross="9840.00",
    )  # fmt: skip
    typed = one(books, "FV/Z-11/2020", issuer, (date(2020, 2, 10), date(2020, 2, 24)),
                "Opinia prawna", ("1200.00", "276.00"), "2.04")  # fmt: skip
    part = typed.parts[0].body(books.project) | {"eligible": "14760.00", "eligible_vat": "2760.00"}
    part["eu_amount"] = str(rounded(Decimal("14760.00") * EU_SHARE))
    typed.more = {"net": "12000.00", "vat": "2760.00", "gross": "14760.00", "charges": [part]}
    right = typed.parts[0]
    story.tell(
        f"expenditures/{typed.id}/correct", date(2020, 3, 2), "błąd w zapisie kwoty", OFFICER,
        net="1200.00", vat="276.00", gross="1476.00", charge=right.name,
        eligible=str(right.eligible), eligible_vat=str(right.vat),
        eu_amount=str(rounded(right.eligible * EU_SHARE)),
    )  # fmt: skip
    wrong = one(books, "FV/Z-12/2020", TRADES["print"][1], (date(2020, 5, 11), date(2020, 5, 25)),
                "Druk plakatów innego projektu", ("1900.00", "437.00"), "3.04")  # fmt: skip
    wrong.claimed = False
    story.tell(
        f"expenditures/{wrong.id}/withdraw", date(2020, 6, 8), "wydatek innego projektu", OFFICER,
        charge=wrong.parts[0].name,
    )  # fmt: skip
