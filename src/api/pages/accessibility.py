"""How accessible are the pages, and whom does one tell that they are not?

The statement that the act of 4 April 2019 on the digital accessibility of public bodies' websites
and mobile applications asks for (art. 10), in the form of the technical guidance of its annex.
"""

from typing import Any

from litestar import Response

from api.pages.frame.page import Page
from api.pages.frame.routes import page


@page("/accessibility", open_to_all=True)
async def accessibility(page: Page) -> Response[Any]:
    """The accessibility statement."""
    return page.show("accessibility.html")
