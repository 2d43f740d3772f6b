"""After an erasure nobody finds the person: not in the database, its files, exports or logs."""

import asyncio
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from ledger.cli import main
from ledger.database.embedded import EmbeddedPostgres
from ledger.database.migrate import migrate
from tests.conftest import own_keys, roomy_directory
from tests.journeys.server import Server, token

PLANTED = {
    "given_name": "Bogumiła",
    "family_name": "Niezapomnianowska",
    "email": "bogumila.niezapomnianowska@example.org",
    "phone": "84022912343",  # as guessable as a PESEL
    "born_on": "1994-05-02",
}
TRACES = [text.encode() for text in PLANTED.values()] + [
    b"Bogumi", b"Niezapomniano", "NIEZAPOMNIANOWSKA".encode("utf-16-le")
]  # fmt: skip
START = "2018-04-01"


def found_in(content: bytes) -> list[bytes]:
    return [trace for trace in TRACES if trace.lower() in content.lower()]


def patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The service's connections are ended for the backup: it answers 503 until it has new ones."""
    answer = ask()
    for _ in range(50):
        if answer.status_code != 503:
            break
        sleep(0.1)
        answer = ask()
    return answer


class Place:
    """A service on a cluster of its own, whose files can be searched byte by byte."""

    def __init__(self, folder: Path, server: Server, url: str, bearer: str) -> None:
        self.folder, self.server, self.url = folder, server, url
        self.http = httpx.Client(
            base_url=server.url, headers={"Authorization": f"Bearer {bearer}"}, timeout=30
        )
        self.position = 0

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        said = {"effective_on": START, "reason": "tak postanowiono"} | body
        headers = {"Idempotency-Key": path}
        answer = patiently(lambda: self.http.post(f"/api/{path}", json=said, headers=headers))
        assert answer.status_code == 201, answer.text
        self.position = int(answer.headers["Ledger-Position"])
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str) -> httpx.Response:
        headers = {"Ledger-Position": str(self.position)}
        return patiently(lambda: self.http.get(path, headers=headers))

    def tables(self) -> bytes:
        """Everything that a dump of the database holds, schema by schema."""
        parts = []
        with psycopg.connect(self.url, autocommit=True) as owner:
            names = owner.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            for (name,) in names:
                with owner.cursor().copy(f"COPY {name} TO STDOUT".encode()) as rows:
                    parts += [name.encode(), *map(bytes, rows)]
                with owner.cursor().copy(
                    f"COPY (SELECT t::text FROM {name} AS t) TO STDOUT".encode()
                ) as rows:
                    parts += map(bytes, rows)
            leaves = owner.execute("SELECT leaf FROM log.events").fetchall()
            owner.execute("CHECKPOINT")
        return b"".join([*parts, *(bytes(leaf) for (leaf,) in leaves)])

    def files(self) -> Iterator[tuple[Path, bytes]]:
        """Every file of the cluster and of the keys: heaps, indexes, WAL, the server's log."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr("ledger.logs.configure", lambda *_: None)
    with (
        roomy_directory() as folder,
        EmbeddedPostgres(folder) as cluster,
        own_keys(f"erasure-{uuid4().hex}"),
    ):
        migrate(cluster.url)
        bearer = asyncio.run(token(cluster.url))
        log = tmp_path / "service.log"
        with Server(cluster.url, log) as server:
            made = Place(folder, server, cluster.url, bearer)
            yield made
            made.http.close()
        assert found_in(log.read_bytes()) == []


def test_nothing_is_left_of_who_was_erased(place: Place, tmp_path: Path) -> None:
    office = place.post("institutions", name="Urząd", sector="ngo", level="commune")["id"]
    terms = {"code": "P", "title": "Projekt", "programme": "PO WER", "leader": office}
    days = {"value": "1000.00", "starts_on": START, "ends_on": "2021-03-31"}
    project = place.post("projects", **terms, **days)["id"]
    person = place.post("persons", **PLANTED, sex="f")["id"]
    place.post(f"persons/{person}/update", given_name="Bogumiła Maria")
    team = place.post("teams", project=project, kind="model", name="Zespół")["id"]
    chair = {"person": person, "role": "chair", "effective_on": "2019-05-01"}
    place.post(f"teams/{team}/appoint", **chair)
    counts = {"subject": "person", "through": ["team_appointed"]}
    counted = {"code": "W", "name": "W", "kind": "output", "target": 1, "counts": counts}
    place.post(f"projects/{project}/set-indicator", **counted)
    indicators = f"/api/projects/{project}/indicators"
    before = place.get(indicators).json()["items"][0]
    assert before["breakdown"]["age_group"] == {"under_25": 1}
    assert "Niezapomnianowska" in place.get(f"/api/teams/{team}").text
    place.get("/api/persons?name=Niezapomnianowska&limit=1")
    place.http.get(f"/api/persons/{PLANTED['email']}")
    backup = _backup(place)

    place.post(f"persons/{person}/erase", effective_on="2020-01-01")

    after = place.get(indicators).json()["items"][0]
    assert {k: v for k, v in after.items() if k != "explain"} == {
        k: v for k, v in before.items() if k != "explain"
    }
    paths = ["/api/persons", f"/api/persons/{person}", f"/api/teams/{team}", "/api/events",
             f"/api/streams/{person}", f"/api/streams/{person}?version=1",
             f"/api/streams/{person}/history", f"/api/persons/{person}/export",
             f"/api/projects/{project}/report", f"/api/projects/{project}/changes?from=0",
             f"{indicators}/W/explain", "/api/persons?name=Niezapomnianowska"]  # fmt: skip
    for path in paths:
        answer = place.get(path)
        assert answer.status_code == 200, path
        assert found_in(answer.content) == [], path
    assert "[erased]" in place.get(f"/api/teams/{team}").text
    assert found_in(place.tables()) == []
    assert [
        (path, traces) for path, content in place.files() if (traces := found_in(content))
    ] == []
    _search_exports(place, tmp_path)
    assert main(["verify", "--database", place.url]) == 0
    assert main(["rebuild", "--database", place.url]) == 0
    assert found_in(place.tables()) == []
    _search_restored(backup, place.url)


def _search_exports(place: Place, tmp_path: Path) -> None:
    events, bundle = tmp_path / "events.jsonl", tmp_path / "bundle.zip"
    here = ["--database", place.url]
    assert main(["export", "events", "--out", str(events), *here]) == 0
    assert main(["export", "bundle", "--project", "P", "--out", str(bundle), *here]) == 0
    assert found_in(events.read_bytes()) == []
    with zipfile.ZipFile(io.BytesIO(bundle.read_bytes())) as held:
        for name in held.namelist():
            assert found_in(held.read(name)) == [], name


def _backup(place: Place) -> str:
    """A copy of the database as it was before the erasure."""
    name = f"b{uuid4().hex}"
    with psycopg.connect(place.url.replace("/ledger?", "/postgres?"), autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ledger'"
        )
        for _ in range(50):
            try:
                owner.execute(f"CREATE DATABASE {name} TEMPLATE ledger".encode())
            except psycopg.errors.ObjectInUse:
                owner.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = 'ledger'"
                )
            else:
                break
    return place.url.replace("/ledger?", f"/{name}?")


def _search_restored(backup: str, url: str) -> None:
    """The backup is brought up again, with the keys of now."""
    bearer = asyncio.run(token(backup))
    with Server(backup) as server:
        headers = {"Authorization": f"Bearer {bearer}"}
        rows = httpx.get(f"{server.url}/api/persons", headers=headers, timeout=30)
        assert rows.json()["items"][0]["family_name"] == "[erased]"
        assert found_in(rows.content) == []
    assert backup != url
