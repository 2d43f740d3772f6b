"""How does a wish become facts? `Ledger.handle` is the only way in, for every door.

It reads the command, loads the states that the decision needs, lets the aggregate decide, and
appends the events on the condition that nothing it relied on has changed; otherwise it decides
anew. Nothing of a refused request is recorded.
"""

from ledger.application.bulk import Outcome
from ledger.application.cautions import cautions
from ledger.application.ledger import Ledger
from ledger.application.staging import Lookups
from ledger.application.wishes import (
    COMMON_FIELDS,
    Caller,
    Common,
    Receipt,
    RefusedInBatch,
    Wish,
    new_id,
    valid_id,
)

__all__ = [
    "COMMON_FIELDS",
    "Caller",
    "Common",
    "Ledger",
    "Lookups",
    "Outcome",
    "Receipt",
    "RefusedInBatch",
    "Wish",
    "cautions",
    "new_id",
    "valid_id",
]
