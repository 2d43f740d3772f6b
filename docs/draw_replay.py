"""Draws docs/replay.svg, the README's picture: one project on one day, as known at two moments.

Run it as `.venv/bin/python docs/draw_replay.py`; it loads the real case into a database of its own
and shows what `ledger replay` prints.
"""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
CASE = HERE.parent / "cases" / "liderzy-kooperacji.yaml"
BEFORE_THE_ANNEX, AFTER_THE_ANNEX = 80, 88
WIDTH = 104


def ledger(*arguments: str) -> str:
    """What the command line prints."""
    command = [sys.executable, "-m", "ledger.cli", *arguments]
    environment = {"COLUMNS": str(WIDTH), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(  # noqa: S603 - our own command line
        command, capture_output=True, check=True, env=environment, text=True
    )
    return done.stdout


def main() -> None:
    """Writes the picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    with tempfile.TemporaryDirectory() as folder:
        place = ("--data", str(Path(folder) / "data"))
        ledger("load", *place, str(CASE))
        for known_at in (BEFORE_THE_ANNEX, AFTER_THE_ANNEX):
            asked = (
                "--project",
                "LIDERZY",
                "--valid-at",
                "2020-10-15",
                "--known-at",
                str(known_at),
            )
            console.print(Text(f"$ ledger replay {' '.join(asked)}", style="bold"))
            shown = ledger("replay", *place, *asked)
            console.print(shown.split("Teams")[0].rstrip(), highlight=False)
            console.print()
    # No fonts from elsewhere: a picture must not call anybody.
    style_begins = CONSOLE_SVG_FORMAT.index("@font-face")
    style_ends = CONSOLE_SVG_FORMAT.index(".{unique_id}-matrix")
    plain = CONSOLE_SVG_FORMAT[:style_begins] + CONSOLE_SVG_FORMAT[style_ends:]
    svg = console.export_svg(title="ledger replay", code_format=plain, unique_id="replay")
    (HERE / "replay.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
