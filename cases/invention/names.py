"""Which places and names does the invented history use? Real communes, made-up people and bodies.

The communes, counties and TERYT numbers are those of the register of territorial units (TERC);
everything that is said to have happened in them is invented. "Where" is the Polish locative.
"""

from typing import NamedTuple


class County(NamedTuple):
    """A county, where its seat is, and whether its police command is a municipal one."""

    adjective: str
    name: str
    where: str
    teryt: str
    municipal_police: bool = False


class Commune(NamedTuple):
    """A commune of a county, with where it is."""

    name: str
    where: str
    teryt: str
    county: County


class Region(NamedTuple):
    """A voivodeship of the project, its partner, and where its bodies have their seat."""

    slug: str
    voivodeship: str
    of: str
    partner: str
    office: str
    where: str
    where_courts: str
    counties: tuple[County, County]


RZESZOWSKI = County("rzeszowski", "Powiat Rzeszowski", "w Rzeszowie", "1816", True)
STRZYZOWSKI = County("strzyżowski", "Powiat Strzyżowski", "w Strzyżowie", "1819")
LUBELSKI = County("lubelski", "Powiat Lubelski", "w Lublinie", "0609", True)
PULAWSKI = County("puławski", "Powiat Puławski", "w Puławach", "0614")
LOMZYNSKI = County("łomżyński", "Powiat Łomżyński", "w Łomży", "2007", True)
BIELSKI = County("bielski", "Powiat Bielski", "w Bielsku Podlaskim", "2003")
KIELECKI = County("kielecki", "Powiat Kielecki", "w Kielcach", "2604", True)
JEDRZEJOWSKI = County("jędrzejowski", "Powiat Jędrzejowski", "w Jędrzejowie", "2602")
RADOMSKI = County("radomski", "Powiat Radomski", "w Radomiu", "1425", True)
PLONSKI = County("płoński", "Powiat Płoński", "w Płońsku", "1420")

REGIONS = (
    Region(
        "pk",
        "podkarpackie",
        "podkarpackiego",
        "@rops-rzeszow",
        "Podkarpackiego",
        "w Rzeszowie",
        "w Rzeszowie",
        (RZESZOWSKI, STRZYZOWSKI),
    ),
    Region(
        "lu",
        "lubelskie",
        "lubelskiego",
        "@rops-lublin",
        "Lubelskiego",
        "w Lublinie",
        "w Lublinie",
        (LUBELSKI, PULAWSKI),
    ),
    Region(
        "pd",
        "podlaskie",
        "podlaskiego",
        "@rops-bialystok",
        "Podlaskiego",
        "w Białymstoku",
        "w Białymstoku",
        (LOMZYNSKI, BIELSKI),
    ),
    Region(
        "sk",
        "świętokrzyskie",
        "świętokrzyskiego",
        "@rops-kielce",
        "Świętokrzyskiego",
        "w Kielcach",
        "w Kielcach",
        (KIELECKI, JEDRZEJOWSKI),
    ),
    Region(
        "mz",
        "mazowieckie",
        "mazowieckiego",
        "@mcps-warszawa",
        "Mazowieckiego",
        "w Warszawie",
        "w Radomiu",
        (RADOMSKI, PLONSKI),
    ),
)

COMMUNES = (
    Commune("Krasne", "w Krasnem", "1816092", RZESZOWSKI),
    Commune("Świlcza", "w Świlczy", "1816122", RZESZOWSKI),
    Commune("Lubenia", "w Lubeni", "1816102", RZESZOWSKI),
    Commune("Wiśniowa", "w Wiśniowej", "1819052", STRZYZOWSKI),
    Commune("Niebylec", "w Niebylcu", "1819032", STRZYZOWSKI),
    Commune("Frysztak", "we Frysztaku", "1819022", STRZYZOWSKI),
    Commune("Niemce", "w Niemcach", "0609112", LUBELSKI),
    Commune("Jastków", "w Jastkowie", "0609072", LUBELSKI),
    Commune("Garbów", "w Garbowie", "0609042", LUBELSKI),
    Commune("Kurów", "w Kurowie", "0614062", PULAWSKI),
    Commune("Wąwolnica", "w Wąwolnicy", "0614102", PULAWSKI),
    Commune("Żyrzyn", "w Żyrzynie", "0614112", PULAWSKI),
    Commune("Wizna", "w Wiźnie", "2007082", LOMZYNSKI),
    Commune("Piątnica", "w Piątnicy", "2007052", LOMZYNSKI),
    Commune("Śniadowo", "w Śniadowie", "2007072", LOMZYNSKI),
    Commune("Orla", "w Orli", "2003062", BIELSKI),
    Commune("Wyszki", "w Wyszkach", "2003082", BIELSKI),
    Commune("Boćki", "w Boćkach", "2003042", BIELSKI),
    Commune("Masłów", "w Masłowie", "2604092", KIELECKI),
    Commune("Górno", "w Górnie", "2604062", KIELECKI),
    Commune("Bieliny", "w Bielinach", "2604012", KIELECKI),
    Commune("Imielno", "w Imielnie", "2602012", JEDRZEJOWSKI),
    Commune("Oksa", "w Oksie", "2602052", JEDRZEJOWSKI),
    Commune("Sobków", "w Sobkowie", "2602082", JEDRZEJOWSKI),
    Commune("Wolanów", "w Wolanowie", "1425122", RADOMSKI),
    Commune("Kowala", "w Kowali", "1425072", RADOMSKI),
    Commune("Zakrzew", "w Zakrzewie", "1425132", RADOMSKI),
    Commune("Naruszewo", "w Naruszewie", "1420072", PLONSKI),
    Commune("Załuski", "w Załuskach", "1420122", PLONSKI),
    Commune("Joniec", "w Jońcu", "1420062", PLONSKI),
)

# Communes that were scored and not chosen; one a region, none in świętokrzyskie.
UNCHOSEN = (
    Commune("Chmielnik", "w Chmielniku", "1816042", RZESZOWSKI),
    Commune("Końskowola", "w Końskowoli", "0614052", PULAWSKI),
    Commune(
        "Zawady",
        "w Zawadach",
        "2002152",
        County("białostocki", "Powiat Białostocki", "w Białymstoku", "2002"),
    ),
    Commune("Gózd", "w Goździe", "1425022", RADOMSKI),
)

PISKI = County("piski", "Powiat Piski", "w Piszu", "2816")
OSTRODZKI = County("ostródzki", "Powiat Ostródzki", "w Ostródzie", "2815")
KETRZYNSKI = County("kętrzyński", "Powiat Kętrzyński", "w Kętrzynie", "2808")
NAKIELSKI = County("nakielski", "Powiat Nakielski", "w Nakle nad Notecią", "0410")
SWIECKI = County("świecki", "Powiat Świecki", "w Świeciu", "0414")

# Urban-rural communes: those of the second project that are on record already, and further ones.
WARMIA = (
    Commune("Pisz", "w Piszu", "2816033", PISKI),
    Commune("Morąg", "w Morągu", "2815083", OSTRODZKI),
    Commune("Miłomłyn", "w Miłomłynie", "2815073", OSTRODZKI),
    Commune("Korsze", "w Korszach", "2808043", KETRZYNSKI),
    Commune("Reszel", "w Reszlu", "2808053", KETRZYNSKI),
)
KUJAWY = (
    Commune("Kcynia", "w Kcyni", "0410013", NAKIELSKI),
    Commune("Szubin", "w Szubinie", "0410053", NAKIELSKI),
    Commune("Mrocza", "w Mroczy", "0410023", NAKIELSKI),
    Commune("Nowe", "w Nowem", "0414063", SWIECKI),
)

WOMEN = (
    "Anna",
    "Barbara",
    "Katarzyna",
    "Małgorzata",
    "Agnieszka",
    "Krystyna",
    "Ewa",
    "Elżbieta",
    "Zofia",
    "Teresa",
    "Magdalena",
    "Joanna",
    "Monika",
    "Danuta",
    "Aleksandra",
    "Marta",
    "Iwona",
    "Beata",
    "Dorota",
    "Renata",
    "Jolanta",
    "Urszula",
    "Halina",
    "Natalia",
    "Justyna",
    "Sylwia",
    "Edyta",
    "Paulina",
    "Karolina",
    "Bożena",
)
MEN = (
    "Andrzej",
    "Piotr",
    "Krzysztof",
    "Tomasz",
    "Marek",
    "Grzegorz",
    "Adam",
    "Paweł",
    "Michał",
    "Marcin",
    "Jacek",
    "Rafał",
    "Wojciech",
    "Łukasz",
    "Zbigniew",
    "Mariusz",
)
# Surnames of men and of women.
PAIRS = """
Kowalski/Kowalska Wiśniewski/Wiśniewska Kamiński/Kamińska Lewandowski/Lewandowska
Zieliński/Zielińska Szymański/Szymańska Dąbrowski/Dąbrowska Kozłowski/Kozłowska
Jankowski/Jankowska Kwiatkowski/Kwiatkowska Piotrowski/Piotrowska Grabowski/Grabowska
Pawłowski/Pawłowska Nowicki/Nowicka Wieczorek/Wieczorek Jabłoński/Jabłońska
Majewski/Majewska Olszewski/Olszewska Stępień/Stępień Malinowski/Malinowska
Górski/Górska Rutkowski/Rutkowska Sikora/Sikora Baran/Baran Szewczyk/Szewczyk
Ostrowski/Ostrowska Tomaszewski/Tomaszewska Pietrzak/Pietrzak Zalewski/Zalewska
Wróblewski/Wróblewska Marciniak/Marciniak Jasiński/Jasińska Sadowski/Sadowska
Bąk/Bąk Zawadzki/Zawadzka Duda/Duda Chmielewski/Chmielewska Borkowski/Borkowska
Czarnecki/Czarnecka Sokołowski/Sokołowska Maciejewski/Maciejewska Kubiak/Kubiak
"""
SURNAMES = tuple(pair.split("/") for pair in PAIRS.split())
