"""How long do the pages take, and how much do they weigh? Asked over HTTP, one after the other.

A page weighs what a browser that has never been here has to fetch for it: the page, its styles,
scripts and pictures, as they travel; without the fonts, which it may do without.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import NamedTuple
from urllib.parse import unquote_plus
from zlib import MAX_WBITS, decompress

import msgspec

from ledger.benchmark.figures import Figure, Timing, figure, timing
from ledger.benchmark.page_list import ROLES, Visit, visits
from ledger.benchmark.requests import Refused
from ledger.benchmark.service import new_token, served

EACH, LEAST = 10, 3  # times each page is asked after once, and times at least
ENOUGH_SECONDS = 2.0  # for one page
SLOWEST = 12  # pages that are told by name
LONG_MS = 300.0
AIM_MEDIAN, AIM_EACH, AIM_WEIGHT = "< 60 ms", f"< {LONG_MS:.0f} ms", "< 150 kB"
BARE = Visit("/accessibility", "auditor")  # asks the ledger nothing
BARE_TIMES = 100
REDIRECTED = 303
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ASSET = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:css|js|svg))"')


class Answer(NamedTuple):
    """A page as it was answered: in which time, and as what."""

    seconds: float
    status: int
    travelled: bytes
    packed: bool

    def text(self) -> str:
        """The page, as the browser reads it."""
        plain = decompress(self.travelled, MAX_WBITS | 16) if self.packed else self.travelled
        return plain.decode()


class Taken(NamedTuple):
    """What a page took at first and each time; its weight in bytes, without and with its parts.

    Some of what a moment says is remembered once it was asked: the first time is told apart.
    """

    visit: Visit
    first: float
    seconds: Sequence[float]
    alone: int
    whole: int


def measure_pages(url: str, events: int) -> Iterator[Figure]:
    """Asks a service on this log, whose read models are made already, for all pages."""
    asked = visits(url, events)
    tokens = {role: asyncio.run(new_token(url, role)) for role in ROLES}
    with served(url) as port:
        browsers = {role: _Browser(port, token) for role, token in tokens.items()}
        taken = [browsers[one.role].visit(one, EACH) for one in asked]
        bare = browsers[BARE.role].visit(BARE, BARE_TIMES)
    baseline = "a page that asks nothing", median(bare.seconds) * 1_000
    yield _all(taken, events, baseline)
    for one in sorted(taken, key=_median, reverse=True)[:SLOWEST]:
        yield _one(one, baseline)
    yield _at_first(taken, baseline)
    yield _heaviest(taken)


def _median(taken: Taken) -> float:
    return median(taken.seconds) * 1_000


def _told(visit: Visit) -> str:
    return f"{unquote_plus(_ID.sub('…', visit.path))}, {visit.role}"


def _all(taken: Sequence[Taken], events: int, baseline: tuple[str, float]) -> Figure:
    every = timing([second for one in taken for second in one.seconds], 1.0)
    value = median(map(_median, taken))
    long = sum(_median(one) > LONG_MS for one in taken)
    return figure(
        f"median of {len(taken)} pages, {events:,} events; {long} take over {LONG_MS:.0f} ms",
        Timing(value, every.p50_ms, every.p99_ms),
        unit="ms",
        baseline=baseline,
        aim=AIM_MEDIAN,
    )


def _one(taken: Taken, baseline: tuple[str, float]) -> Figure:
    times = timing(taken.seconds, 1.0)
    return figure(
        f"slow: {_told(taken.visit)}",
        Timing(_median(taken), times.p50_ms, times.p99_ms),
        unit="ms",
        baseline=baseline,
        aim=AIM_EACH,
    )


def _at_first(taken: Sequence[Taken], baseline: tuple[str, float]) -> Figure:
    slowest = max(taken, key=lambda one: one.first)
    long = sum(one.first * 1_000 > LONG_MS for one in taken)
    return figure(
        f"asked for the first time; {long} take over {LONG_MS:.0f} ms, {_told(slowest.visit)}",
        slowest.first * 1_000,
        unit="ms",
        baseline=baseline,
    )


def _heaviest(taken: Sequence[Taken]) -> Figure:
    one = max(taken, key=lambda one: one.whole)
    return figure(
        f"the heaviest page: {_told(one.visit)}",
        one.whole / 1_000,
        unit="kB",
        baseline=("its styles, scripts and pictures", (one.whole - one.alone) / 1_000),
        aim=AIM_WEIGHT,
    )


class _Browser:
    """Somebody signed in, over one connection."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers: Mapping[str, str] = {"Accept-Encoding": "gzip"}
        self._weights: dict[str, int] = {}  # of what a browser keeps, once it has fetched it
        body = msgspec.json.encode({"token": token})
        kind = {"Content-Type": "application/json"}
        self._connection.request("POST", "/api/session", body, kind)
        with closing(self._connection), self._connection.getresponse() as answer:
            answer.read()
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        self._headers = {**self._headers, "Cookie": cookie}

    def visit(self, visit: Visit, times: int) -> Taken:
        """The page, asked so often after it was asked once; less often where it takes long."""
        with closing(self._connection):  # until the next one, which may be long in coming
            first = self._get(visit.path)
            seconds: list[float] = []
            while len(seconds) < times and (len(seconds) < LEAST or sum(seconds) < ENOUGH_SECONDS):
                seconds.append(self._get(visit.path).seconds)
            return self._taken(visit, first, seconds)

    def _taken(self, visit: Visit, first: Answer, seconds: Sequence[float]) -> Taken:
        if first.status == REDIRECTED:
            return Taken(visit, first.seconds, seconds, 0, 0)
        parts = set(_ASSET.findall(first.text()))
        alone = len(first.travelled)
        return Taken(visit, first.seconds, seconds, alone, alone + sum(map(self._weight, parts)))

    def _weight(self, path: str) -> int:
        if path not in self._weights:
            self._weights[path] = len(self._get(path).travelled)
        return self._weights[path]

    def _get(self, path: str) -> Answer:
        began = perf_counter()
        self._connection.request("GET", path, headers=dict(self._headers))
        with self._connection.getresponse() as answer:
            travelled = answer.read()
            seconds = perf_counter() - began
        if answer.status not in (200, REDIRECTED):
            raise Refused(f"{path}: {answer.status}")
        packed = answer.headers["Content-Encoding"] == "gzip"
        return Answer(seconds, answer.status, travelled, packed)
