"""What did somebody type? Amounts, numbers and days as people write them, for the ledger to judge.

A text that cannot be read is handed on as it is: the ledger says what is wrong with it.
"""

import re
from datetime import datetime
from typing import Any

_SPACES = re.compile(r"[\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}'’]")
_CURRENCY = re.compile(r"(?i)\s*(zł|pln)\.?\s*$")
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y")


def amount(text: str, lang: str) -> str:
    """`1 234,5 zł` as `1234.5`."""
    return _number(_CURRENCY.sub("", text.strip()), lang)


def _number(text: str, lang: str) -> str:
    tidy = _SPACES.sub("", text).replace("\N{MINUS SIGN}", "-")
    comma, point = tidy.rfind(","), tidy.rfind(".")
    if comma >= 0 and point >= 0:
        group = "," if comma < point else "."
        return tidy.replace(group, "").replace(",", ".")
    if comma >= 0:
        # In English a comma before three digits sets thousands apart; in Polish it never does.
        grouped = lang == "en" and re.fullmatch(r"-?\d{1,3}(,\d{3})+", tidy)
        return tidy.replace(",", "") if grouped else tidy.replace(",", ".", 1)
    return tidy


def whole(text: str) -> Any:
    """A whole number."""
    tidy = _SPACES.sub("", text)
    return int(tidy) if re.fullmatch(r"-?\d{1,18}", tidy, re.ASCII) else text


def decimal(text: str, lang: str) -> Any:
    """A number with decimals."""
    tidy = _number(text, lang)
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", tidy, re.ASCII):
        return text
    return float(tidy) if "." in tidy else int(tidy)


def day(text: str) -> str:
    """A day as `2019-05-13`."""
    for pattern in _DATES:
        try:
            return datetime.strptime(text.strip(), pattern).date().isoformat()  # noqa: DTZ007
        except ValueError:
            continue
    return text
