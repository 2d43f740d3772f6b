"""Who is on the list? Rows to tick, and names typed or pasted one a line that become rows.

A name that fits nobody or several stays where it was typed, with what it could mean. What was
found is shown as a ticked row before anything is recorded.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from litestar.datastructures import UploadFile

from api.identity import READ_PERSONS
from api.pages.frame.forms import choices
from api.pages.frame.forms.choices import Option
from api.pages.frame.page import Page
from ledger.application import valid_id
from ledger.kernel.errors import Invalid

BETWEEN = "|"  # between the institution and the person in the value of a row
LINES_LIMIT = 100
TOLD = 4  # so many that a name could mean are named


class Entry(NamedTuple):
    """A row: an institution, a person, or a person on behalf of an institution.

    `extra` is what the list asks of each beside the tick: hours, or a role.
    """

    value: str
    label: str
    note: str
    ticked: bool
    extra: str
    errors: tuple[str, ...] = ()

    @property
    def who(self) -> dict[str, str]:
        """The institution and the person, as commands name them."""
        institution, _, person = self.value.partition(BETWEEN)
        named = {"institution": institution, "person": person}
        return {name: id for name, id in named.items() if id}


class Roll:
    """The list as somebody left it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = list(entries)
        self.lines = ""
        self.problems: list[str] = []
        self.grown = False

    @property
    def ticked(self) -> list[Entry]:
        """Those who are meant."""
        return [one for one in self.entries if one.ticked]

    def tick_all(self) -> None:
        """Everybody is meant."""
        self.entries = [one._replace(ticked=True) for one in self.entries]

    def blame(self, entry: Entry, message: str) -> None:
        """Says at a row what is wrong with it."""
        place = self.entries.index(entry)
        self.entries[place] = entry._replace(errors=(*entry.errors, message))


def value_of(institution: str | None, person: str | None) -> str:
    """The value of a row."""
    return f"{institution or ''}{BETWEEN}{person or ''}"


def taken(form: Any, extra: str) -> Roll:
    """The rows that a browser sent. Raises `Invalid` for one that names nobody."""
    ticked = set(form.getall("who", []))
    entries = []
    for value in dict.fromkeys(form.getall("row", [])):
        institution, between, person = str(value).partition(BETWEEN)
        ids = [one for one in (institution, person) if one]
        if not between or not ids or any(valid_id(one) != one for one in ids):
            raise Invalid.field("row", "an institution or a person is required")
        entries.append(
            Entry(
                value=str(value),
                label=str(form.get(f"label-{value}", "")),
                note=str(form.get(f"note-{value}", "")),
                ticked=value in ticked,
                extra=str(form.get(f"{extra}-{value}", "")).strip(),
            )
        )
    return Roll(entries)


async def find(page: Page, roll: Roll, text: str) -> None:
    """Looks for those whose names stand in the text, one a line, and adds them to the roll."""
    left = []
    known = {one.value for one in roll.entries}
    for line in [one.strip() for one in text.splitlines() if one.strip()][:LINES_LIMIT]:
        name, _, extra = line.partition(";")
        found = await candidates(page, name.strip())
        if len(found) == 1:
            one = found[0]
            roll.grown = True
            if one.value in known:
                roll.entries = [
                    e._replace(ticked=True) if e.value == one.value else e for e in roll.entries
                ]
            else:
                roll.entries.append(Entry(one.value, one.label, one.note, True, extra.strip()))
                known.add(one.value)
            continue
        left.append(line)
        roll.problems.append(unclear(page, name.strip(), found))
    roll.lines = "\n".join(left)


async def candidates(page: Page, name: str) -> list[Option]:
    """Those of that name; where there are none, those with that name in theirs."""
    found = [
        one._replace(value=value_of(one.value, None))
        for one in await choices.matching(page, "institutions", name)
    ]
    if page.caller.role in READ_PERSONS:
        found += [
            one._replace(value=value_of(None, one.value))
            for one in await choices.matching(page, "persons", name)
        ]
    return closest(found, name)


def closest(found: Sequence[Option], name: str) -> list[Option]:
    """Those of exactly that name, or else all that were found for it."""
    exact = [one for one in found if one.label.casefold() == name.casefold()]
    return exact or list(found)


def unclear(page: Page, name: str, found: Sequence[Option]) -> str:
    """Why it is not clear who is meant."""
    if not found:
        return page.say("%(name)s: nobody is called like that", name=name)
    some = "; ".join(f"{one.label} ({one.note})" if one.note else one.label for one in found[:TOLD])
    return page.say("%(name)s could be: %(some)s", name=name, some=some)


async def kept_files(page: Page, form: Any) -> list[str]:
    """The digests of the evidence: what was kept before, and what comes with the form."""
    digests = [str(one) for one in form.getall("evidence", [])]
    project = page.caller.project or (page.project or {}).get("id")
    for file in form.getall("evidence-file", []):
        if isinstance(file, UploadFile) and file.filename:
            stored = await page.parts.documents.put(
                await file.read(), name=file.filename, by=page.caller.name, project=project
            )
            digests.append(stored.sha256)
    return list(dict.fromkeys(digests))
