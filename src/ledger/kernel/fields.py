"""What may stand in a field? The types of all fields of messages, with their descriptions.

Identifiers and amounts travel as text: an id is a UUID in lower case (RFC 9562), an amount a
decimal with two places. `extra` marks what the machinery acts on: `ref` (the id of an object of
that collection, which must exist), `money`, `digest`, `personal` (who it is; sealed at rest),
`sealed` (a personal field as it is stored), `prose` (people write there what they like).
"""

import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta

UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
AMOUNT_PATTERN = r"^(0|[1-9]\d{0,12})\.\d{2}$"
EXAMPLE_ID = "0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c"


def _id(what: str, collection: str | None = None) -> Meta:
    extra: dict[str, Any] = {"id": True}
    if collection:
        extra["ref"] = collection
    return Meta(
        pattern=UUID_PATTERN,
        description=what,
        examples=[EXAMPLE_ID],
        extra=extra,
        extra_json_schema={"format": "uuid"},
    )


def _text(what: str, example: str, longest: int = 500, **extra: Any) -> Meta:
    return Meta(
        min_length=1,
        max_length=longest,
        pattern=r"\S",
        description=what,
        examples=[example],
        extra=extra or None,
    )


Id = Annotated[str, _id("Identifier (UUID).")]
ProjectId = Annotated[str, _id("The project.", "projects")]
InstitutionId = Annotated[str, _id("The institution.", "institutions")]
PersonId = Annotated[str, _id("The person.", "persons")]
AgreementId = Annotated[str, _id("The agreement.", "agreements")]
TeamId = Annotated[str, _id("The team.", "teams")]
ActivityId = Annotated[str, _id("The activity.", "activities")]
ExpenditureId = Annotated[str, _id("The expenditure.", "expenditures")]

Money = Annotated[
    str,
    Meta(
        pattern=AMOUNT_PATTERN,
        description="Amount in PLN, a decimal string with two places.",
        examples=["12893583.46"],
        extra={"money": True},
    ),
]
Sum = Annotated[
    str,
    Meta(
        pattern=r"^(0|[1-9]\d{0,20})\.\d{2}$",
        description="Sum of amounts in PLN, a decimal string with two places.",
        examples=["12893583.46"],
    ),
]
Balance = Annotated[
    str,
    Meta(
        pattern=r"^-?(0|[1-9]\d{0,20})\.\d{2}$",
        description="Difference of sums in PLN, with two places; it may be negative.",
        examples=["-1200.00"],
    ),
]
Date = Annotated[
    datetime.date,
    Meta(description="Calendar date (Europe/Warsaw).", examples=["2019-05-13"]),
]
Code = Annotated[str, _text("Short code, unique among its kind.", "LIDERZY", 60)]
Label = Annotated[str, _text("Short label; a whole number is read as text.", "1.1", 60, label=True)]
TaskName = Annotated[
    str, _text("Name or number of a task of the budget.", "Zadanie 1", 200, label=True)
]
Title = Annotated[str, _text("Title or name.", "Liderzy kooperacji", prose=True)]
Text = Annotated[str, _text("Free text, without personal data.", "Aneks nr 1", 8000, prose=True)]
ShortText = Annotated[str, _text("Short text.", "Rzeszów", 200, prose=True)]
Number = Annotated[int, Meta(ge=1, le=9999, description="Ordinal number.", examples=[1])]
Quantity = Annotated[int, Meta(ge=1, le=1_000_000, description="How many.", examples=[1])]
Hours = Annotated[
    float,
    Meta(
        ge=0,
        le=10_000,
        description="Hours, at most two decimals.",
        examples=[8],
        extra={"places": 2},
    ),
]
Digest = Annotated[
    str,
    Meta(
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of a stored document, in hex.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        extra={"digest": True},
    ),
]
Place = Annotated[str, _text("Name of a territory or place.", "podkarpackie", 120)]
PersonalText = Annotated[str, _text("Personal data of a person.", "Anna", 200, personal=True)]
PersonalDate = Annotated[
    datetime.date,
    Meta(description="Personal date.", examples=["1984-02-29"], extra={"personal": True}),
]
# A personal field as it is kept in a read model.
Sealed = Annotated[str, Meta(description="Sealed personal data.", extra={"sealed": True})]

Nip = Annotated[str, _text("Tax number (NIP).", "8133315014", 20)]
DocumentNumber = Annotated[str, _text("Number on the document.", "FV/12/2019", 120)]
KsefNumber = Annotated[
    str,
    _text("Number in the state's system of e-invoices.", "5265877635-20250826-0100001AF629-AF", 40),
]
ClaimNumber = (
    Annotated[str, _text("Number of a claim.", "POWR/17-003", 60)]
    | Annotated[int, Meta(ge=1, le=999_999, description="Number of a claim.", examples=[3])]
)
Regon = Annotated[str, _text("Statistical number (REGON).", "690581324", 20)]
Teryt = Annotated[str, _text("Territorial code (TERYT).", "1811032", 10)]
Count = Annotated[int, Meta(ge=0, le=1_000_000, description="How many, or 0.", examples=[2])]
# Numbers are stored in JSON, which has one way to write them only while they are not tiny.
Weight = Annotated[
    float,
    Meta(ge=0, le=1_000_000, description="Weight.", examples=[1], extra={"places": 4}),
]
Score = Annotated[
    float,
    Meta(
        ge=-1e12,
        le=1e12,
        description="Value of a criterion.",
        examples=[412],
        extra={"places": 4},
    ),
]
Target = Annotated[
    float,
    Meta(
        gt=0,
        le=1e9,
        description="How much was promised.",
        examples=[350],
        extra={"places": 4},
    ),
]
Year = Annotated[int, Meta(ge=1900, le=9999, description="Calendar year.", examples=[1984])]

AccessRole = Literal["officer", "coordinator", "manager", "auditor", "admin"]
HolderKind = Literal["account", "token"]
GrantId = Annotated[str, _id("The grant of a role.")]

Sector = Literal[
    "social_assistance", "education", "health", "culture", "sport", "police", "justice",
    "labour", "local_government", "government", "ngo", "science", "other",
]  # fmt: skip
Level = Literal["commune", "county", "voivodeship", "national"]
CommuneType = Literal["rural", "urban_rural", "urban"]
Sex = Literal["f", "m"]
AgreementKind = Literal["cooperation", "partnership", "team_appointment", "grant"]
TeamKind = Literal["commune_county", "partnership", "voivodeship", "model", "steering"]
Role = Literal[
    "member", "chair", "animator", "adviser", "methodology_expert", "model_expert",
    "project_manager", "regional_coordinator", "regional_specialist", "resources_specialist",
    "research_consultant", "legal_consultant",
]  # fmt: skip
ActivityKind = Literal[
    "training", "focus_group", "exchange_visit", "team_meeting", "individual_coaching",
    "group_coaching", "consultation", "presentation", "dissemination",
]  # fmt: skip
DeliverableKind = Literal["model", "recommendations", "report", "material"]
CaseSubject = Literal["person", "family"]
ChargeMethod = Literal["actual", "flat_rate", "unit_cost", "lump_sum"]
ClaimStatus = Literal["draft", "submitted", "returned", "approved", "paid"]
ChargeStatus = Literal["recorded", "claimed", "approved", "withdrawn"]
IndicatorKind = Literal["output", "result"]
Subject = Literal[
    "institution", "person", "deliverable", "agreement", "team", "support_case", "grant",
    "activity",
]  # fmt: skip
CountedFact = Literal[
    "agreement_signed", "team_appointed", "activity_attended", "grant_awarded", "recruited",
    "deliverable_approved", "case_opened", "activity_held", "team_established",
]  # fmt: skip


NOTHING = "0.00"
EXACT = Context(prec=64, rounding=ROUND_HALF_UP)  # amounts have 15 digits, their products 30


def decimal(amount: str) -> Decimal:
    """The exact value of an amount, for sums and comparisons."""
    return Decimal(amount)


def money(value: Decimal) -> str:
    """An exact value as text with two places."""
    return f"{value:.2f}"


def added(*amounts: str) -> str:
    """The sum of amounts."""
    return money(sum(map(Decimal, amounts), Decimal(0)))


def share(amount: str, part: str, whole: str) -> str:
    """That part of the amount, rounded half up: sums are sums of rounded lines, never shares."""
    exact = EXACT.divide(EXACT.multiply(Decimal(amount), Decimal(part)), Decimal(whole))
    return money(exact.quantize(Decimal("0.01"), context=EXACT))
