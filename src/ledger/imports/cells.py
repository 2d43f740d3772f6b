"""What does a cell say? Texts, amounts, dates and tax numbers, however officers write them.

Each reader answers the canonical text, None for an empty cell, or raises `BadCell` with the name
of the sentence that says why.
"""

import math
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.pl import nip

CENT = Decimal("0.01")
FLOAT_NOISE = Decimal("0.0001")
AMOUNT_LIMIT = Decimal(10) ** 13
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_DAYS = range(20_000, 80_000)  # 1954 to 2119
TEXT_LIMIT = 10_000
REMEMBERED_LENGTH = 500  # longer texts are not worth remembering

_SPACES = re.compile(r"\s+")
_CURRENCY = re.compile(r"(?i)\s*(zł|zl|pln)\.?$|^(pln|zł|zl)\s*")
_BLANKS = re.compile("[\\s\u00a0\u202f\u2007\u2009']")
# Thousands in groups of three, or none; the last separator before one or two digits is decimal.
_POLISH = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d*))?")
_ENGLISH = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)\.(\d*)")
_DAY_FIRST = re.compile(r"(\d{1,2})[.\-/ ](\d{1,2})[.\-/ ](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[.\-/](\d{1,2})[.\-/](\d{1,2})(?:[T ]\d\d:\d\d(?::\d\d)?)?")
_IN_WORDS = re.compile(r"(\d{1,2})\.? ([^\W\d_]+)\.? (\d{4})")
_YEAR_MARK = re.compile(r"(?i)\s*(?:r\.?|roku)$")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("stycznia styczeń sty january jan", "lutego luty lut february feb",
         "marca marzec mar march", "kwietnia kwiecień kwi april apr", "maja maj may",
         "czerwca czerwiec cze june jun", "lipca lipiec lip july jul",
         "sierpnia sierpień sie august aug", "września wrzesień wrz september sep",
         "października październik paź october oct", "listopada listopad lis november nov",
         "grudnia grudzień gru december dec"), 1
    )
    for name in names.split()
}  # fmt: skip


class BadCell(Exception):
    """A cell that cannot be meant as it stands; its text names the sentence that says why."""

    def __init__(self, key: str, **facts: Any) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


def text(value: Any) -> str | None:
    """The cell's text on one line."""
    if isinstance(value, str):
        found = value.strip() if value.isprintable() else _SPACES.sub(" ", value).strip()
        if len(found) > TEXT_LIMIT:
            raise BadCell("too_long")
        if "\x00" in found:
            raise BadCell("control_character")
        return found or None
    return _text_of_other(value)


def _text_of_other(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            raise BadCell("not_a_number")
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return str(value)


def amount(value: Any) -> str | None:
    """A decimal text with two places."""
    if isinstance(value, float):
        return _amount_of_float(value)
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return _within_bounds(Decimal(value))
    if isinstance(value, str):
        bare = _BLANKS.sub("", _CURRENCY.sub("", value.strip()))
        return _amount_of_text(bare) if bare else None
    raise BadCell("not_an_amount")


def _amount_of_float(value: float) -> str:
    if 0 <= value < 1e13:
        cents = round(value * 100)
        if cents / 100 == value:  # the very number that these two places stand for, as mostly
            return f"{cents // 100}.{cents % 100:02d}"
    if not math.isfinite(value):
        raise BadCell("not_an_amount")
    exact = Decimal(str(value))
    if abs(exact) >= AMOUNT_LIMIT:
        raise BadCell("amount_too_large")
    rounded = exact.quantize(CENT)
    # What a spreadsheet computes is off by less than a hundredth of a grosz.
    if abs(exact - rounded) >= FLOAT_NOISE:
        raise BadCell("too_many_places")
    return _within_bounds(rounded)


def _amount_of_text(bare: str) -> str:
    if bare[0] in "-−–(":
        rest = bare.strip("-−–()")
        raise BadCell("negative" if rest and _amount_of_text(rest) else "not_an_amount")
    if re.fullmatch(r"\d{1,3}\.\d{3}", bare):
        raise BadCell("thousands_or_places")
    found = _POLISH.fullmatch(bare) or _ENGLISH.fullmatch(bare)
    if found is None or not bare.isascii():
        raise BadCell("not_an_amount")
    whole, places = re.sub(r"\D", "", found[1]), (found[2] or "").rstrip("0")
    if len(places) > 2:
        raise BadCell("too_many_places")
    if len(whole.lstrip("0")) > 13:
        raise BadCell("amount_too_large")
    return _within_bounds(Decimal(f"{whole}.{places or 0}"))


def _within_bounds(found: Decimal) -> str:
    if found < 0:
        raise BadCell("negative")
    if found >= AMOUNT_LIMIT:
        raise BadCell("amount_too_large")
    return f"{abs(found):.2f}"


def day(value: Any) -> str | None:
    """A date in ISO form."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _day_of_text(" ".join(value.split()))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if math.isfinite(value) and int(value) in EXCEL_DAYS:
            return (EXCEL_EPOCH + timedelta(days=int(value))).isoformat()
        raise BadCell("not_a_date")
    raise BadCell("not_a_date")


def _day_of_text(written: str) -> str | None:
    bare = _YEAR_MARK.sub("", written)
    if not bare:
        return None
    if found := _YEAR_FIRST.fullmatch(bare):
        year, month, of_month = (int(one) for one in found.groups())
    elif found := _DAY_FIRST.fullmatch(bare):
        of_month, month, year = (int(one) for one in found.groups())
    elif found := _IN_WORDS.fullmatch(bare):
        month = _MONTHS.get(found[2].casefold(), 0)
        of_month, year = int(found[1]), int(found[3])
    else:
        raise BadCell("not_a_date")
    try:
        return date(year, month, of_month).isoformat()
    except ValueError:
        raise BadCell("no_such_day") from None


def tax_number(value: Any) -> str | None:
    """A NIP as ten digits whose check digit is right."""
    found = text(value)
    if found is None:
        return None
    bare = re.sub(r"(?i)^nip[:\s]*", "", found)
    bare = re.sub("[-\\s\u2010-\u2015]", "", bare)
    bare = re.sub(r"(?i)^pl(?=\d)", "", bare)
    if not bare.isascii() or not bare.isdigit() or len(bare) != 10:
        raise BadCell("nip_form")
    try:
        return str(nip.validate(bare))
    except ValidationError:
        raise BadCell("nip_checksum") from None
