"""Other bodies on this machine, honest or not, as the log reaches them: over HTTP."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.note import Verifier
from ledger.witness.judging import Answer, Witness
from ledger.witness.memory import Memory

Judge = Callable[[bytes], tuple[int, bytes, str]]


def as_sent(answer: Answer) -> tuple[int, bytes, str]:
    """An answer of a witness as it goes over the wire."""
    return answer.status, answer.text.encode(), answer.media_type


@contextmanager
def answering(
    judge: Judge, served: Callable[[str], bytes | None] = lambda _: None
) -> Iterator[str]:
    """The address at which a POST is judged, and a GET is served or not found."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._send(*judge(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self) -> None:
            found = served(self.path)
            self._send(404 if found is None else 200, found or b"", "text/plain")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class Standing(NamedTuple):
    """A witness that runs: what it is, and where it is asked."""

    witness: Witness
    at: WitnessAt

    @property
    def setting(self) -> str:
        """As LEDGER_WITNESSES has it."""
        return f"{self.at.url} {self.at.verifier.vkey}"


@contextmanager
def witnessing(folder: Path, log: Verifier, name: str = "witness.example/w") -> Iterator[Standing]:
    """A witness of that log."""
    memory = Memory(folder)
    witness = Witness(memory, memory.open(name), {log.name: [log]})

    def served(path: str) -> bytes | None:
        return memory.served(path.split("/")[1])

    with answering(lambda body: as_sent(witness.add_checkpoint(body)), served) as url:
        yield Standing(witness, WitnessAt(url, witness.verifier))
