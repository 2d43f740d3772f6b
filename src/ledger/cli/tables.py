"""How is a table shown? In the terminal's width, or wide enough for whoever reads a file."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PLAIN_WIDTH = 160


def console() -> "Console":
    """Standard output; text is printed as it is."""
    from rich.console import Console

    found = Console(markup=False, highlight=False, emoji=False)
    if not found.is_terminal:
        found.width = PLAIN_WIDTH
    return found


def print_table(table: "Table") -> None:
    """Prints a table."""
    console().print(table)


def moment(at: datetime) -> str:
    """A time for people to read, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}"
