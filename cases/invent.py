"""What might have happened beside the real history? Writes the invented case file.

Run as `python cases/invent.py > cases/przyklad-zmyslony.yaml`. The same seed gives the same file,
byte for byte. It builds on the names of the two real case files and leaves alone what they say: the
teams, agreements and milestones recorded there stay as they are up to the day of the annex.
"""

import sys

from invention.kooperacja import tell_kooperacja
from invention.liderzy import tell_liderzy
from invention.money import tell_money
from invention.story import Story

HEAD = """\
# INVENTED: everything in this file is made up to demonstrate the ledger; none of it happened.
# ZMYŚLONE: wszystko w tym pliku wymyślono na pokaz; nic z tego się nie wydarzyło.
#
# The communes, counties and some public bodies exist; the persons, agreements, teams, activities,
# attendances, sums and decisions do not. Written by invent.py: do not edit by hand.
case: invented
commands:"""


def main() -> None:
    """Tells the story and writes it down."""
    story = Story(seed=20180401)
    tell_liderzy(story)
    tell_kooperacja(story)
    tell_money(story)
    print(HEAD)
    for line in story.lines():
        print(line)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    main()
