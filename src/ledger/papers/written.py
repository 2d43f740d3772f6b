"""How are amounts and days written in a language? As people there write them, for the eye."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Literal

Lang = Literal["pl", "en"]
LANGS: tuple[Lang, ...] = ("pl", "en")
NBSP = "\u00a0"


def amount(value: Decimal | None, lang: Lang) -> str:
    """1 234,56 or 1,234.56; what is not known is a dash."""
    if value is None:
        return "–"
    text = f"{abs(value):,.2f}"
    if lang == "pl":
        text = text.replace(",", NBSP).replace(".", ",")
    return f"−{text}" if value < 0 else text


def day(value: date | None, lang: Lang) -> str:
    """13.05.2019, or 2019-05-13 for those who would take it for a month."""
    if value is None:
        return "–"
    return f"{value:%d.%m.%Y}" if lang == "pl" else value.isoformat()


_NO_ACCENT = str.maketrans("łŁøØđĐ", "lLoOdD")


def file_name(*parts: str | int, suffix: str) -> str:
    """A name that every system takes: letters and digits of ASCII, and dashes."""
    text = "-".join(str(part) for part in parts).translate(_NO_ACCENT)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:120] + suffix
