"""How does one practise with timestamps? With a test authority, which says that it is one."""

import os
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from ledger.cli.listening import begin_below, listen
from ledger.cli.outcome import DONE, complain, print_json
from ledger.cli.place import Json
from ledger.cli.serving import Host, Port, address_of, exit_on_sigterm, free_port

PORT = 8200


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = PORT,
    data: Annotated[Path | None, Parameter(help="The folder of its key and certificates.")] = None,
    json: Json = False,
) -> int:
    """A TEST timestamp authority (RFC 3161), until SIGTERM or Ctrl-C. It proves nothing.

    It shows how the ledger asks an authority, checks its answers and keeps them.
    """
    from ledger.attestations.practice import TITLE, PracticeAuthority
    from ledger.settings import settings

    exit_on_sigterm()
    port = free_port(host, port)
    folder = (data or settings().data / "test-authority").absolute()
    root = PracticeAuthority(folder).root_file
    address = address_of(host, port)
    os.environ["LEDGER_PRACTICE_DATA"] = str(folder)

    def announce() -> None:
        if json:
            print_json({"address": address, "certificates": str(root), "authority": TITLE})
            return
        print(f"{TITLE}: {address}")
        print(f"LEDGER_TIMESTAMP_AUTHORITY={address}")
        print(f"LEDGER_TIMESTAMP_CERTIFICATES={root}", flush=True)

    complain(f"this is a {TITLE}.")
    listen(application, host, port, announce)
    return DONE


def application() -> Any:
    """The application, in the process that answers."""
    begin_below()

    from api.practice import from_environment

    return from_environment()
