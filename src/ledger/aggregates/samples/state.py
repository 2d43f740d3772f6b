"""What does a sample know of itself? Its design, its draw, and the errors found in it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ledger.kernel.fields import Count, Date, Digest, Money, Quantity, ShortText, Sum
from ledger.kernel.messages import Aggregate, State

Population = Literal["charges", "claims"]
Method = Literal[
    "simple_mean", "simple_ratio", "stratified_mean", "stratified_ratio", "difference", "mus",
    "mus_stratified", "mus_conservative", "non_statistical",
]  # fmt: skip
StratifyBy = Literal["task", "category", "budget_line", "book_value"]
Classification = Literal["random", "systemic", "anomalous"]
Conclusion = Literal["material", "not_material", "inconclusive"]
SeedSource = Literal["number", "cosignature"]
Factor = Annotated[
    str,
    Meta(
        pattern=r"^(0|[1-9]\d{0,12})(\.\d{1,10})?$",
        description="A decimal number as text.",
        examples=["0.085"],
    ),
]
Confidence = Annotated[int, Meta(ge=50, le=99, description="In per cent.", examples=[90])]
UnitId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f-]{36}(/[0-9a-f-]{36})?$",
        description="A claim, or an expenditure and its charge.",
        examples=["0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c/0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2d"],
    ),
]
OwnNumber = Annotated[
    str, Meta(pattern=r"^\d{1,60}$", description="The auditor's own number.", examples=["271828"])
]
Cosignature = Annotated[
    str,
    Meta(
        pattern=r"^— \S+ [A-Za-z0-9+/]+={0,2}$",
        max_length=500,
        description="The line with which a witness signed a later checkpoint.",
        examples=["— witness.example.org VFZPKbG8dmVyeSBzaG9ydA=="],
    ),
]

SeedText = Annotated[
    str,
    Meta(min_length=1, max_length=500, description="What the seed is of.", examples=["271828"]),
]


class Design(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """By which method and with which parameters a sample is sized and drawn."""

    method: Method
    confidence: Confidence | None = None
    materiality: Factor = "0.02"
    anticipated_error: Factor | None = None
    deviation: Factor | None = None
    deviations: dict[ShortText, Factor] = {}
    stratify_by: StratifyBy | None = None
    limits: tuple[Money, ...] = ()
    exhaustive_above: Money | None = None
    sample_size: Quantity | None = None


class DrawnStratum(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stratum of the population: its units, those audited in full, those drawn by chance."""

    stratum: str
    units: Quantity
    book_value: Sum
    exhaustive_units: Count
    exhaustive_value: Sum
    sampled: Count


class DrawnUnit(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A unit of the sample, as its population knew it."""

    unit: UnitId
    book_value: Money
    stratum: str = ""
    exhaustive: bool = False


class Draw(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was drawn from what: the population at a checkpoint, the seed, and what came of it."""

    checkpoint_size: Annotated[int, Meta(ge=1, description="Size of the log.", examples=[2814])]
    checkpoint_root: Digest
    population_on: Date
    population_units: Quantity
    population_value: Sum
    population_digest: Digest
    seed: Digest
    computed_size: Quantity | None
    strata: tuple[DrawnStratum, ...]
    units: tuple[DrawnUnit, ...]


class SampleError(Struct, frozen=True, kw_only=True):
    """An error in a unit, as it stands now; `since` is the day on which it was found."""

    unit: str
    amount: str
    classification: Classification
    basis: str
    corrected: bool
    since: date


class Sample(State, frozen=True, kw_only=True):
    """A drawn sample, with the errors found in it."""

    project: str
    drawn_on: date
    units: Mapping[str, str] = {}
    errors: Mapping[int, SampleError] = {}
    recorded: int = 0
    concluded_on: date | None = None


# Audits go on after a project is closed, so every command counts as a correction.
SAMPLES = Aggregate.define("samples", kind="sample", state=Sample, writers=["auditor"])
