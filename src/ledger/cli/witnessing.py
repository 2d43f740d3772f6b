"""How does another body watch a log? With a witness of its own, which needs no database."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ledger.cli.listening import begin_below, listen
from ledger.cli.outcome import DONE, BadUsage, Failed, print_json
from ledger.cli.place import Json
from ledger.cli.serving import Host, Port, address_of, exit_on_sigterm, free_port

if TYPE_CHECKING:
    from ledger.integrity.note import Signer

PORT = 8100
Folder = Annotated[
    Path | None,
    Parameter(name="--data", help="The witness's folder. Or: LEDGER_WITNESS_DATA."),
]
Name = Annotated[
    str | None,
    Parameter(help="What the witness is called for ever: an address without https://."),
]


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = PORT,
    data: Folder = None,
    log: Annotated[
        tuple[str, ...],
        Parameter(
            negative=(),
            help="ORIGIN=VKEY of a log to be witnessed, as `ledger log key` prints it; repeated.",
        ),
    ] = (),
    name: Name = None,
    json: Json = False,
) -> int:
    """Cosigns the checkpoints of logs that only grow, until SIGTERM or Ctrl-C."""
    from ledger.witness.logs import LogsRefused, read_logs

    exit_on_sigterm()
    if not log:
        raise BadUsage("A witness needs a log: --log ORIGIN=VKEY.")
    try:
        read_logs(log)
    except LogsRefused as error:
        raise BadUsage(f"--log: {error}.") from None
    port, folder = free_port(host, port), _folder(data)
    signer = _opened(folder, name)
    address = address_of(host, port)
    os.environ["LEDGER_WITNESS_DATA"] = str(folder)
    os.environ["LEDGER_WITNESS_LOGS"] = "\n".join(log)

    def announce() -> None:
        if json:
            print_json({"address": address, "key": signer.verifier.vkey})
        else:
            print(f"Witness {signer.verifier.vkey}: {address}", flush=True)

    listen(application, host, port, announce)
    return DONE


def application() -> Any:
    """The application, in the process that answers."""
    begin_below()

    from api.witness import from_environment

    return from_environment()


def key(*, data: Folder = None, name: Name = None, json: Json = False) -> int:
    """Prints the witness's verifier key, which is made if it is not there yet."""
    signer = _opened(_folder(data), name)
    made = signer.verifier
    print_json({"name": made.name, "key": made.vkey}) if json else print(made.vkey)
    return DONE


def _folder(data: Path | None) -> Path:
    from ledger.settings import witness_folder

    return witness_folder(data)


def _opened(folder: Path, name: str | None) -> "Signer":
    from ledger.integrity.key_files import KeysRefused
    from ledger.witness.memory import Memory

    try:
        return Memory(folder).open(name)
    except (KeysRefused, OSError) as error:
        raise Failed(f"{error}.") from None
