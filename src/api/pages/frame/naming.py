"""What has a permanent name that people must be told in words? Gathered from the messages."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from inspect import cleandoc
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct, inspect

import api
import ledger
from api.accounts import Description, NewAccountBody
from api.pages.frame.refusals import FIELD_ERROR, LIKENESS, REFUSAL, field_sentences, template_of
from api.tokens import NewTokenBody
from ledger import catalogue
from ledger.access import ROLES
from ledger.application.wishes import Common
from ledger.findings import Finding
from ledger.findings.catalogue import rules
from ledger.kernel import fields, likeness
from ledger.kernel.errors import Invalid, LedgerError
from ledger.projections.engine.query import listings
from ledger.queries.budget import BudgetRow
from ledger.queries.changes import RowChange
from ledger.queries.explain import AmountItem, CountItem
from ledger.queries.indicators import CountedRow, IndicatorRow
from ledger.queries.replay import HistoryRow
from ledger.queries.sampling import PopulationRow
from ledger.queries.screening import DigitRow, RepeatedRow
from ledger.queries.settlement import TrancheRow

# Fields that people call otherwise in one message than in all the others.
OWN_NAMES = frozenset(
    {
        "Counts.subject",
        "IssueVersion.version",
        "NewCharge.procurement",
        "Quota.communes",
    }
)
# What the read models say of where something stands, for each collection. People say it otherwise
# of an agreement than of a claim; without a collection it is said as of a project.
STATUSES = {
    "activities": ("planned", "in_progress", "held", "cancelled"),
    "agreements": ("in_force", "terminated"),
    "claims": ("draft", "submitted", "returned", "approved", "paid"),
    "charges": ("recorded", "claimed", "approved", "withdrawn"),
    "deliverables": ("planned", "issued", "submitted", "approved", "rejected"),
    "erasures": ("requested", "approved", "rejected"),
    "grants": ("awarded", "partly_paid", "paid", "settled"),
    "milestones": ("planned", "in_progress", "overdue", "completed", "approved"),
    "obligations": ("open", "partly", "done", "overdue"),
    "projects": ("planned", "running", "ended", "closed"),
    "support-cases": ("open", "closed"),
}
# By what indicators are broken down, beside the fields of the subjects; and what is not recorded.
DIMENSIONS = ("age_group",)
# What stands in addresses.
PARAMETERS = ("valid_at", "known_at", "cursor", "lang", "severity", "rule", "from", "to")
UNKNOWN = "unknown"
CHANGES = ("added", "changed", "removed")
# Parts of the programs' interface that are no part of the domain.
_NOT_TOLD = frozenset({"LedgerError", "Refusal", "Invalid", "RefusedInBatch"})

Name = tuple[str, str]  # the kind of name, and the name


def names() -> set[Name]:
    """Every permanent name, with its kind."""
    found: set[Name] = {("grant", role) for role in ROLES}
    for collection, aggregate in catalogue.aggregates().items():
        found |= {("collection", collection), ("one of", collection)}
        found |= {("command", f"{collection}/{name}") for name in aggregate.commands}
        found |= {("event", name) for name in aggregate.events}
    for rule in rules():
        found |= {("rule", rule.id), ("severity", rule.severity)}
    for kind in _structs():
        found |= set(_of_struct(kind))
    found |= {("field", own) for own in (*OWN_NAMES, *DIMENSIONS, *PARAMETERS)}
    found |= {("change", one) for one in CHANGES} | {("value", UNKNOWN)}
    found |= {(LIKENESS, one) for one in likeness.KINDS}
    for collection, statuses in STATUSES.items():
        for status in statuses:
            found |= {("status", status), ("status", f"{collection}.{status}")}
    return found


def refusals() -> set[Name]:
    """Every sentence of a refusal, and every one about a field."""
    _import_all(ledger)
    _import_all(api)
    told = {template_of(kind) for kind in _below(LedgerError) if kind.__name__ not in _NOT_TOLD}
    return {(REFUSAL, text) for text in told} | {(FIELD_ERROR, text) for text in field_sentences()}


# Fields that a form explains, since their name alone does not; `Message.field` for one message.
HINTS = {
    "effective_on": "The day from which this is true in the world; not in the future.",
    "reason": "Why this is recorded; it stands beside the event for good.",
    "evidence": "Documents that prove it: scans, letters, invoices.",
    "nip": "Ten digits.",
    "issuer_nip": "Ten digits; or else the name of the issuer.",
    "ksef_number": "35 characters, as the state's system gave it.",
    "annex": "As the annex is called, for example: Aneks nr 1.",
    "approved_by": "The authority that decided.",
    "basis": "The rule, regulation or point of the guidelines.",
    "procurement": "Number of the procedure or of the notice.",
    "counts": "Each subject counts once, from the day of its first fact that fits.",
    "deviation": "A decimal number, such as 0.085.",
    "deviations": "For stratified methods: one for each stratum.",
    "target": "How much was promised.",
    "lines": "They replace the lines before.",
    "limits": "Amounts that separate the strata, the smallest first.",
    "OpenSupportCase.reference": "A number or a code; never a name.",
    "signed_by": "By office, for example: Starosta.",
}


def explanations() -> set[Name]:
    """What is said of commands and fields beside their names."""
    found = {
        ("command help", " ".join(cleandoc(kind.__doc__ or "").split()))
        for aggregate in catalogue.aggregates().values()
        for kind in aggregate.commands.values()
    }
    return found | {("hint", text) for text in HINTS.values()}


def _below(kind: type[LedgerError]) -> Iterator[type[LedgerError]]:
    for one in kind.__subclasses__():
        if one is not Invalid:
            yield one
            yield from _below(one)


def _import_all(package: ModuleType) -> None:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__") and ".assets" not in module.name:
            importlib.import_module(module.name)


def _structs() -> Iterator[type[Struct]]:
    """Commands, events, states and rows."""
    yield Common
    for aggregate in catalogue.aggregates().values():
        yield from aggregate.commands.values()
        yield from aggregate.events.values()
        yield aggregate.state  # what an event changed is told by the fields of the state
    for listing in listings():
        yield listing.row
    yield from (AmountItem, BudgetRow, CountedRow, CountItem, DigitRow, Finding, HistoryRow)
    yield from (NewAccountBody, Description, NewTokenBody)
    yield from (IndicatorRow, PopulationRow, RepeatedRow, RowChange, TrancheRow)


@cache
def _of_struct(kind: type[Struct]) -> frozenset[Name]:
    found: set[Name] = set()
    for field, values in fields_of(kind):
        found.add(("field", field))
        found |= {(value_kind(values, field), str(value)) for value in values}
    return frozenset(found)


def fields_of(kind: type[Struct]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The fields of a struct and of those in it, with the alternatives that each has, if any."""
    for field in msgspec.structs.fields(kind):
        yield field.name, ()
        yield from _of_type(inspect.type_info(field.type), field.name)


def _of_type(node: inspect.Type, field: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    match node:
        case inspect.LiteralType(values=values):
            yield field, tuple(values)
        case inspect.StructType(cls=inner):
            yield from fields_of(inner)
        case inspect.Metadata(type=inner_type):
            yield from _of_type(inner_type, field)
        case inspect.UnionType(types=types):
            for one in types:
                yield from _of_type(one, field)
        case (
            inspect.ListType(item_type=item)
            | inspect.VarTupleType(item_type=item)
            | inspect.DictType(value_type=item)
        ):
            yield from _of_type(item, field)
        case _:
            return


def value_kind(values: tuple[Any, ...], field: str) -> str:
    """The kind of name that a field's alternatives have: `TeamKind`, or else the field's name."""
    if field == "status":
        return field
    return _aliases().get(frozenset(values), field)


def in_order(values: tuple[Any, ...], kind: str) -> tuple[str, ...]:
    """Alternatives as they were declared, where that is known; msgspec sorts them."""
    declared = get_args(getattr(fields, kind, None))
    return tuple(map(str, declared if set(declared) == set(values) else values))


@cache
def _aliases() -> dict[frozenset[Any], str]:
    return {
        frozenset(get_args(one)): name
        for name, one in vars(fields).items()
        if get_origin(one) is Literal
    }
