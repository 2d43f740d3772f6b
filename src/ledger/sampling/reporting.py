"""How is the reckoning shown? Each formula, the same with its numbers, and what comes out."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from ledger.sampling.evaluation import Evaluation, Residual
from ledger.sampling.steps import Number, Step
from ledger.sampling.wording import CONCLUSIONS, METHODS, TEXTS, Lang, name_of_step, said

NARROW = "\u202f"  # a narrow space that does not break


class Line(Struct, frozen=True, kw_only=True):
    """A line of the reckoning, in words and numbers."""

    name: str
    formula: str
    filled: str
    result: str


class Heading(Struct, frozen=True, kw_only=True):
    """What stands above the reckoning."""

    method: str
    confidence: int | None
    population: str
    units: int
    book_value: Decimal
    checkpoint_size: int
    checkpoint_root: str
    seed: str
    size: int
    exhaustive: int


def number(value: Number, lang: Lang) -> str:
    """A number for people: thousands apart, a decimal comma in Polish."""
    text = f"{value:,}".replace(",", NARROW)
    return text.replace(".", ",") if lang == "pl" else text


def lines(steps: Iterable[Step], lang: Lang) -> list[Line]:
    """The steps, filled in."""
    return [
        Line(
            name=name_of_step(one.key, lang),
            formula=one.formula,
            filled=one.filled.format(*(number(n, lang) for n in one.numbers)),
            result=number(one.result, lang),
        )
        for one in steps
    ]


def conclusion(evaluation: Evaluation, lang: Lang) -> str:
    """The conclusion in a sentence."""
    if not evaluation.statistical and evaluation.conclusion == "not_material":
        return said(TEXTS, "better", lang)
    return said(CONCLUSIONS, evaluation.conclusion, lang)


def report(
    heading: Heading,
    sizing: Sequence[Step],
    evaluation: Evaluation,
    residual: Residual,
    lang: Lang,
) -> str:
    """The whole report as plain text (Markdown)."""
    steps = (*sizing, *evaluation.steps)
    out = [f"# {said(TEXTS, 'title', lang)}", "", *_heading(heading, lang), ""]
    out += [f"## {said(TEXTS, 'reckoning', lang)}", ""]
    out += [text for one in lines(steps, lang) for text in _written(one)]
    out += [f"## {said(TEXTS, 'conclusion', lang)}", "", conclusion(evaluation, lang), ""]
    if not evaluation.statistical:
        out += [said(TEXTS, "not_statistical", lang), ""]
    out += [f"## {said(TEXTS, 'residual', lang)}", ""]
    out += [text for one in lines(residual.steps, lang) for text in _written(one)]
    out.append(said(TEXTS, "above" if residual.correction else "below", lang))
    return "\n".join(out) + "\n"


def _heading(heading: Heading, lang: Lang) -> list[str]:
    def word(key: str) -> str:
        return said(TEXTS, key, lang)

    out = [f"- {word('method')}: {said(METHODS, heading.method, lang)}"]
    if heading.confidence is not None:
        out.append(f"- {word('confidence')}: {heading.confidence} %")
    return [
        *out,
        f"- {word('population')}: {word(heading.population)}, N = {number(heading.units, lang)},"
        f" BV = {number(heading.book_value, lang)} PLN",
        f"- {word('checkpoint')}: {heading.checkpoint_size},"
        f" {word('root')} {heading.checkpoint_root}",
        f"- {word('seed')}: {heading.seed}",
        f"- {word('drawn')}: {heading.size}, {word('in_full')}: {heading.exhaustive}",
    ]


def _written(line: Line) -> list[str]:
    return [f"{line.name}:", f"    {line.formula}", f"    {line.filled} = {line.result}", ""]
