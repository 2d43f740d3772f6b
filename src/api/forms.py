"""What does a form bring? Its fields in their order, a file as a stream that is kept nowhere."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from ledger.kernel.errors import Malformed, TooLarge

FIELDS_LIMIT = 20
TEXT_LIMIT_BYTES = 10_000


class Field:
    """One field of a form, to be read before the next one; `filename` is None for a text."""

    def __init__(self, name: str, filename: str | None, events: AsyncIterator[Any]) -> None:
        self.name, self.filename = name, filename
        self._events = events
        self._ended = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The field's bytes, as they come in."""
        while not self._ended:
            event = await anext(self._events)
            if event is None:
                self._ended = True
            else:
                yield bytes(event)

    async def text(self) -> str:
        """The field's text. Raises `TooLarge`, and `Malformed` where it is none."""
        found = bytearray()
        async for chunk in self.chunks():
            found += chunk
            if len(found) > TEXT_LIMIT_BYTES:
                raise TooLarge(what=f"the field {self.name}.")
        try:
            return found.decode()
        except UnicodeDecodeError:
            raise Malformed(why=f"the field {self.name} is not UTF-8.") from None


async def fields(request: Request[Any, Any, Any]) -> AsyncIterator[Field]:
    """The form's fields. Raises `Malformed` where the body is no form."""
    kind, options = request.content_type
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary.isascii() or not boundary:
        raise Malformed(why="a form (multipart/form-data) is expected.")
    events = _events(request, boundary)
    async for event in events:
        if isinstance(event, MultipartSegment):
            field = Field(event.name or "", event.filename, events)
            yield field
            async for _ in field.chunks():  # what nobody wanted to read
                pass


async def _events(request: Request[Any, Any, Any], boundary: str) -> AsyncIterator[Any]:
    try:
        with PushMultipartParser(boundary, max_segment_count=FIELDS_LIMIT) as parser:
            async for chunk in request.stream():
                for event in parser.parse(chunk) if chunk else ():
                    yield event
    except MultipartError as error:
        raise Malformed(why=f"the form cannot be read ({error}).") from None
