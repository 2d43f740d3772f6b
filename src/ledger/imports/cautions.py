"""Which texts of a file look as if they identified a person? What is recorded cannot be erased.

It is told beside what is wrong, and hinders nothing. What stands there is not told again: this is
kept with the check of the file.
"""

from collections.abc import Sequence

from ledger.imports.accounting import Document
from ledger.imports.problems import Problems
from ledger.imports.reading import Told
from ledger.imports.wording import Lang, say
from ledger.kernel.likeness import likeness

TEXTS = (("description", "description"), ("issuer_name", "name"))  # a column, and the field of it


def cautions(told: Told, documents: Sequence[Document], lang: Lang) -> Problems:
    """The texts of these documents that should be thought over, each with its place."""
    found = Problems(lang)
    for one in documents:
        for column, field in TEXTS:
            text = getattr(one, field)
            if text and (what := likeness(text)) is not None:
                spot = told.spot(one.source, one.row, column)
                found.add(spot, None, "looks_personal", what=say(lang, what))
    return found
