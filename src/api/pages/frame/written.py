"""How is a value written for people? Amounts, days, times, numbers and shares in a language."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

NBSP = "\N{NO-BREAK SPACE}"
WARSAW = ZoneInfo("Europe/Warsaw")
_MARKS = {"pl": (NBSP, ","), "en": (",", ".")}
_DAYS = {"pl": ("d MMMM y", "dd.MM.y"), "en": ("d MMMM y", "d MMM y")}
_TIMES = {"pl": "d MMMM y, HH:mm", "en": "d MMMM y, HH:mm"}
_TIMES_IN_TABLES = {"pl": "dd.MM.y HH:mm:ss", "en": "d MMM y HH:mm:ss"}
NOTHING = "–"


def number(lang: str, value: Any, places: int | None = None) -> str:
    """A number with its thousands set apart; as many decimals as it has, or as are asked for."""
    if value is None or value == "":
        return NOTHING
    exact = Decimal(str(value))
    group, point = _MARKS[lang]
    text = f"{exact:,f}" if places is None else f"{exact:,.{places}f}"
    whole, _, rest = text.partition(".")
    if places is None:
        rest = rest.rstrip("0")
    sign = "\N{MINUS SIGN}" if whole.startswith("-") else ""
    return sign + whole.lstrip("-").replace(",", group) + (point + rest if rest else "")


def amount(lang: str, value: Any) -> str:
    """An amount without its currency, as in a table whose head names it: `1 234,56`."""
    return number(lang, value, 2)


def money(lang: str, value: Any, currency: str = "PLN") -> str:
    """An amount with its currency: `1 234,56 zł`."""
    if value is None or value == "":
        return NOTHING
    return f"{amount(lang, value)}{NBSP}{'zł' if currency == 'PLN' and lang == 'pl' else currency}"


def typed_amount(lang: str, value: Any) -> str:
    """An amount as one would type it; what is no amount stays as it was typed."""
    try:
        return number(lang, value, 2) if value else ""
    except InvalidOperation:
        return str(value)


def typed_day(lang: str, value: Any) -> str:
    """A day as one would type it; what is no day stays as it was typed."""
    try:
        found = date.fromisoformat(str(value)) if value else None
    except ValueError:
        return str(value)
    if found is None:
        return ""
    return found.strftime("%d.%m.%Y") if lang == "pl" else found.isoformat()


def percent(lang: str, value: Any, places: int | None = None) -> str:
    """A share that comes in per cent."""
    if value is None or value == "":
        return NOTHING
    text = number(lang, value, places)
    return f"{text}%" if lang == "en" else f"{text}{NBSP}%"


def day(lang: str, value: Any) -> str:
    """A day as people write it: `13 maja 2019`."""
    return NOTHING if not value else _date(lang, value, 0)


def short_day(lang: str, value: Any) -> str:
    """A day in a table: `13.05.2019`."""
    return NOTHING if not value else _date(lang, value, 1)


def day_or_text(lang: str, value: Any) -> str:
    """A day as in a table where the text is one, and else the text as it is."""
    try:
        return _date(lang, date.fromisoformat(str(value)), 1)
    except ValueError:
        return str(value)


def _date(lang: str, value: Any, which: int) -> str:
    found = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return format_date(found, _DAYS[lang][which], locale=lang).replace(" ", NBSP)


def time(lang: str, value: Any) -> str:
    """A moment in Polish time, to the minute."""
    return NOTHING if not value else _datetime(lang, value, _TIMES[lang])


def short_time(lang: str, value: Any) -> str:
    """A moment in a table, to the second."""
    return NOTHING if not value else _datetime(lang, value, _TIMES_IN_TABLES[lang])


def _datetime(lang: str, value: Any, pattern: str) -> str:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return format_datetime(found.astimezone(WARSAW), pattern, locale=lang).replace(" ", NBSP)


def size(lang: str, value: Any) -> str:
    """A number of bytes, to three digits."""
    left, unit = Decimal(int(value)), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if left < 1000 or unit == "GB":
            break
        left /= 1000
    places = 0 if unit == "B" or left >= 10 else 1
    return f"{number(lang, round(left, places))}{NBSP}{unit}"


FILTERS = {
    "amount": amount,
    "day": day,
    "day_or_text": day_or_text,
    "money": money,
    "number": number,
    "percent": percent,
    "short_day": short_day,
    "short_time": short_time,
    "size": size,
    "time": time,
    "typed_amount": typed_amount,
    "typed_day": typed_day,
}
