"""What can one go to? The entries of the navigation, declared beside their pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.frame.words import later

# What stands above the entries of a project, in this order.
GROUPS = {
    "": later("Overview"),
    "cooperation": later("Cooperation"),
    "money": later("Money"),
    "control": later("Control"),
}


@dataclass(frozen=True)
class Nav:
    """An entry: `label` is a sentence of the catalogues; entries stand by `order`.

    `roles`: who sees it; nobody named: everyone. Where `group` is set, the page is one of a
    project's and stands in its side navigation, under that group; otherwise it is in the bar.
    `all_projects`: not for somebody who is confined to one.
    """

    label: str
    order: int
    roles: frozenset[str] = frozenset()
    group: str | None = None
    all_projects: bool = False

    def shown_to(self, role: str, project: str | None) -> bool:
        """Whether that role sees the entry, granted for that project or (None) for all."""
        return (not self.roles or role in self.roles) and not (self.all_projects and project)


@dataclass(frozen=True)
class Entry:
    """An entry as a page shows it."""

    label: str
    href: str
    current: bool
    group: str = ""


def in_groups(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """A project's entries under their groups."""
    found = [(title, [e for e in entries if e.group == key]) for key, title in GROUPS.items()]
    return [(title, some) for title, some in found if some]
