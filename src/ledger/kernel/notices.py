"""What may one aggregate tell another? Each says for itself what follows from it, or refuses."""

from ledger.kernel.messages import Notice


class ChargesIncluded(Notice, frozen=True, kw_only=True):
    """These charges of an expenditure were put into a payment claim of that project."""

    charges: tuple[str, ...]
    claim: str
    project: str


class ChargesExcluded(Notice, frozen=True, kw_only=True):
    """These charges of an expenditure were taken out of a payment claim."""

    charges: tuple[str, ...]
    claim: str


class RetentionOver(Notice, frozen=True, kw_only=True):
    """A person's data need not be kept any more, and two people agreed to erase them."""
