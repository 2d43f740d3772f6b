"""What is found of a project or a document, as one question asks it?"""

from collections.abc import Collection, Sequence
from decimal import Decimal

from ledger.findings import Finding, IndicatorFact, Judged, findings_of, judged
from ledger.findings.foreseeing import Draft, DraftShift, foreseen, foreseen_of_shift
from ledger.findings.model import Lang
from ledger.queries.asking import Question
from ledger.queries.indicators import IndicatorRow, indicators
from ledger.queries.remembering import remembered

_COUNTS = "indicator_behind"  # the one rule that needs the indicators counted


async def project_findings(
    question: Question,
    project: str,
    rules: Collection[str] | None = None,
    *,
    counted: Sequence[IndicatorRow] | None = None,
    first: int | None = None,
) -> Judged:
    """What these rules, or all, find of a project; nothing while there is no such project.

    `counted`: the project's indicators, where they are counted already. `first`: so many, from the
    beginning, are going to be read at most.
    """
    if counted is None:
        needed = rules is None or _COUNTS in rules
        counted = await indicators(question, project) if needed else []
    return await judged(
        remembered(question),
        question.moment,
        project,
        scope=question.asker.project,
        rules=rules,
        first=first,
        indicators=[
            IndicatorFact(
                code=one.code,
                name=one.name,
                target=Decimal(str(one.target)),
                achieved=Decimal(one.achieved),
                position=one.position,
            )
            for one in counted
        ],
    )


async def expenditure_findings(question: Question, expenditure: str, lang: Lang) -> list[Finding]:
    """What is found of a document and its charges."""
    return await findings_of_documents(question, [expenditure], lang)


async def findings_of_documents(
    question: Question, expenditures: Collection[str], lang: Lang
) -> list[Finding]:
    """What is found of some documents and their charges: of as many as stand on a page."""
    scope = question.asker.project
    return await findings_of(question.rows, question.moment, expenditures, scope=scope, lang=lang)


async def findings_foreseen(
    question: Question, project: str, draft: Draft, lang: Lang
) -> list[Finding]:
    """What would be found of a document, were its charges to the project recorded now."""
    scope = question.asker.project
    return await foreseen(question.rows, question.moment, project, draft, scope=scope, lang=lang)


async def shift_findings_foreseen(
    question: Question, project: str, draft: DraftShift, lang: Lang
) -> list[Finding]:
    """What would be found of the budget, were the amount shifted."""
    scope = question.asker.project
    return await foreseen_of_shift(
        remembered(question), question.moment, project, draft, scope=scope, lang=lang
    )
