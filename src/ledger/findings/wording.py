"""How are amounts, shares and days written in Polish and in English?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from msgspec import Struct

SPACE = "\u00a0"  # an amount is not torn apart at the end of a line
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


class Text(Struct, frozen=True):
    """The same sentence in both languages."""

    pl: str
    en: str

    def of(self, lang: str) -> str:
        """The sentence in that language."""
        return self.en if lang == "en" else self.pl


class Percent(Struct, frozen=True):
    """A share in percent."""

    value: Decimal


class Euro(Struct, frozen=True):
    """An amount in euro; a bare Decimal is one in złoty."""

    value: Decimal


class Number(Struct, frozen=True):
    """A number that is no amount of money."""

    value: Decimal


Value = Decimal | date | str | Text | Percent | Euro | Number


def worded(value: Value, lang: str) -> str:
    """A value as people of that language write it."""
    match value:
        case Text():
            return value.of(lang)
        case Percent():
            return f"{_digits(_short(value.value), lang)}%"
        case Number():
            return _digits(_short(value.value), lang)
        case Euro():
            amount = _digits(f"{value.value:.2f}", lang)
            return f"EUR{SPACE}{amount}" if lang == "en" else f"{amount}{SPACE}EUR"
        case Decimal():
            amount = _digits(f"{value:.2f}", lang)
            return f"PLN{SPACE}{amount}" if lang == "en" else f"{amount}{SPACE}zł"
        case date():
            return _day(value, lang)
        case str():
            return value


def sentence(template: Text, says: Mapping[str, Value], lang: str) -> str:
    """The template with its values in that language."""
    return template.of(lang).format_map({name: worded(one, lang) for name, one in says.items()})


def phrase(pl: str, en: str, /, **says: Value) -> Text:
    """A part of a sentence, with its values, in both languages."""
    template = Text(pl, en)
    return Text(sentence(template, says, "pl"), sentence(template, says, "en"))


def either(parts: list[Text]) -> Text:
    """Alternatives, one after the other."""
    return Text(
        " albo ".join(one.pl for one in parts),
        " or ".join(one.en for one in parts),
    )


def _short(value: Decimal) -> str:
    """At most two places, and none that say nothing."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def _digits(plain: str, lang: str) -> str:
    whole, _, places = plain.partition(".")
    grouped = f"{int(whole):,}"
    sign = "-" if plain.startswith("-") and not grouped.startswith("-") else ""
    if lang == "en":
        return f"{sign}{grouped}.{places}" if places else f"{sign}{grouped}"
    grouped = grouped.replace(",", SPACE)
    return f"{sign}{grouped},{places}" if places else f"{sign}{grouped}"


def _day(value: date, lang: str) -> str:
    if lang == "en":
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return value.strftime("%d.%m.%Y")
