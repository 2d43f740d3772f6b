"""How are the quantities and conclusions of a sample called, in Polish and in English?"""

from typing import Literal

Lang = Literal["pl", "en"]

STEPS: dict[str, tuple[str, str]] = {
    "tolerable_error": ("Błąd dopuszczalny", "Tolerable error"),
    "anticipated_error": ("Błąd przewidywany", "Anticipated error"),
    "weighted_variance": ("Ważona wariancja warstw", "Weighted variance of the strata"),
    "sample_size": ("Liczebność próby", "Sample size"),
    "stratum_size": ("Liczebność próby w warstwie", "Sample size of the stratum"),
    "projected_stratum": ("Błąd ekstrapolowany w warstwie", "Projected error of the stratum"),
    "projected_error": ("Błąd ekstrapolowany", "Projected error"),
    "deviation": ("Odchylenie standardowe", "Standard deviation"),
    "deviation_of_rates": (
        "Odchylenie standardowe poziomów błędu",
        "Standard deviation of the error rates",
    ),
    "interval": ("Interwał losowania", "Sampling interval"),
    "basic_precision": ("Precyzja podstawowa", "Basic precision"),
    "allowance": ("Przyrost z tytułu błędu nr", "Incremental allowance of error no."),
    "precision": ("Precyzja", "Precision"),
    "total_error": (
        "Całkowity błąd (z błędami systemowymi Es i anomalnymi Ea)",
        "Total error (with systemic errors Es and anomalous ones Ea)",
    ),
    "upper_limit": ("Górna granica błędu", "Upper limit of the error"),
    "corrected_book_value": ("Skorygowana wartość księgowa", "Corrected book value"),
    "lower_limit": ("Dolna granica wartości", "Lower limit of the value"),
    "least_value": ("Najniższa dopuszczalna wartość", "Least tolerable value"),
    "remaining": ("Wydatki po wyłączeniach", "Expenditure after deductions"),
    "at_risk": ("Kwota zagrożona", "Amount at risk"),
    "accepted": ("Wydatki po korektach", "Expenditure after corrections"),
    "residual_error": ("Błąd rezydualny", "Residual error"),
    "residual_rate": ("Rezydualny poziom błędu", "Residual error rate"),
    "correction": ("Wymagana korekta ekstrapolowana", "Extrapolated correction needed"),
}

METHODS: dict[str, tuple[str, str]] = {
    "simple_mean": (
        "losowanie proste, estymacja średniej na jednostkę",
        "simple random sampling, mean-per-unit estimation",
    ),
    "simple_ratio": (
        "losowanie proste, estymacja ilorazowa",
        "simple random sampling, ratio estimation",
    ),
    "stratified_mean": (
        "losowanie warstwowe, estymacja średniej na jednostkę",
        "stratified random sampling, mean-per-unit estimation",
    ),
    "stratified_ratio": (
        "losowanie warstwowe, estymacja ilorazowa",
        "stratified random sampling, ratio estimation",
    ),
    "difference": ("estymacja różnicowa", "difference estimation"),
    "mus": ("metoda jednostki monetarnej (MUS)", "monetary unit sampling (MUS)"),
    "mus_stratified": (
        "warstwowa metoda jednostki monetarnej (MUS)",
        "stratified monetary unit sampling (MUS)",
    ),
    "mus_conservative": (
        "metoda jednostki monetarnej (MUS), podejście konserwatywne",
        "monetary unit sampling (MUS), conservative approach",
    ),
    "non_statistical": (
        "dobór niestatystyczny, estymacja ilorazowa",
        "non-statistical sampling, ratio estimation",
    ),
}

CONCLUSIONS: dict[str, tuple[str, str]] = {
    "material": (
        "Całkowity błąd przekracza błąd dopuszczalny: wydatki są istotnie nieprawidłowe.",
        "The total error exceeds the tolerable error: the expenditure is materially misstated.",
    ),
    "not_material": (
        "Górna granica błędu jest niższa od błędu dopuszczalnego:"
        " wydatki nie są istotnie nieprawidłowe.",
        "The upper limit of the error is below the tolerable error:"
        " the expenditure is not materially misstated.",
    ),
    "inconclusive": (
        "Całkowity błąd nie przekracza błędu dopuszczalnego, ale jego górna granica nie jest"
        " od niego niższa: wyniki nie rozstrzygają, potrzebne są dalsze badania.",
        "The total error does not exceed the tolerable error, but its upper limit is not below"
        " it: the results are inconclusive, further work is needed.",
    ),
}

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Ocena próby", "Evaluation of a sample"),
    "method": ("Metoda", "Method"),
    "confidence": ("Poziom ufności", "Confidence level"),
    "population": ("Populacja", "Population"),
    "charges": ("obciążenia", "charges"),
    "claims": ("wnioski o płatność", "payment claims"),
    "checkpoint": ("Stan dziennika", "Checkpoint of the log"),
    "root": ("korzeń", "root"),
    "seed": ("Ziarno losowania", "Seed"),
    "drawn": ("Liczba jednostek w próbie", "Units in the sample"),
    "in_full": ("w tym badane w całości", "of these audited in full"),
    "reckoning": ("Obliczenie", "Reckoning"),
    "residual": ("Rezydualny poziom błędu", "Residual error rate"),
    "conclusion": ("Wniosek", "Conclusion"),
    "above": (
        "Rezydualny poziom błędu przekracza próg istotności; wymagana jest korekta.",
        "The residual error rate exceeds the materiality; a correction is needed.",
    ),
    "below": (
        "Rezydualny poziom błędu nie przekracza progu istotności.",
        "The residual error rate does not exceed the materiality.",
    ),
    "not_statistical": (
        "Próba nie jest statystyczna (art. 79 ust. 2 rozporządzenia 2021/1060): nie ma precyzji"
        " ani górnej granicy błędu, oceniany jest sam błąd ekstrapolowany.",
        "The sample is not statistical (art. 79(2) of Regulation 2021/1060): it has no precision"
        " and no upper limit, the projected error alone is judged.",
    ),
    "better": (
        "Całkowity błąd nie przekracza błędu dopuszczalnego:"
        " nie stwierdzono istotnych nieprawidłowości.",
        "The total error does not exceed the tolerable error: no material misstatement was found.",
    ),
    "indication": (
        "To tylko wskazówka, gdzie warto zajrzeć: odchylenie nie dowodzi nieprawidłowości,"
        " a jego brak jej nie wyklucza.",
        "An indication of where to look only: a deviation proves nothing wrong, and none rules"
        " nothing out.",
    ),
}


def said(table: dict[str, tuple[str, str]], key: str, lang: Lang) -> str:
    """The words for it."""
    return table[key][0 if lang == "pl" else 1]


def name_of_step(key: str, lang: Lang) -> str:
    """What a quantity is called; what follows its key, a stratum or a number, stands behind."""
    kind, _, which = key.partition(" ")
    return f"{said(STEPS, kind, lang)} {which}".strip()
