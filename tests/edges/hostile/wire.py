"""What goes over the wire, byte by byte: requests that no honest client would write."""

import socket
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

SECONDS = 15.0
SILENT_SECONDS = 3.0  # nothing more will be said


class Answer(NamedTuple):
    """An answer's status, its headers, and its body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """Speaks to a port."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self.host, self.port = str(place.hostname), int(place.port or 80)

    def say(self, *parts: bytes) -> list[Answer]:
        """Every answer to these bytes, until the other side hangs up or is silent."""
        with socket.create_connection((self.host, self.port), timeout=SECONDS) as made:
            said = b""
            with suppress(TimeoutError, ConnectionResetError, BrokenPipeError):
                for part in parts:
                    made.sendall(part)
            with suppress(TimeoutError, ConnectionResetError):
                while chunk := made.recv(65_536):
                    said += chunk
                    made.settimeout(SILENT_SECONDS)
        return answers(said)

    def ask(self, *lines: bytes, body: bytes = b"") -> list[Answer]:
        """The answers to a request of these lines."""
        more = [b"Host: x", b"Connection: close"]
        head = b"\r\n".join([lines[0], *more, *lines[1:]]) + b"\r\n\r\n"
        return self.say(head + body)


def answers(said: bytes) -> list[Answer]:
    """The answers in a stream of bytes."""
    found = []
    while said:
        head, _, rest = said.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        assert first.startswith("HTTP/1.1 "), said[:200]
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if headers.get("transfer-encoding") == "chunked":
            body, rest = _chunks(rest)
        else:
            length = int(headers.get("content-length", len(rest)))
            body, rest = rest[:length], rest[length:]
        found.append(Answer(int(first.split()[1]), headers, body))
        said = rest
    return found


def _chunks(rest: bytes) -> tuple[bytes, bytes]:
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        body, rest = body + rest[:length], rest[length + 2 :]
        if not length:
            break
    return body, rest
