"""What should whoever gave a command think of? Texts that hold what cannot be erased from them."""

from ledger import catalogue
from ledger.application.wishes import Common, Wish
from ledger.kernel.errors import FieldError
from ledger.kernel.likeness import likeness
from ledger.kernel.prose import prose


def cautions(wish: Wish) -> tuple[FieldError, ...]:
    """Free texts of the command that look as if they identified a person; they are recorded so."""
    kind = catalogue.command(wish.collection, wish.command)
    if kind is None or not isinstance(wish.body, dict):
        return ()
    texts = (*prose(kind, wish.body), *prose(Common, wish.body))
    return tuple(
        FieldError(path, f"looks like {what}: a text is recorded openly and cannot be erased")
        for path, text in texts
        if (what := likeness(text)) is not None
    )
