"""Is this a tax number (NIP)? Ten digits of which the last one checks the others."""

from functools import lru_cache

from stdnum.exceptions import ValidationError
from stdnum.pl import nip


@lru_cache(maxsize=20_000)  # the same issuers come again and again
def nip_of(text: str) -> str | None:
    """The number as digits only; None where it is no NIP. Ten noughts are nobody's."""
    try:
        digits = str(nip.validate(text))
    except ValidationError:
        return None
    return digits if digits.strip("0") else None
