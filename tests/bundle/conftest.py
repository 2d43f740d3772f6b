"""A small project with money and evidence, and the bundle that an auditor takes of it."""

import asyncio
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from litestar.testing import TestClient

from api.app import create_app
from ledger import bootstrap
from ledger.attestations.authority import query
from ledger.attestations.practice import PracticeAuthority
from ledger.bundle.making import Sources, Wish, bundle
from ledger.bundle.sealed import sealed
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import Signer
from ledger.integrity.sealing import Sealer
from ledger.worker import Worker
from tests.conftest import fresh_database
from tests.journeys.accounts import LINES, ON, Accounts, accounts
from tests.journeys.conftest import Client, Service
from tests.journeys.world import World

DAY = date(2026, 1, 31)
STAMPED_AT = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)
TITLE = "Łąka & <spółka>"
LOST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"  # named, never stored
Charge = tuple[str, str]


class Story(NamedTuple):
    """A ledger with two projects; `project` is the one that is audited."""

    url: str
    keys: Path
    project: str


def evidence(service: Service, text: str, project: str) -> str:
    """Keeps a document; answers its digest."""
    officer = service.user("officer")
    file = {"file": (f"{text}.txt", f"Protokół: {text}\n".encode())}
    answer = officer.raw("POST", "/api/documents", files=file, data={"project": project})
    return str(answer.json()["sha256"])


def spend(service: Service, books: Accounts) -> None:
    """What may happen to money: claimed, reduced, returned, approved, corrected, withdrawn."""
    proof = evidence(service, "odbiór", books.project)
    first = books.spend("1230.00", evidence=[proof, LOST])
    second = books.spend("500.00", books.part("300.00"), books.part("100.00", "2.1"))
    third = books.spend("77.77", books.part("77.77", "2.1"))
    books.tell(f"expenditures/{third[0]}/withdraw", charge=third[1])
    settle(service, books, first, second)
    books.tell(f"expenditures/{second[0]}/correct", charge=second[1], eligible="310.00")
    books.claim(second, books.spend("12.00", description="=1+1"))
    project = f"projects/{books.project}"
    lines = [LINES[0], {**LINES[1], "line": "3.1"}]
    books.tell(f"{project}/set-budget", lines=lines, on="2019-07-02")
    shift = {"from_line": "1.1", "to_line": "3.1", "amount": "50.00"}
    books.tell(f"{project}/shift-budget", **shift, on="2019-07-02")


def settle(service: Service, books: Accounts, first: Charge, second: Charge) -> None:
    """A claim for both, which comes back, goes on with the first, and is paid."""
    officer, auditor = service.user("officer"), service.user("auditor")

    def refuse(by: Client, amount: str, on: str = ON) -> None:
        told: dict[str, Any] = {"charge": first[1], "amount": amount, "effective_on": on}
        books.by(by, f"expenditures/{first[0]}/disallow", **told, basis="6.2", reason="bez celu")

    refuse(officer, "30.00")
    claim = books.claim(first, second)
    books.tell(f"claims/{claim}/submit", because="gotowy")
    books.by(service.user("manager"), f"claims/{claim}/return", reason="błąd")
    books.exclude(claim, second)
    books.tell(f"claims/{claim}/submit", because="gotowy")
    refuse(officer, "20.00")
    manager = service.user("manager", name="druga osoba")
    books.by(manager, f"claims/{claim}/approve", effective_on="2019-06-01")
    refuse(auditor, "10.00", "2019-06-10")
    again: dict[str, Any] = {"charge": first[1], "amount": "5.00", "reason": "odwołanie"}
    books.by(auditor, f"expenditures/{first[0]}/reinstate", **again, effective_on="2019-06-20")
    books.tell(f"claims/{claim}/pay", amount="1000.00", paid_on="2019-07-01", on="2019-07-01")


def cooperate(world: World, project: str) -> None:
    """What is no money: a team, an agreement, a milestone, an indicator."""
    office = world.institution(name="@Urząd")
    member = {"institution": office, "person": world.person(), "role": "member"}
    world.tell(f"teams/{world.team(project)}/appoint", **member)
    duty = {"number": 1, "party": office, "text": "Udział w szkoleniu", "due_on": "2019-01-31"}
    world.agreement(project, office, obligations=[duty])
    days = {"starts_on": "2018-04-01", "ends_on": "2019-03-31"}
    world.tell(f"projects/{project}/plan-milestone", number=1, name="Model", **days)
    counts = {"subject": "institution", "through": ["agreement_signed"]}
    of = {"code": "I1", "name": "Instytucje", "kind": "output", "target": 2, "counts": counts}
    world.tell(f"projects/{project}/set-indicator", **of)


def tell(service: Service) -> str:
    """The story; answers the audited project."""
    world = World(service.user("admin"))
    other, books = accounts(world), accounts(world, title=TITLE)
    cooperate(world, other.project)
    cooperate(world, books.project)
    spend(service, books)
    spend(service, other)
    books.spend("45.00", books.part("40.00"), other.part("5.00"))
    return books.project


def stamp(url: str, folder: Path) -> None:
    """Has the newest checkpoint stamped."""
    authority = PracticeAuthority(folder, lambda: STAMPED_AT)
    with psycopg.connect(url) as owner:
        newest = "SELECT size, note FROM tree.checkpoints ORDER BY size DESC LIMIT 1"
        found = owner.execute(newest).fetchone()
        assert found is not None
        response = authority.answer(query(found[1]).sent)
        owner.execute(
            "INSERT INTO tree.timestamps (size, authority, response, stamped_at)"
            " VALUES (%s, 'https://tsa.example', %s, %s)",
            (found[0], response, STAMPED_AT),
        )


@pytest.fixture(scope="session")
def story(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The ledger; tests must not write to it."""
    keys = tmp_path_factory.mktemp("keys")
    with fresh_database(server_url) as url:
        with TestClient(create_app(url, keys=keys)) as http:
            service = Service(http)
            project = tell(service)
            Sealer(url, keys).catch_up()
            stamp(url, tmp_path_factory.mktemp("authority") / "a")
            World(service.user("admin")).institution()
        Worker(url).catch_up()
        Sealer(url, keys).catch_up()
        yield Story(url, keys, project)


def made(story: Story, *, documents: bool = True, day: date = DAY) -> bytes:
    """The bundle as it is sent."""

    async def make() -> bytes:
        async with bootstrap.parts(story.url, keys=story.keys) as parts:
            at = await sealed(parts.tree, story.keys, least=1)
            wish = Wish(project=story.project, valid_at=day, with_documents=documents)
            sources = Sources(parts.log, parts.reading, parts.documents, parts.disclosure)
            found = await bundle(sources, at, wish)
            return b"".join([chunk async for chunk in found.chunks])

    return asyncio.run(make())


@pytest.fixture(scope="session")
def whole(story: Story) -> bytes:
    """The bundle of the story with its documents."""
    return made(story)


@pytest.fixture(scope="session")
def members(whole: bytes) -> dict[str, bytes]:
    """What is in it."""
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="session")
def signer(story: Story) -> Signer:
    """The key of the log itself: with it even its owner's changes are put to the test."""
    return KeyFolder(story.keys).keys().signers[0]
