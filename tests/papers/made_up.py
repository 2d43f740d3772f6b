"""A payment claim that was never handed in: as many documents as a test wants."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ledger.papers.charges import Charge
from ledger.papers.claim import Claim, ClaimPaper, Project
from ledger.papers.imprint import Imprint

ROOT = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
POSITION = 28140
ISSUERS = (
    "Zakład Usług Szkoleniowo-Konferencyjnych „Żółta Łąka” Józef Śliwiński spółka jawna",
    "Regionalny Ośrodek Polityki Społecznej w Rzeszowie",
    "Poczta Polska S.A.",
)
CATEGORIES = ("Personel", "Usługi zewnętrzne", None)


def charge(n: int, **fields: Any) -> Charge:
    """The n-th document of a claim; `fields` are what a test wants otherwise."""
    gross = Decimal(123 * n) / 100
    net = Decimal(100 * n) / 100
    told: dict[str, Any] = {
        "document_number": f"FV/{n}/2019",
        "accounting_number": f"PK/{n}",
        "issuer_nip": "8133315014",
        "issuer_name": ISSUERS[n % 3],
        "issued_on": date(2019, 1, 1) + timedelta(days=n % 90),
        "paid_on": None if n % 7 == 0 else date(2019, 4, 1),
        "description": "Wynajem sali konferencyjnej z wyżywieniem na spotkanie zespołów GPZ-K",
        "net": net,
        "vat": gross - net,
        "gross": gross,
        "budget_line": f"{n % 4}.{n % 9}",
        "task": f"{n % 12 + 1}. Zadanie",
        "category": CATEGORIES[n % 3],
        "eligible": gross,
        "eligible_vat": gross - net,
        "eu_amount": (gross * Decimal("0.8428")).quantize(Decimal("0.01")),
    }
    return Charge(**(told | fields))


def paper(*charges: Charge, project: dict[str, str] | None = None, **claim: Any) -> ClaimPaper:
    """The paper of a claim with these documents."""
    told: dict[str, Any] = {
        "id": "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c",
        "project": "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2d",
        "number": 3,
        "period_from": date(2019, 1, 1),
        "period_to": date(2019, 3, 31),
        "status": "submitted",
        "submitted_on": date(2019, 4, 12),
        "submitted_by": "Anna Żółkiewska",
    }
    terms = {
        "code": "LIDERZY",
        "title": "Liderzy kooperacji",
        "programme": "Program Operacyjny Wiedza Edukacja Rozwój",
        "leader_name": "Województwo Podkarpackie",
    }
    return ClaimPaper(
        claim=Claim(**(told | claim), charges=list(charges)),
        project=Project(**(terms | (project or {}))),
        imprint=Imprint(
            valid_at=date(2019, 6, 30),
            position=POSITION,
            root=ROOT,
            recorded_at=datetime(2026, 11, 21, 22, 45, 11, tzinfo=UTC),
        ),
    )


def documents(count: int) -> list[Charge]:
    """So many documents."""
    return [charge(n) for n in range(1, count + 1)]
