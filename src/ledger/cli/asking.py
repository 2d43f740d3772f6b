"""As whom does a command ask? As who runs it: the operator, who may see everything.

What a command opens of personal data stands in the journal of reads under that account's name.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ledger.cli.place import Place

if TYPE_CHECKING:
    from ledger.bootstrap import Parts
    from ledger.projections.engine.reading import Moment
    from ledger.queries.asking import Question


@asynccontextmanager
async def parts_at(url: str, place: Place) -> AsyncIterator["Parts"]:
    """The parts of the ledger at that place, connected while the context lasts."""
    from ledger.bootstrap import parts
    from ledger.settings import settings

    where = settings(place.database, place.data)
    async with parts(url, where.documents, where.keys) as made:
        yield made


def question_at(made: "Parts", moment: "Moment", command: str) -> "Question":
    """A question at that moment; `command` is what was typed, such as `ledger changes`."""
    from ledger.application import new_id
    from ledger.privacy.journal import Reader
    from ledger.queries.asking import Asker, Question

    reader = Reader(id="ledger", name=operator(), path=command, request_id=new_id())
    return Question(made.reading, moment, Asker(reader=reader), disclosure=made.disclosure)


def operator() -> str:
    """The account that runs the command."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "operator"
