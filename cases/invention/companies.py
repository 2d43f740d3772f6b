"""Who might have sent the invoices? Invented companies, each with a tax number of no real one.

Numbers of real companies never begin with a digit and two zeros; the check digit is right.
"""

from typing import NamedTuple

WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)


class Company(NamedTuple):
    """An issuer: its name, its tax number if it has one, and how it numbers its documents."""

    name: str
    nip: str | None
    pattern: str


def nip(number: int) -> str:
    """A tax number that passes the check and can belong to nobody."""
    while True:
        digits = f"900{number:06d}"
        check = sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=True)) % 11
        if check < 10:
            return digits + str(check)
        number += 500_000


PATTERNS = (
    "FV/{n}/{m:02d}/{y}",
    "FS {n}/{y}",
    "{y}/{m:02d}/FV/{n:04d}",
    "F/{n:06d}/{s}",
    "{n}/{y}",
)
NAMES = {
    "trainers": (
        "Akademia Dobrych Praktyk sp. z o.o.",
        "Centrum Szkoleń „Krok Dalej” sp. z o.o.",
        "Pracownia Rozwoju „Azymut” s.c.",
        "Instytut Współpracy Lokalnej sp. z o.o.",
        "Edukacja i Wsparcie sp.j.",
    ),
    "rooms": (
        "Ośrodek Konferencyjny „Pod Lipami” sp. z o.o.",
        "Sale i Spotkania sp. z o.o.",
        "Centrum Konferencyjne „Rotunda” sp. z o.o.",
        "Dom Spotkań „Przystań” s.c.",
    ),
    "catering": (
        "Catering „Złoty Kłos” sp. z o.o.",
        "Kuchnia Pani Zosi s.c.",
        "Smaki Pogranicza sp. z o.o.",
        "Gościniec „U Młynarza” sp.j.",
        "Bufet i Bankiet sp. z o.o.",
    ),
    "hotels": (
        "Hotel „Zielone Wzgórze” sp. z o.o.",
        "Pensjonat „Nad Wisłoką” s.c.",
        "Ośrodek „Leśny Zakątek” sp. z o.o.",
        "Hotel „Pod Orłem” sp. z o.o.",
    ),
    "experts": (
        "Kancelaria „Paragraf i Partnerzy” sp.p.",
        "Badania Społeczne „Sonda” sp. z o.o.",
        "Doradztwo Publiczne „Kompas” sp. z o.o.",
        "Analizy i Strategie sp. z o.o.",
        "Pracownia Ewaluacji „Miara” s.c.",
    ),
    "coaches": (
        "Gabinet Superwizji „Rozmowa” s.c.",
        "Coaching i Mediacje sp. z o.o.",
        "Pracownia „Dobry Kierunek” sp. z o.o.",
    ),
    "print": (
        "Drukarnia „Czcionka” sp. z o.o.",
        "Poligrafia Wschód sp. z o.o.",
        "Studio Składu „Akapit” s.c.",
    ),
    "supplies": (
        "Biuro i Papier sp. z o.o.",
        "Hurtownia „Segregator” sp. z o.o.",
        "Komputery dla Biur sp. z o.o.",
        "Systemy Informatyczne „Węzeł” sp. z o.o.",
    ),
    "fitting": ("Meble i Wnętrza sp. z o.o.", "Zakład Remontowy „Pion” s.c."),
    "languages": ("Biuro Tłumaczeń „Słowo w Słowo” s.c.",),
    "platform": ("Platformy Edukacyjne sp. z o.o.", "Studio Internetowe „Pętla” s.c."),
    "media": ("Agencja „Dobra Wiadomość” sp. z o.o.", "Radio i Słowo sp. z o.o."),
    "protection": (
        "Ochrona i Zdrowie sp. z o.o.",
        "Hurtownia Medyczna „Bandaż” sp. z o.o.",
        "Środki Czystości „Kropla” sp. z o.o.",
        "Medyk Dostawy sp. z o.o.",
    ),
    "transport": ("Przewozy „Szlak” sp. z o.o.", "Transport Jan i Synowie sp.j."),
    "laboratories": ("Laboratorium „Probówka” sp. z o.o.", "Diagnostyka Wschodnia sp. z o.o."),
}


def companies() -> dict[str, tuple[Company, ...]]:
    """All of them, by trade."""
    found, number = {}, 0
    for trade, names in NAMES.items():
        made = []
        for name in names:
            number += 1
            made.append(Company(name, nip(7_919 * number), PATTERNS[number % len(PATTERNS)]))
        found[trade] = tuple(made)
    return found
