"""What was asked before at the same moment is answered from memory: sums over a whole project.

This is never stale. A row of a read model, a rule and a stored document are known from a position
on, an event at its own; read models are asked at positions that they have reached. So what was
known at a position on a day stays what it was, and a later position is another question; so is the
same one once read models were made anew, which mends what somebody spoilt. Not remembered is what
does not follow from the moment alone: what a text asks past the moment's cut, what somebody
confined to a project is shown (that goes by where charges stand now), and personal data, which are
erased, and journaled each time they are read.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from ledger.findings.loading import Ask
from ledger.projections.engine.query import reads_sealed
from ledger.projections.engine.reading import Reading
from ledger.queries.asking import Question

ROWS_KEPT = 50_000  # in each process; an answer of more than a quarter of them is not kept
_UNCUT = ("read.", "log.", "scope.")
_Rows = list[tuple[Any, ...]]


class _Memory:
    """The answers given last, up to a number of rows."""

    def __init__(self) -> None:
        self._answers: OrderedDict[object, _Rows] = OrderedDict()
        self._rows = 0

    def recall(self, key: object) -> _Rows | None:
        if (found := self._answers.get(key)) is not None:
            self._answers.move_to_end(key)
        return found

    def keep(self, key: object, rows: _Rows) -> None:
        if key in self._answers or len(rows) > ROWS_KEPT // 4:
            return
        self._answers[key] = rows
        self._rows += len(rows) + 1
        while self._rows > ROWS_KEPT:
            _, oldest = self._answers.popitem(last=False)
            self._rows -= len(oldest) + 1


_memories: WeakKeyDictionary[Reading, _Memory] = WeakKeyDictionary()


def remembered(question: Question) -> Ask:
    """Asks as the question does, and what follows from the moment alone only once."""
    memory = _memories.setdefault(question.reading, _Memory())

    async def rows(text: str, *, plan_once: bool = True, **params: Any) -> _Rows:
        if not _follows_from_the_moment(question, text):
            return await question.rows(text, plan_once=plan_once, **params)
        key = (question.reading.generation, text, question.moment, _hashable(params))
        found = memory.recall(key)
        if found is None:
            found = await question.rows(text, plan_once=plan_once, **params)
            memory.keep(key, found)
        return list(found)

    return rows


def _follows_from_the_moment(question: Question, text: str) -> bool:
    return (
        question.asker.project is None
        and question.moment.known_at <= question.reached
        and not reads_sealed(text)
        and not any(uncut in text for uncut in _UNCUT)
    )


def _hashable(params: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(params.items())
    )
