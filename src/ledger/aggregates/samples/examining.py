"""What is wrong in the units of a sample? Errors, as they are found, until it is concluded."""

from collections.abc import Sequence
from datetime import date

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from ledger.aggregates.samples.state import (
    SAMPLES,
    Classification,
    Conclusion,
    Sample,
    SampleError,
    UnitId,
)
from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import NOTHING, Date, Money, Quantity, Text, decimal
from ledger.kernel.messages import Command, Event, Given


@SAMPLES.event("sample.error-recorded")
class ErrorRecorded(Event, frozen=True, kw_only=True):
    """An error was found in a unit; errors are numbered from 1."""

    error: Quantity
    unit: UnitId
    amount: Money
    classification: Classification
    basis: Text
    corrected: bool = False

    def apply(self, state: Sample, on: date) -> Sample:
        found = SampleError(
            unit=self.unit,
            amount=self.amount,
            classification=self.classification,
            basis=self.basis,
            corrected=self.corrected,
            since=on,
        )
        return replace(state, errors={**state.errors, self.error: found}, recorded=self.error)


@SAMPLES.event("sample.error-corrected")
class ErrorCorrected(Event, frozen=True, kw_only=True):
    """An error was stated wrongly: this holds since it was found."""

    error: Quantity
    amount: Money
    classification: Classification
    basis: Text
    corrected: bool = False
    since: Date

    def apply(self, state: Sample, on: date) -> Sample:
        stated = replace(
            state.errors[self.error],
            amount=self.amount,
            classification=self.classification,
            basis=self.basis,
            corrected=self.corrected,
        )
        return replace(state, errors={**state.errors, self.error: stated})


@SAMPLES.event("sample.error-withdrawn")
class ErrorWithdrawn(Event, frozen=True, kw_only=True):
    """It was no error."""

    error: Quantity

    def apply(self, state: Sample, on: date) -> Sample:
        left = {number: one for number, one in state.errors.items() if number != self.error}
        return replace(state, errors=left)


@SAMPLES.event("sample.concluded")
class SampleConcluded(Event, frozen=True, kw_only=True):
    """The auditor concluded; nothing is added to the sample afterwards."""

    conclusion: Conclusion
    opinion: Text | None = None

    def apply(self, state: Sample, on: date) -> Sample:
        return replace(state, concluded_on=on)


class SampleIsConcluded(Refusal):
    """The sample was concluded on {concluded_on}: nothing is recorded on it now."""


class ErrorExceedsUnit(Refusal):
    """The errors of the unit would come to {errors}, more than its book value of {book_value}."""


def _check_open(state: Sample, given: Given) -> None:
    collision = Collision("samples", given.id)
    if state.concluded_on is not None:
        raise SampleIsConcluded(concluded_on=state.concluded_on, collides=collision)
    NotTrueYet.check(state.drawn_on, given.effective_on, collision)


def _check_amount(state: Sample, unit: str, amount: str, but: int, given: Given) -> None:
    """Errors of a unit overstate it by no more than its whole book value."""
    if amount == NOTHING:
        raise Invalid.field("amount", "must be more than zero")
    others = sum(
        decimal(one.amount)
        for number, one in state.errors.items()
        if one.unit == unit and number != but
    )
    errors = others + decimal(amount)
    if errors > decimal(state.units[unit]):
        raise ErrorExceedsUnit(
            errors=errors,
            book_value=state.units[unit],
            collides=Collision("samples", given.id),
        )


def _known(state: Sample, error: int) -> SampleError:
    if error not in state.errors:
        raise Invalid.field("error", "unknown in this sample")
    return state.errors[error]


@SAMPLES.command("record-error", correction=True)
class RecordError(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record an error found in a unit of the sample."""

    unit: UnitId
    amount: Money
    classification: Classification
    basis: Text
    corrected: bool = False

    def decide(self, state: Sample, given: Given) -> Sequence[Event]:
        _check_open(state, given)
        if self.unit not in state.units:
            raise Invalid.field("unit", "was not drawn")
        _check_amount(state, self.unit, self.amount, 0, given)
        return [
            ErrorRecorded(
                error=state.recorded + 1,
                unit=self.unit,
                amount=self.amount,
                classification=self.classification,
                basis=self.basis,
                corrected=self.corrected,
            )
        ]


@SAMPLES.command("correct-error", reason=True, correction=True)
class CorrectError(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """State an error anew that was stated wrongly."""

    error: Quantity
    amount: Money | UnsetType = UNSET
    classification: Classification | UnsetType = UNSET
    basis: Text | UnsetType = UNSET
    corrected: bool | UnsetType = UNSET

    def decide(self, state: Sample, given: Given) -> Sequence[Event]:
        _check_open(state, given)
        known = _known(state, self.error)
        names = ("amount", "classification", "basis", "corrected")
        said = {n: value for n in names if (value := getattr(self, n)) is not UNSET}
        if not said:
            raise Invalid.field("amount", "nothing is corrected")
        stated = {name: getattr(known, name) for name in names} | said
        _check_amount(state, known.unit, stated["amount"], self.error, given)
        return [ErrorCorrected(error=self.error, since=known.since, **stated)]


@SAMPLES.command("withdraw-error", reason=True, correction=True)
class WithdrawError(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take back an error that was none."""

    error: Quantity

    def decide(self, state: Sample, given: Given) -> Sequence[Event]:
        _check_open(state, given)
        _known(state, self.error)
        return [ErrorWithdrawn(error=self.error)]


@SAMPLES.command("conclude", correction=True)
class ConcludeSample(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Conclude on the population; the errors stay as they are from then on."""

    conclusion: Conclusion
    opinion: Text | None = None

    def decide(self, state: Sample, given: Given) -> Sequence[Event]:
        _check_open(state, given)
        return [SampleConcluded(conclusion=self.conclusion, opinion=self.opinion)]
