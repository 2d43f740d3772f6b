"""In which of the Union's age groups is somebody on a day? Under 25, 25 to 54, over 54.

The year of birth tells it except in the years in which one becomes 25 or 55. The day of birth is
personal data and goes with an erasure; what it said in those years is kept as a group.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from ledger.kernel.fields import Date

AgeGroup = Literal["under_25", "25_54", "over_54"]
BOUNDS = (25, 55)


class AgeOnEntry(Struct, frozen=True, kw_only=True):
    """In which group somebody was on a day of entry, where the year of birth does not tell."""

    entered_on: Date
    age_group: AgeGroup


def is_close(on: date, birth_year: int | None) -> bool:
    """Whether the day of birth decides on the group."""
    return birth_year is not None and on.year - birth_year in BOUNDS


def age_group(on: date, birth_year: int | None, born_on: date | None) -> AgeGroup | None:
    """The group on that day; without a day of birth, as if the birthday were over."""
    if birth_year is None:
        return None
    age = on.year - birth_year
    if born_on is not None and (on.month, on.day) < (born_on.month, born_on.day):
        age -= 1
    return "under_25" if age < BOUNDS[0] else "25_54" if age < BOUNDS[1] else "over_54"
