"""Why is somebody not let in? As little is said as helps who may come in."""

from ledger.kernel.errors import LedgerError


class Unauthenticated(LedgerError):
    """A valid credential is required: Authorization: Bearer <token>, or a session."""


class SignInRefused(Unauthenticated):
    """What was shown lets nobody in: it is wrong, unknown or no longer in force."""


class SecondFactorNeeded(Unauthenticated):
    """The code of the second factor is needed as well."""


class TooManyTries(LedgerError):
    """Too many tries failed: the next one is heard in {seconds} s."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(seconds=seconds)
