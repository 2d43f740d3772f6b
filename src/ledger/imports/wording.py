"""How is a problem of a file said? Every sentence in Polish and in English, under one name."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

Lang = Literal["pl", "en"]
LANGS: tuple[Lang, ...] = ("pl", "en")

_SENTENCES: Mapping[str, tuple[str, str]] = {
    # what looks like personal data
    "looks_personal": (
        "wygląda na {what}: tekst jest zapisywany jawnie i nie da się go usunąć",
        "looks like {what}: a text is recorded openly and cannot be erased",
    ),
    "a PESEL number": ("numer PESEL", "a PESEL number"),
    "an e-mail address": ("adres e-mail", "an e-mail address"),
    "a telephone number": ("numer telefonu", "a telephone number"),
    # the file as a whole
    "empty_file": ("plik jest pusty", "the file is empty"),
    "unknown_format": (
        "to nie jest plik XLSX, CSV, XML (KSeF) ani ZIP",
        "this is no XLSX, CSV, XML (KSeF) or ZIP file",
    ),
    "old_format": (
        "starszy lub inny format arkusza: proszę zapisać plik jako XLSX",
        "an older or another format of spreadsheets: please save the file as XLSX",
    ),
    "broken_workbook": (
        "arkusz jest uszkodzony i nie daje się odczytać",
        "the workbook is broken and cannot be read",
    ),
    "locked_workbook": (
        "arkusz jest zabezpieczony hasłem", "the workbook is protected by a password",
    ),
    "too_large_sheet": (
        "arkusz „{sheet}” jest zbyt rozległy: najwyżej {rows} wierszy i {cells} komórek",
        "the sheet “{sheet}” is too large: at most {rows} rows and {cells} cells",
    ),
    "too_many_sheets": (
        "skoroszyt ma więcej niż {limit} arkuszy", "the workbook has more than {limit} sheets",
    ),
    "unknown_encoding": (
        "tekst nie jest zapisany w UTF-8 ani w Windows-1250",
        "the text is neither in UTF-8 nor in Windows-1250",
    ),
    "broken_text": ("tekst CSV nie daje się odczytać", "the CSV text cannot be read"),
    "broken_archive": (
        "archiwum ZIP jest uszkodzone", "the ZIP archive is broken",
    ),
    "too_many_entries": (
        "archiwum ZIP zawiera więcej niż {limit} plików",
        "the ZIP archive holds more than {limit} files",
    ),
    "too_large_archive": (
        "zawartość archiwum ZIP jest zbyt duża", "what the ZIP archive holds is too large",
    ),
    "suspicious_archive": (
        "archiwum ZIP jest podejrzanie mocno skompresowane",
        "the ZIP archive is compressed suspiciously well",
    ),
    "nested_archive": (
        "archiwum w archiwum nie jest przyjmowane", "an archive within the archive is not taken",
    ),
    "encrypted_archive": (
        "archiwum ZIP jest zaszyfrowane", "the ZIP archive is encrypted",
    ),
    "no_invoices": ("archiwum nie zawiera faktur (XML)", "the archive holds no invoices (XML)"),
    "not_an_invoice": (
        "w archiwum stoi plik, który nie jest fakturą XML",
        "the archive holds a file that is no XML invoice",
    ),
    # the table
    "no_header": (
        "nie znaleziono wiersza nagłówka; oczekiwane kolumny: {columns}",
        "no header row was found; expected columns: {columns}",
    ),
    "missing_column": ("brakuje kolumny „{column}”", "the column “{column}” is missing"),
    "column_twice": (
        "kolumna „{column}” występuje dwa razy", "the column “{column}” stands there twice",
    ),
    "no_rows": ("pod nagłówkiem nie ma żadnego dokumentu", "there is no document below the header"),
    "required": ("wartość jest wymagana", "a value is required"),
    "too_long": ("tekst jest zbyt długi", "the text is too long"),
    "longer_than": (
        "tekst jest zbyt długi: najwyżej {limit} znaków",
        "the text has more than {limit} characters",
    ),
    "control_character": (
        "tekst zawiera niedozwolony znak", "the text holds a character that is not allowed",
    ),
    "not_a_number": ("to nie jest liczba", "this is not a number"),
    "not_an_amount": (
        "to nie jest kwota; oczekiwana na przykład 1 234,56",
        "this is not an amount such as 1 234,56",
    ),
    "thousands_or_places": (
        "nie wiadomo, czy kropka oddziela tysiące, czy grosze; proszę napisać na przykład 1234,00",
        "the dot may separate thousands or decimals; please write for instance 1234,00",
    ),
    "too_many_places": (
        "kwota ma więcej niż dwa miejsca po przecinku",
        "the amount has more than two decimal places",
    ),
    "negative": ("kwota nie może być ujemna", "an amount must not be negative"),
    "amount_too_large": ("kwota jest zbyt duża", "the amount is too large"),
    "not_a_date": (
        "to nie jest data; oczekiwana na przykład 31.12.2019",
        "this is not a date such as 31.12.2019 or 2019-12-31",
    ),
    "no_such_day": ("nie ma takiego dnia w kalendarzu", "there is no such day in the calendar"),
    "in_the_future": ("data jest z przyszłości", "the date is in the future"),
    "nip_form": ("NIP składa się z dziesięciu cyfr", "a NIP consists of ten digits"),
    "nip_checksum": (
        "błędna cyfra kontrolna numeru NIP", "the check digit of the NIP is wrong",
    ),
    "issuer_required": (
        "wymagany jest NIP lub nazwa wystawcy", "the issuer's NIP or name is required",
    ),
    "amounts_differ": (
        "brutto powinno równać się netto + VAT = {sum} (± 0,02)",
        "gross should be net + VAT = {sum} (± 0.02)",
    ),
    "net_above_gross": (
        "netto jest większe niż brutto ({gross})", "net is more than gross ({gross})",
    ),
    "vat_above_gross": (
        "VAT jest większy niż brutto ({gross})", "VAT is more than gross ({gross})",
    ),
    "eligible_above_gross": (
        "wydatki kwalifikowalne dokumentu ({charged}) przekraczają kwotę brutto ({gross})",
        "the document's eligible amounts ({charged}) exceed its gross amount ({gross})",
    ),
    "vat_above_vat": (
        "kwalifikowalny VAT przekracza VAT dokumentu ({vat})",
        "the eligible VAT exceeds the document's VAT ({vat})",
    ),
    "above_eligible": (
        "kwota przekracza wydatki kwalifikowalne ({eligible})",
        "the amount exceeds the eligible amount ({eligible})",
    ),
    "above_gross": (
        "kwota przekracza brutto dokumentu ({gross})",
        "the amount exceeds the document's gross amount ({gross})",
    ),
    "above_its_eligible": (
        "kwota przekracza wydatki kwalifikowalne", "the amount exceeds the eligible amount",
    ),
    "unknown_line": (
        "w budżecie projektu nie ma takiej linii", "the project's budget has no such line",
    ),
    "ambiguous_line": (
        "pasuje kilka linii budżetu: {lines}", "several lines of the budget match: {lines}",
    ),
    "no_line_for": (
        "w budżecie nie ma linii dla zadania „{task}” i kategorii „{category}”",
        "the budget has no line for the task “{task}” and the category “{category}”",
    ),
    "several_lines_for": (
        "dla tego zadania i kategorii jest kilka linii budżetu ({lines}): proszę podać linię",
        "this task and category have several lines ({lines}): please name the line",
    ),
    "line_required": (
        "wymagana jest linia budżetu albo zadanie i kategoria",
        "the budget line is required, or task and category",
    ),
    "unknown_method": (
        "nieznana metoda; dozwolone: {allowed}", "an unknown method; allowed are: {allowed}",
    ),
    "ksef_number": (
        "to nie jest numer KSeF (zła postać lub cyfra kontrolna)",
        "this is no KSeF number (its form or check digit is wrong)",
    ),
    "ksef_number_of_another": (
        "numer KSeF ma inny NIP niż sprzedawca ({nip})",
        "the KSeF number has another NIP than the seller ({nip})",
    ),
    "differs_from_row": (
        "ten sam dokument ma w wierszu {row} inną wartość: {other}",
        "the same document has another value in row {row}: {other}",
    ),
    "row_twice": (
        "wiersz powtarza koszt z wiersza {row}", "the row repeats the charge of row {row}",
    ),
    "totals_differ": (
        "suma w pliku nie zgadza się z wierszami: razem jest {sum}",
        "the total does not agree with the rows, which come to {sum}",
    ),
    # invoices
    "xml_too_large": ("plik XML jest zbyt duży", "the XML file is too large"),
    "xml_broken": ("plik XML jest niepoprawny", "the XML is not well formed"),
    "xml_dtd": (
        "plik XML zawiera DTD lub encje, co jest niedozwolone",
        "the XML holds a DTD or entities, which is not allowed",
    ),
    "other_schema": (
        "to nie jest faktura KSeF FA(2) ani FA(3)", "this is no KSeF invoice FA(2) or FA(3)",
    ),
    "element_missing": ("brakuje elementu {name}", "the element {name} is missing"),
    "element_wrong": ("błędna wartość elementu", "the element's value is wrong"),
    "foreign_currency": (
        "faktura jest w walucie {currency}; importowane są tylko faktury w PLN, taki dokument"
        " proszę zapisać ręcznie według kursu księgowego",
        "the invoice is in {currency}; only invoices in PLN are imported, please record this one"
        " by hand at the accounting rate",
    ),
    "negative_invoice": (
        "faktura, która nie jest korektą, ma kwotę ujemną",
        "an invoice that is no correction has a negative amount",
    ),
    "invoice_twice": (
        "ta sama faktura jest też w pliku {other}", "the same invoice is also in the file {other}",
    ),
    "import_needs_line": (
        "faktura nie ma linii budżetu: proszę ją podać (line)",
        "an invoice has no budget line: please name one (line)",
    ),
    "several_originals": (
        "korekta dotyczy kilku faktur naraz; proszę zapisać ją ręcznie",
        "the correction concerns several invoices at once; please record it by hand",
    ),
    "original_unknown": (
        "faktura korygowana {number} nie jest zapisana w księdze ani w tym imporcie",
        "the corrected invoice {number} is neither in the ledger nor in this import",
    ),
    "corrected_below_zero": (
        "po korekcie kwota byłaby ujemna ({amount})",
        "after the correction the amount would be negative ({amount})",
    ),
    # the ledger
    "recorded_otherwise": (
        "dokument jest już zapisany z inną treścią: {differences}",
        "the document is recorded already with other content: {differences}",
    ),
    "recorded_elsewhere": (
        "dokument jest już zapisany w księdze", "the document is recorded already",
    ),
    "difference": ("{field}: zapisano {recorded}, w pliku {told}",
                   "{field}: recorded {recorded}, in the file {told}"),
    "charges": ("koszty", "charges"),
    "nothing": ("brak", "nothing"),
    "exceeds_document": (
        "koszty przekroczyłyby kwotę brutto dokumentu ({gross}) w dniu {on}: byłoby {charged}",
        "the charges would exceed the document's gross amount ({gross}) on {on}: {charged}",
    ),
    "document_recorded": (
        "dokument {document_number} tego wystawcy jest już zapisany",
        "the document {document_number} of this issuer is recorded already",
    ),
    "project_closed": (
        "projekt {code} zamknięto {closed_on}: nowych wydatków się nie zapisuje",
        "the project {code} was closed on {closed_on}: no new expenditures are recorded",
    ),
    "not_true_yet": (
        "dotyczy faktu obowiązującego od {since}, nie może więc zmieniać go od {on}",
        "what this would change is true from {since} on only: it cannot change on {on}",
    ),
    "charge_settled": (
        "koszt jest w zatwierdzonym wniosku o płatność {number}: wymaga korekty finansowej",
        "the charge stands in the approved claim {number}: it needs a financial correction",
    ),
    "corrected_before": (
        "korekta {document_number} jest już zapisana",
        "the correction {document_number} is recorded already",
    ),
    "refused": ("księga odmówiła zapisu: {why}", "the ledger refused it: {why}"),
    "invalid": ("wartość nie do przyjęcia: {why}", "the value is not accepted: {why}"),
    # what people read beside the problems
    "reason": ("Import: {name}", "Import: {name}"),
    "of_row": (", wiersz {rows}", ", row {rows}"),
    "of_rows": (", wiersze {rows}", ", rows {rows}"),
    "correcting": ("Faktura korygująca {number}", "Correcting invoice {number}"),
    "buyer": ("; nabywca NIP {nip}", "; buyer NIP {nip}"),
    "sub_unit": (", jednostka podrzędna: {name}", ", sub-unit: {name}"),
    "invoice": ("Faktura {number}", "Invoice {number}"),
}  # fmt: skip


# The facts that are amounts, which people read with their own marks.
_AMOUNTS = frozenset({"sum", "gross", "charged", "vat", "eligible", "amount"})


def say(lang: Lang, key: str, **facts: Any) -> str:
    """The sentence of that name, with its facts."""
    for name in _AMOUNTS & facts.keys():
        facts[name] = amount(lang, facts[name])
    return _SENTENCES[key][0 if lang == "pl" else 1].format(**facts)


def amount(lang: Lang, value: Any) -> str:
    """An amount as it is written in that language: 1 230,00 or 1,230.00."""
    written = f"{Decimal(value):,.2f}"
    return written.replace(",", "\u00a0").replace(".", ",") if lang == "pl" else written


def known(key: str) -> bool:
    """Whether there is a sentence of that name."""
    return key in _SENTENCES
