"""How many requests does a server answer? Asked over connections that are kept open."""

import asyncio
from collections.abc import Callable
from time import perf_counter

import uvloop

from ledger.benchmark.figures import Timing, timing

CONNECTIONS = 32

Ask = Callable[[], bytes]


class Refused(Exception):
    """The server's answer was not the expected one."""


def request(method: str, path: str, body: bytes = b"", token: str = "") -> bytes:
    """The bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: benchmark\r\nContent-Length: {len(body)}\r\n"
    if body:
        head += "Content-Type: application/json\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    return head.encode() + b"\r\n" + body


def time_requests(
    port: int,
    ask: Ask,
    seconds: float,
    on_answer: Callable[[bytes], None] | None = None,
    *,
    connections: int = CONNECTIONS,
) -> Timing:
    """Every connection asks again as soon as it is answered; 200 and 201 are expected."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_time_requests(port, ask, seconds, on_answer, connections))


async def _time_requests(
    port: int,
    ask: Ask,
    seconds: float,
    on_answer: Callable[[bytes], None] | None,
    connections: int,
) -> Timing:
    times = list[float]()

    async def client(until: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while (began := perf_counter()) < until:
                writer.write(ask())
                body = await _answer(reader)
                times.append(perf_counter() - began)
                if on_answer is not None:
                    on_answer(body)
        finally:
            writer.close()

    async def clients(for_s: float) -> float:
        began = perf_counter()
        await asyncio.gather(*(client(began + for_s) for _ in range(connections)))
        return perf_counter() - began

    await clients(seconds / 4)
    times.clear()
    return timing(times, await clients(seconds))


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, rest = head.partition(b"content-length:")
    body = await reader.readexactly(int(rest.split(b"\r\n", 1)[0] or 0))
    if head.split(b" ", 2)[1] not in {b"200", b"201"}:
        raise Refused(f"{head.decode()}{body.decode()}")
    return body
