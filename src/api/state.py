"""What does a request find of the running ledger? Its parts, kept in the application's state."""

from typing import Any, cast

from litestar import Litestar, Request

from ledger.attestations.attesting import Attesting
from ledger.attestations.outside import Outside
from ledger.bootstrap import Parts
from ledger.integrity.sealing import Sealer


def service(request: Request[Any, Any, Any]) -> Parts:
    """The parts of the running ledger."""
    return parts_of(request.app)


def sealer_of(request: Request[Any, Any, Any]) -> Sealer:
    """What signs the log in this process, if anything does."""
    return cast(Sealer, request.app.state.sealer)


def outside_of(request: Request[Any, Any, Any]) -> Outside:
    """To whom the log is shown."""
    return cast(Outside, request.app.state.outside)


def attesting_of(request: Request[Any, Any, Any]) -> Attesting:
    """What shows the log to others in this process, if anything does."""
    return cast(Attesting, request.app.state.attesting)


def parts_of(app: Litestar) -> Parts:
    """The parts of the running ledger."""
    return cast(Parts, app.state.parts)


KNOWN = "known"  # in a request's state: it showed a credential that is good


def showed_good_credential(request: Request[Any, Any, Any]) -> None:
    """Notes it of the request, for the guard that counts requests."""
    request.scope["state"][KNOWN] = True
