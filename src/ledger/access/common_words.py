"""Which words do people here make passwords of? Of these attackers think first.

English words, names, and the commonest passwords of the world come with the library that judges;
here is what it does not know. Letters stand without their Polish marks.
"""

_WORDS = """
haslo hasla mojehaslo tajne tajnehaslo sekret klucz logowanie zaloguj uzytkownik administrator
polska polak polacy polski ojczyzna orzel bialoczerwoni warszawa krakow lodz wroclaw poznan gdansk
szczecin bydgoszcz lublin bialystok katowice gdynia czestochowa radom torun sosnowiec kielce
rzeszow gliwice zabrze olsztyn bytom rybnik opole tychy gorzow elblag zielonagora tarnow chorzow
koszalin kalisz legnica grudziadz slupsk jaworzno przemysl krosno sanok mielec tarnobrzeg pisz
mazowsze slask podkarpacie podkarpackie malopolska malopolskie wielkopolska wielkopolskie
mazowieckie lubelskie podlaskie swietokrzyskie pomorskie zachodniopomorskie lubuskie lodzkie
dolnoslaskie opolskie slaskie kujawy kujawskopomorskie warminskomazurskie
styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien
poniedzialek wtorek sroda czwartek piatek sobota niedziela wiosna lato jesien zima wakacje urlop
wielkanoc bozenarodzenie sylwester nowyrok walentynki andrzejki swieta wigilia choinka mikolaj
anna maria katarzyna malgorzata agnieszka barbara ewa krystyna elzbieta magdalena joanna aleksandra
zofia monika teresa danuta natalia julia karolina marta beata dorota alicja iwona jolanta janina
justyna paulina jadwiga grazyna halina sylwia patrycja weronika kinga oliwia zuzanna maja hanna
piotr krzysztof andrzej tomasz jan pawel michal marcin jakub adam lukasz grzegorz mateusz
stanislaw wojciech mariusz dariusz zbigniew jerzy maciej rafal robert kamil jacek dawid ryszard
szymon kacper jaroslaw tadeusz artur marek filip antoni kuba bartek bartosz dominik sebastian
ania kasia gosia aga basia krysia ela magda asia ola zosia tomek krzysiek wojtek janek franek
nowak kowalski wisniewski wojcik kowalczyk kaminski lewandowski zielinski szymanski wozniak
dabrowski kozlowski jankowski mazur kwiatkowski krawczyk kaczmarek piotrowski grabowski
kocham kochamcie kochamciebie kochanie skarbie misiu misiek kotek kotku zabka aniolek slonko
sloneczko milosc serce serduszko buziaczek ksiezniczka ksiaze kwiatek kwiatuszek motylek tygrysek
matrix mama tata mamusia tatus babcia dziadek dzieci rodzina siostra brat corka synek zona maz
piesek pies kot kon konik ptak ryba zaba myszka niedzwiedz wilk lis sowa slon zyrafa malpa krowa
kurwa kurwamac dupa dupadupa chuj gowno cholera jebac spierdalaj pierdole
pilka pilkanozna legia wisla lech widzew ruch gornik zaglebie cracovia jagiellonia mecz bramka
samochod auto motor rower pociag samolot telefon komputer komputerek internet drukarka monitor
szkola klasa nauczyciel uczen student uczelnia uniwersytet politechnika biuro praca pracownik
urzad gmina powiat wojewodztwo starostwo marszalek wojt burmistrz prezydent rada sejm senat
projekt projekty kooperacja liderzy liderzykooperacji model partner partnerstwo umowa aneks
wniosek platnosc budzet wydatek faktura ksiegowosc ksiegowa kadry sekretariat dyrektor kierownik
koordynator specjalista animator doradca ekspert pomoc spoleczna pomocspoleczna opieka rops mops
gops pcpr mcps fundusz europejski fundusze unia unijne dotacja audyt kontrola rozliczenie
power ledger officer coordinator manager auditor
dom domek mieszkanie ulica droga miasto wies las gora gory morze jezioro rzeka plaza slonce
ksiezyc gwiazda gwiazdka niebo chmura deszcz snieg wiatr burza tecza ogien woda ziemia
czerwony zielony niebieski zolty czarny bialy szary rozowy fioletowy pomaranczowy brazowy
truskawka malina jagoda jablko gruszka sliwka banan ananas cytryna pomarancza czekolada cukierek
pierogi bigos rosol schabowy kielbasa chleb maslo ser mleko kawa herbata piwo wodka wino
dziendobry dobranoc czesc witaj witam dziekuje prosze przepraszam zycie szczescie przyjaciel
przyjazn nadzieja wiara wolnosc solidarnosc jezus maryja matkaboska bogojczyzna janpawel papiez
correcthorsebatterystaple letmein changeme welcome trustno
zaq zaqwsx qazwsx qwertz qwerty asdfgh zxcvbn qweasd poiuyt
"""
COMMON_WORDS = tuple(dict.fromkeys(_WORDS.split()))
