"""Which methods are there, and what does each of them need?"""

from ledger.aggregates.samples.state import Method


def is_by_value(method: Method) -> bool:
    """Whether a unit's chance grows with its book value (MUS)."""
    return method in ("mus", "mus_stratified", "mus_conservative")


def is_conservative(method: Method) -> bool:
    """Whether reliability factors stand in the place of z."""
    return method == "mus_conservative"


def is_ratio(method: Method) -> bool:
    """Whether the errors are projected by the book value instead of the number of units."""
    return method in ("simple_ratio", "stratified_ratio", "non_statistical")


def is_stratified(method: Method) -> bool:
    """Whether the population is divided before it is drawn from."""
    return method in ("stratified_mean", "stratified_ratio", "mus_stratified")


def is_statistical(method: Method) -> bool:
    """Whether a precision follows from the method."""
    return method != "non_statistical"
