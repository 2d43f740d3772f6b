"""What is a number made of? The events behind it, which add up to it."""

import re
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
from litestar import Response

from api.pages.frame.page import Page
from api.pages.frame.parting import part_of
from api.pages.frame.routes import page
from api.queries import ASKED, Ask
from ledger.kernel.errors import NotFound
from ledger.queries.naming import named

MOMENT = frozenset({"valid_at", "known_at"})  # the page's own counts


class Address(NamedTuple):
    """What a question takes of an address."""

    path_params: dict[str, str]
    query_params: dict[str, str]


@page("/explain")
async def explained(page: Page) -> Response[Any]:
    """The items behind the number whose explanation is at the address `of`."""
    ask, address = explanation(page.query.get("of", ""))
    found = msgspec.to_builtins(await ask(page.question, address))
    items = found["items"]
    part = part_of(page, items)
    for one in part.rows:
        one["of"] = one.get("expenditure", one["stream"])
    names = await named(page.question, {one["of"] for one in part.rows})
    projects = {one.project for one in names.values() if one.project}
    if len(projects) == 1:
        await page.enter(projects.pop())
    counts = any("count" in one for one in items)
    return page.show("explain.html", part=part, total=found["total"], names=names, counts=counts)


def explanation(link: str) -> tuple[Any, Address]:
    """The question behind the link of a row, and what it is asked about. Raises `NotFound`."""
    parts = urlsplit(link)
    query = {k: v for k, v in parse_qsl(parts.query) if k not in MOMENT}
    for pattern, ask in _explanations():
        if found := pattern.fullmatch(parts.path):
            params = {name: unquote(text) for name, text in found.groupdict().items()}
            return ask, Address(params, query)
    raise NotFound


@cache
def _explanations() -> list[tuple[re.Pattern[str], Ask]]:
    """The addresses of explanations, as patterns."""
    found = []
    for path, ask in ASKED.items():
        if "/explain" in path:
            pattern = re.sub(r"\\\{(\w+):str\\\}", r"(?P<\1>[^/]+)", re.escape(path))
            found.append((re.compile(pattern), ask))
    return found
