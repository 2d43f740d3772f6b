"""How is an audit sample sized, drawn and evaluated on the command line? `ledger sample`."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ledger.cli.asking import parts_at, question_at
from ledger.cli.moments import day_of
from ledger.cli.outcome import DONE, FOUND_WRONG, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, opened, project_of
from ledger.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.aggregates.samples.state import Design, Draw
    from ledger.bootstrap import Parts
    from ledger.queries.asking import Question
    from ledger.sampling.reporting import Line

CALLER = "ledger sample"
DesignFile = Annotated[
    Path | None, Parameter(name="--design", help="The design as JSON, instead of the options.")
]
Language = Annotated[str, Parameter(name="--lang", help="pl or en.")]


@Parameter(name="*")
@dataclass(frozen=True)
class Source:
    """What is drawn from: a project's charges or claims, as the log knew them at a size."""

    project: Annotated[str, Parameter(help="The project's code.")]
    population: Annotated[str, Parameter(help="charges or claims.")] = "charges"
    size: Annotated[int | None, Parameter(help="The size of the log; else its end.")] = None
    valid_at: Annotated[str | None, Parameter(help="The day to look at; else today.")] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Options:
    """The design, option by option; what only strata need stands in a file (`--design`)."""

    method: Annotated[str | None, Parameter(help="The method, such as mus.")] = None
    confidence: Annotated[int | None, Parameter(help="In per cent.")] = None
    materiality: Annotated[str | None, Parameter(help="A share; else 0.02.")] = None
    anticipated_error: Annotated[str | None, Parameter(help="AE as a share of BV.")] = None
    deviation: Annotated[str | None, Parameter(help="s in PLN; sr, a rate, for MUS.")] = None
    exhaustive_above: Annotated[str | None, Parameter(help="PLN: all units above it.")] = None
    sample_size: Annotated[int | None, Parameter(help="A size of your own.")] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Seed:
    """Where chance comes from: a number of one's own, or a witness."""

    number: Annotated[str | None, Parameter(help="A number of your own.")] = None
    cosignature: Annotated[
        str | None, Parameter(help="Instead: a witness's line under a later checkpoint.")
    ] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Less:
    """What is taken off before the residual error rate, in PLN."""

    withdrawn: Annotated[str, Parameter(help="E1: withdrawn since, in PLN.")] = "0"
    assessed: Annotated[str, Parameter(help="E2: still under assessment, in PLN.")] = "0"
    corrected: Annotated[str, Parameter(help="H: corrected because of the audit.")] = "0"


PLAIN, UNSOWN, NOTHING_LESS = Options(), Seed(), Less()


def size(
    *,
    source: Source,
    options: Options = PLAIN,
    design: DesignFile = None,
    lang: Language = "pl",
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Reckons how many units a design needs; nothing is recorded."""
    from ledger.queries.sampling import population_kind, size_answer

    wanted, language = _design(options, design), _language(lang)

    async def ask(made: "Parts", question: "Question") -> int:
        id = await project_of(made.reading, source.project)
        kind = population_kind(source.population)
        found = await size_answer(question, id, kind, wanted, language)
        if json:
            print_json(found)
        else:
            _show(found.steps)
        return DONE

    return _asking(place, source.size, source.valid_at, ask)


def draw(
    *,
    source: Source,
    options: Options = PLAIN,
    design: DesignFile = None,
    seed: Seed = UNSOWN,
    by: Annotated[str, Parameter(name="--as", help="Who draws.")] = CALLER,
    dry_run: Annotated[bool, Parameter(negative=(), help="Draws and records nothing.")] = False,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Draws a sample from what the log knew at a checkpoint, and records the draw."""
    import msgspec

    from ledger.queries.sampling import check_cosignature, draw_sample, population_kind

    wanted, kind = _design(options, design), population_kind(source.population)
    text = seed.number or seed.cosignature
    if text is None or (seed.number and seed.cosignature):
        raise BadUsage("Give either --number or --cosignature.")

    async def ask(made: "Parts", question: "Question") -> int:
        id = await project_of(made.reading, source.project)
        await check_cosignature(question, seed.cosignature)
        drawn = await draw_sample(question, made.log, id, kind, wanted, text)
        answer: dict[str, Any] = {"draw": drawn}
        if not dry_run:
            body = {"project": id, "population": kind, "number": seed.number,
                    "cosignature": seed.cosignature, "design": msgspec.to_builtins(wanted),
                    "draw": msgspec.to_builtins(drawn)}  # fmt: skip
            answer |= await _record(made, body, by)
        if json:
            print_json(answer)
        else:
            _show_draw(drawn, answer.get("id"))
        return DONE

    return _asking(place, source.size, source.valid_at, ask)


async def _record(made: "Parts", body: dict[str, Any], by: str) -> dict[str, Any]:
    """Records a draw; who works on the ledger's own database may do so."""
    from ledger.application import Caller, Wish, new_id

    wish = Wish(collection="samples", command="create", body=body)
    caller = Caller(id="sample", name=by, role="admin")
    return (await made.ledger.handle(wish, caller, new_id())).answer()


def _show_draw(drawn: "Draw", id: str | None) -> None:
    for one in drawn.units:
        print(one.unit, one.book_value, one.stratum, "in full" if one.exhaustive else "")
    print(
        f"{len(drawn.units)} of {drawn.population_units} units drawn at"
        f" {drawn.checkpoint_size}, root {drawn.checkpoint_root}."
    )
    print("Nothing was recorded." if id is None else f"Recorded as sample {id}.")


def evaluate(
    id: Annotated[str, Parameter(name="ID", help="The sample's id.")],
    /,
    *,
    less: Less = NOTHING_LESS,
    lang: Language = "pl",
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Evaluates a sample, each formula with its numbers; exit code 1: it is not as drawn."""
    from ledger.application import valid_id
    from ledger.kernel.errors import NotFound
    from ledger.queries.sample_evaluation import Deductions, evaluation_answer, sample_report
    from ledger.queries.sampling import redraw

    given = Deductions(**{name: _amount(name, text) for name, text in asdict(less).items()})
    language, found = _language(lang), valid_id(id)
    if found is None:
        raise BadUsage("ID is the sample's id, a UUID.")

    async def ask(made: "Parts", question: "Question") -> int:
        try:
            again = await redraw(question, made.log, found)
        except NotFound:
            raise Failed(f"There is no sample {id}.") from None
        if json:
            answer = await evaluation_answer(question, found, given, language)
            print_json({"evaluation": answer, "redraw": again})
        else:
            print(await sample_report(question, found, given, language))
            print("The sample comes out again from the log." if again.repeated
                  else f"NOT AS DRAWN: {', '.join(again.differs)} differ.")  # fmt: skip
        return DONE if again.repeated else FOUND_WRONG

    return _asking(place, None, None, ask)


def _design(options: Options, file: Path | None) -> "Design":
    """The design of a file, or of the options. Raises `BadUsage`."""
    import msgspec

    from ledger.aggregates.samples.state import Design
    from ledger.kernel.errors import Invalid
    from ledger.kernel.intake import read

    stated: Any = {name: one for name, one in asdict(options).items() if one is not None}
    if file is not None:
        if stated:
            raise BadUsage("--design goes without the options that it holds.")
        try:
            stated = msgspec.json.decode(file.read_bytes())
        except (OSError, msgspec.DecodeError) as error:
            raise BadUsage(f"{file} cannot be read: {error}") from None
    try:
        return read(Design, stated)[0]
    except Invalid as error:
        raise BadUsage(f"The design cannot be meant: {error.message()}") from None


def _amount(name: str, text: str) -> Any:
    import re
    from decimal import Decimal

    if not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,2})?", text):
        raise BadUsage(f"--{name} takes an amount such as 1200.00.")
    return Decimal(text)


def _language(text: str) -> Any:
    if text not in ("pl", "en"):
        raise BadUsage("--lang is pl or en.")
    return text


def _show(steps: "Sequence[Line]") -> None:
    for one in steps:
        print(f"{one.name}: {one.formula}\n    {one.filled} = {one.result}")


def _asking(place: Place, at: int | None, valid_at: str | None, ask: Any) -> int:
    """Asks at a checkpoint of the log, in read models that have caught up."""
    import asyncio

    from ledger.cli.moments import moment_of
    from ledger.worker import Worker

    day = day_of(valid_at)

    async def run(url: str) -> int:
        async with parts_at(url, place) as made:
            head = await made.log.head()
            if at is not None and not 0 < at <= head:
                raise BadUsage(f"--size is a size of the log, from 1 to {head}.")
            moment = await moment_of(made, at or head, day)
            code: int = await ask(made, question_at(made, moment, "ledger sample"))
            return code

    with opened(place) as url:
        with progress("Events") as tell:
            Worker(url, on_progress=tell).catch_up()
        return asyncio.run(run(url))
