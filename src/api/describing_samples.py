"""How are the addresses about samples described in OpenAPI?"""

from api.describing import (
    CURSOR,
    LIMIT,
    READING,
    TEXT,
    Schema,
    answered,
    list_of,
    parameter,
    ref,
)
from api.samples import DEDUCTIONS, POPULATION, REPORT
from ledger.queries.sample_evaluation import EvaluationAnswer
from ledger.queries.sampling import PopulationAnswer, PopulationRow, RedrawAnswer, SizeAnswer
from ledger.queries.screening import ScreeningAnswer

ANSWERS: list[type] = [
    EvaluationAnswer,
    PopulationAnswer,
    PopulationRow,
    RedrawAnswer,
    ScreeningAnswer,
    SizeAnswer,
]
_KINDS: Schema = {"enum": ["charges", "claims"], "default": "charges"}
_LANGS: Schema = {"enum": ["pl", "en"], "default": "pl"}


def describe_samples() -> dict[str, Schema]:
    """Populations, evaluations, redraws and screening."""
    kind = parameter("population", "What is drawn from.", _KINDS, "charges")
    lang = parameter("lang", "In which language.", _LANGS, "pl")
    example = '{"method":"mus","confidence":90,"anticipated_error":"0.004","deviation":"0.085"}'
    design = parameter("design", "The design, as JSON.", TEXT, example)
    less = [parameter(one, f"Amount {one}, in PLN.", TEXT, "0.00") for one in sorted(DEDUCTIONS)]
    rows: list[tuple[str, str, Schema, list[Schema]]] = [
        (POPULATION, "A population at a checkpoint", ref(PopulationAnswer), [kind]),
        (f"{POPULATION}/units", "The units of a population", list_of(ref(PopulationRow)),
         [kind, LIMIT, CURSOR]),
        (f"{POPULATION}/screening", "First digits and repeated values: an indication only",
         ref(ScreeningAnswer), [kind, lang]),
        (f"{POPULATION}/size", "How many units a design needs", ref(SizeAnswer),
         [kind, lang, design]),
        ("/api/samples/{id}/evaluation", "What a sample says of its population",
         ref(EvaluationAnswer), [lang, *less]),
        ("/api/samples/{id}/redraw", "Whether the sample comes out again from the log",
         ref(RedrawAnswer), []),
        (REPORT, "The evaluation as plain text, each formula with its numbers", {}, [lang, *less]),
    ]  # fmt: skip
    found = {
        path: answered(path, what, answer, [*own, *READING], path.split("/")[2])
        for path, what, answer, own in rows
    }
    found[REPORT]["get"]["responses"]["200"] = {
        "description": "Markdown.",
        "content": {"text/markdown": {"schema": TEXT}},
    }
    return found
