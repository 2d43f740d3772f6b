"""Which column is which? Header names as Polish and English tables write them, matched loosely.

Case, diacritics, punctuation, line breaks and the currency do not matter. A header means the first
field whose words it has; the order of the rules matters, as "VAT" stands in several names.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

RECOGNISABLE = 4  # so many known columns make a row a header
HEADER_ROWS = 60  # within so many rows it is looked for

# A field, the Polish and English names that people are told, and what its header must look like.
_RULES: Sequence[tuple[str, str, str, str]] = (
    ("ksef_number", "numer KSeF", "KSeF number", r"ksef"),
    ("eligible_vat", "w tym VAT", "eligible VAT",
     r"w tym (podatek |kwota )?vat|vat.*(kwalifik|eligible)|eligible.*vat|of which vat|incl.* vat"),
    ("eu_amount", "dofinansowanie", "EU amount",
     r"dofinansowani|\beu amount|co ?financ|\bfunding|wklad ue"),
    ("eligible", "wydatki kwalifikowalne", "eligible",
     r"(wydat|koszt|kwot).*kwalifikowaln|^kwalifikowaln|eligible"),
    ("accounting_number", "numer księgowy", "accounting number",
     r"(numer|nr) (ksiegow|ewidencyjn)|accounting (number|no|ref)|(numer|nr) w ewidencji"),
    ("procurement", "nr zamówienia", "procurement",
     r"(numer|nr) (zamowieni|postepowani|kontrakt)|procurement|^zamowieni"),
    ("document_number", "numer dokumentu", "document number",
     r"(numer|nr) (dokument|faktur|dowod)|(document|invoice|voucher) (number|no)\b"
     r"|^(faktura|dokument) (nr|numer)$"),
    ("issuer_nip", "NIP wystawcy", "issuer NIP",
     r"^(?!.*(nabywc|buyer|odbiorc)).*(\bnip\b|tax (id|number)|issuer (tax|vat) )"),
    ("issuer_name", "nazwa wystawcy", "issuer name",
     r"^(nazwa |dane )?(wystawc|kontrahent|dostawc|sprzedawc)"
     r"|^(issuer|supplier|vendor|seller)( name)?$|^name of (issuer|supplier|seller)"),
    ("issued_on", "data wystawienia", "issued on",
     r"data wystaw|^issued( on)?$|(issue|invoice|document) date|date (of issue|issued)"
     r"|^data (dokumentu|faktury)$"),
    ("paid_on", "data zapłaty", "paid on",
     r"dat[ay] (za|o)?pla(ty|tnosci|cenia)|^paid( on)?$|payment date|date (of payment|paid)"),
    ("description", "nazwa towaru lub usługi", "description",
     r"towar|uslug|^opis\b|description|^goods|^przedmiot"),
    ("gross", "kwota brutto", "gross", r"brutto|\bgross"),
    ("net", "kwota netto", "net", r"netto|\bnet\b"),
    ("vat", "VAT", "VAT", r"^(kwota |podatek |kwota podatku |wartosc )?vat( kwota| amount)?$"),
    ("task", "zadanie", "task", r"^(nazwa |numer |nr )?(zadani|task)"),
    ("category", "kategoria kosztów", "category", r"^(?!.*limit).*(kategori|categor)"),
    ("line", "linia budżetu", "budget line",
     r"lini[ai]|(pozycja|nr pozycji|poz) (w )?budze|budget (line|item)|^line$"),
    ("method", "metoda", "method", r"^metod|^method|sposob rozlicz"),
)  # fmt: skip
_PATTERNS = [(field, re.compile(pattern)) for field, _, _, pattern in _RULES]
NAMES: Mapping[str, tuple[str, str]] = {field: (pl, en) for field, pl, en, _ in _RULES}
FIELDS = tuple(NAMES)

# At least one of each group has to be there.
REQUIRED: Sequence[Sequence[str]] = (
    ("document_number",), ("issuer_nip", "issuer_name"), ("issued_on",), ("description",),
    ("gross",), ("net", "vat"), ("eligible",),
)  # fmt: skip


class Header(NamedTuple):
    """A header row: where each field stands, and what its column is called there."""

    row: int
    places: dict[str, int]
    titles: dict[str, str]
    twice: list[tuple[str, int, str]]

    def missing(self) -> list[str]:
        """The columns that are needed and are not there, as fields."""
        lacking = [group[0] for group in REQUIRED if not any(one in self.places for one in group)]
        if "line" not in self.places:
            lacking += [one for one in ("task", "category") if one not in self.places]
            if lacking[-2:] == ["task", "category"]:
                lacking[-2:] = ["line"]
        return lacking


def plain(written: Any) -> str:
    """A text without case, diacritics, punctuation and currency."""
    return _plain(written) if isinstance(written, str) else ""


@lru_cache(maxsize=4096)
def _plain(written: str) -> str:
    folded = written.casefold().replace("ł", "l")
    bare = unicodedata.normalize("NFKD", folded)
    bare = "".join(one for one in bare if not unicodedata.combining(one))
    words = re.findall(r"[a-z0-9]+", bare)
    return " ".join(one for one in words if one not in {"pln", "zl"})


def field_of(title: Any) -> str | None:
    """The field that a header names."""
    if not isinstance(title, str) or len(title) > 200:
        return None
    name = plain(title)
    if not name:
        return None
    return next((field for field, pattern in _PATTERNS if pattern.search(name)), None)


def header(row: int, cells: Sequence[Any]) -> Header | None:
    """The row as a header, if it is one."""
    places: dict[str, int] = {}
    titles: dict[str, str] = {}
    twice: list[tuple[str, int, str]] = []
    for place, cell in enumerate(cells):
        field = field_of(cell)
        if field is None:
            continue
        title = " ".join(cell.split())
        if field in places:
            twice.append((field, place, title))
        else:
            places[field], titles[field] = place, title
    return Header(row, places, titles, twice) if len(places) >= RECOGNISABLE else None


def letter(place: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
