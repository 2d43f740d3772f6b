"""What does an answer cost that says nothing? The baseline of the measurements over HTTP."""

from litestar import Litestar, get


@get("/")
async def nothing() -> None:
    """Answers 200 with an empty body."""


app = Litestar([nothing], openapi_config=None, logging_config=None)
