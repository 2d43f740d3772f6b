"""Who might have kept the papers? Custodies of both projects, invented."""

import hashlib
from datetime import date
from typing import Any

from invention.claims import OFFICER, Claim
from invention.story import KOOPERACJA, LIDERZY, Story

SOME = 12


def digest(of: str) -> str:
    """The digest of a scan that there never was."""
    return hashlib.sha256(f"INVENTED: {of}".encode()).hexdigest()


def keep(story: Story, first: Claim) -> None:
    """Papers of the first claim, which moved to an archive; agreements; the other project's."""
    papers = list(dict.fromkeys(document.id for document, _ in first.charges))[:SOME]
    _begin(
        story, "ksiegowe", LIDERZY, date(2019, 3, 29), "@rops-rzeszow",
        "Rzeszów, siedziba ROPS, pokój 112", "Dokumenty księgowe do wniosku W-001",
        expenditures=papers,
    )  # fmt: skip
    _begin(
        story, "umowy", LIDERZY, date(2018, 4, 16), "@rops-rzeszow",
        "Rzeszów, siedziba ROPS, sejf kadr", "Umowa o dofinansowanie i porozumienia, oryginały",
        digests=[digest("umowa o dofinansowanie"), digest("porozumienie z 24.08.2018")],
    )  # fmt: skip
    _begin(
        story, "torun", KOOPERACJA, date(2019, 4, 29), "@rops-torun",
        "Toruń, archiwum zakładowe", "Dokumenty do pierwszego wniosku o płatność",
    )  # fmt: skip
    story.tell(
        "custodies/@inv-papiery-ksiegowe/move", date(2021, 7, 19), "przekazano do archiwum",
        OFFICER, place="Rzeszów, archiwum zakładowe, regał 14",
    )  # fmt: skip


def _begin(
    story: Story, name: str, project: str, on: date, holder: str, place: str, describes: str,
    **more: Any,
) -> None:  # fmt: skip
    story.tell(
        "custodies", on, "spis przechowywanych dokumentów", OFFICER, id=f"@inv-papiery-{name}",
        project=project, holder=holder, place=place, describes=describes, **more,
    )  # fmt: skip
