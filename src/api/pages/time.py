"""What was recorded at a place of the slider? A line that the time machine asks for as it moves."""

from typing import Any

from litestar import Response

from api.pages.frame.moment import recorded_at
from api.pages.frame.page import Page
from api.pages.frame.routes import page


@page("/moment")
async def moment(page: Page) -> Response[Any]:
    """When the event at the position `known_at` was recorded."""
    position = page.question.moment.known_at
    when = await recorded_at(page.request, position)
    return page.show("moment.html", position=position, when=when, head=page.question.reached)
