"""How does a test make a file to import? Spreadsheets, CSV texts and e-invoices, made by code."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

HEADER = (
    "Numer dokumentu", "Numer księgowy lub ewidencyjny", "NIP wystawcy dokumentu",
    "Data wystawienia", "Data zapłaty", "Nazwa towaru lub usługi", "Kwota dokumentu brutto",
    "Kwota dokumentu netto", "VAT", "Wydatki kwalifikowalne", "w tym VAT", "Dofinansowanie",
    "Zadanie", "Kategoria kosztów", "Linia budżetu",
)  # fmt: skip
NIP = "5265877635"
FA3 = "http://crd.gov.pl/wzor/2025/06/25/13775/"
FA2 = "http://crd.gov.pl/wzor/2023/06/29/12648/"


def row(number: str = "FV/1/2019", **changes: Any) -> list[Any]:
    """A good row of the table, with some cells changed."""
    cells: list[Any] = [
        number, "K/1", NIP, "31.12.2019", "14.01.2020", "Szkolenie", "1230,00", "1000,00",
        "230,00", "1230,00", "230,00", "1036,64", "Zadanie 1", "usługi zewnętrzne", "1.1",
    ]  # fmt: skip
    for name, value in changes.items():
        cells[COLUMNS[name]] = value
    return cells


COLUMNS = {
    name: place
    for place, name in enumerate(
        ("number", "accounting", "nip", "issued", "paid", "what", "gross", "net", "vat",
         "eligible", "eligible_vat", "eu", "task", "category", "line")
    )
}  # fmt: skip


def xlsx(*sheets: Sequence[Sequence[Any]], names: Sequence[str] = ("Arkusz1", "Arkusz2")) -> bytes:
    """A workbook with these sheets of rows."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for name, rows in zip(names, sheets, strict=False):
            sheet = book.add_worksheet(name)
            for place, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, date | datetime):
                        sheet.write_datetime(place, column, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(place, column, value)
                    elif value is not None:
                        sheet.write(place, column, value)
    return made.getvalue()


def csv(*rows: Sequence[str], sign: str = ";", encoding: str = "utf-8") -> bytes:
    """A CSV text of these rows, each cell in quotation marks."""
    quoted = ([f'"{cell}"' for cell in cells] for cells in rows)
    return "\r\n".join(sign.join(cells) for cells in quoted).encode(encoding)


def invoice(
    number: str = "FV/7/2025",
    *,
    kind: str = "VAT",
    net: str = "1000.00",
    vat: str = "230.00",
    gross: str = "1230.00",
    issued: str = "2025-09-01",
    seller: str = NIP,
    namespace: str = FA3,
    currency: str = "PLN",
    more: str = "",
    corrects: str | None = None,
) -> bytes:
    """An e-invoice; `corrects` makes it a correction of that number, its amounts differences."""
    form = "FA (3)" if namespace == FA3 else "FA (2)"
    if corrects is not None:
        kind = "KOR" if kind == "VAT" else kind
        more += (
            f"<DaneFaKorygowanej><NrFaKorygowanej>{corrects}</NrFaKorygowanej></DaneFaKorygowanej>"
        )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="{namespace}">
  <Naglowek><KodFormularza kodSystemowy="{form}" wersjaSchemy="1-0E">FA</KodFormularza></Naglowek>
  <Podmiot1><DaneIdentyfikacyjne><NIP>{seller}</NIP><Nazwa>Szkoła Biznesu</Nazwa>
  </DaneIdentyfikacyjne></Podmiot1>
  <Podmiot2><DaneIdentyfikacyjne><NIP>8133315014</NIP><Nazwa>Województwo</Nazwa>
  </DaneIdentyfikacyjne></Podmiot2>
  <Podmiot3><DaneIdentyfikacyjne><Nazwa>ROPS w Rzeszowie</Nazwa></DaneIdentyfikacyjne>
    <Rola>8</Rola></Podmiot3>
  <Fa><KodWaluty>{currency}</KodWaluty><P_1>{issued}</P_1><P_2>{number}</P_2>
    <P_13_1>{net}</P_13_1><P_14_1>{vat}</P_14_1><P_15>{gross}</P_15>
    <RodzajFaktury>{kind}</RodzajFaktury>{more}
    <FaWiersz><P_7>Szkolenie animatorów</P_7></FaWiersz>
    <Platnosc><Zaplacono>1</Zaplacono><DataZaplaty>2025-09-10</DataZaplaty></Platnosc></Fa>
</Faktura>""".encode()


def archive(**files: bytes) -> bytes:
    """A ZIP of these files; `__` in a name stands for a dot."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "."), content)
    return made.getvalue()
