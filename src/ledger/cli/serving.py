"""How does the service run? This process holds the database, and one below it answers requests."""

import logging
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ledger.cli.listening import begin_below, collect_seldom, listen
from ledger.cli.outcome import DONE, BadUsage, print_json
from ledger.cli.place import HERE, Json, Place, documents_of, keys_of, opened

if TYPE_CHECKING:
    from types import FrameType

PORT_LIMIT = 65_535

Host = Annotated[str, Parameter(help="The address to listen at.")]
Port = Annotated[int, Parameter(help="The port to listen at; 0: any that is free.")]


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    worker: Annotated[
        bool, Parameter(name="--worker", help="Keep the read models up to date and seal the log.")
    ] = True,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Answers over HTTP until SIGTERM or Ctrl-C."""
    exit_on_sigterm()
    port = free_port(host, port)
    address = address_of(host, port)

    def announce() -> None:
        print_json({"address": address}) if json else print(f"Ledger: {address}", flush=True)

    with opened(place, logging.INFO) as url:
        run(
            url,
            host,
            port,
            documents=documents_of(place),
            keys=keys_of(place),
            worker=worker,
            on_listening=announce,
        )
    return DONE


def exit_on_sigterm() -> None:
    """Until the server itself listens to signals: leave, and let go of everything on the way."""

    def leave(_number: int, _frame: "FrameType | None") -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)


def address_of(host: str, port: int) -> str:
    """What to type into a browser."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def free_port(host: str, port: int, tries: int = 1) -> int:
    """The port, or the first free one of `tries` from it on. Raises `BadUsage`."""
    if not 0 <= port <= PORT_LIMIT:
        raise BadUsage(f"A port is a number up to {PORT_LIMIT}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    problem = ""
    for candidate in range(port, min(port + tries, PORT_LIMIT + 1)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # No SO_REUSEPORT: a second server on the port would silently share its requests.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError as error:
                problem = error.strerror or str(error)
            else:
                return int(probe.getsockname()[1])
    raise BadUsage(f"Port {port} of {host} cannot be used: {problem}. Choose another: --port N.")


def run(
    url: str,
    host: str,
    port: int,
    *,
    documents: str,
    keys: Path,
    worker: bool,
    on_listening: Callable[[], None],
    level: int = logging.INFO,
) -> None:
    """Serves until a signal comes; leaves with exit code 1 where the service cannot run."""
    from ledger.attestations.outside import outside
    from ledger.settings import settings

    outside(settings())  # what cannot be meant is said before anything starts
    os.environ["LEDGER_DATABASE_URL"] = url
    os.environ["LEDGER_DOCUMENTS"] = documents
    os.environ["LEDGER_KEYS"] = str(keys)
    os.environ["LEDGER_WORKER"] = "1" if worker else "0"
    listen(application, host, port, on_listening, level)


def application() -> Any:
    """The application, in the process that answers."""
    begin_below()

    from api.app import from_environment

    made = from_environment()
    collect_seldom()
    return made
