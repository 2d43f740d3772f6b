"""The log as others check it: its checkpoint, its tiles, proofs and receipts, over HTTP."""

import base64
import gzip
import hashlib
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

from api.app import create_app
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import parse, read_vkey
from ledger.integrity.proofs import verify_consistency, verify_inclusion
from ledger.integrity.receipts import check
from ledger.integrity.sealing import Sealer
from tests.conftest import fresh_database
from tests.integrity.growing import as_owner, tables
from tests.journeys.conftest import Client, Service
from tests.journeys.world import World

FOR_EVER = "private, max-age=31536000, immutable"
EVENTS = 300


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "keys"


@pytest.fixture(scope="module")
def shared(server_url: str, keys: Path) -> Iterator[Service]:
    """The service on a log of its own, with its keys in a folder that is given to it."""
    with fresh_database(server_url) as url, TestClient(create_app(url, keys=keys)) as http:
        yield Service(http)


@pytest.fixture(scope="module")
def grown(world: World) -> World:
    """A log of more than one tile."""
    commands = [
        {
            "path": "/api/institutions",
            "body": {"name": f"I{n}", "sector": "ngo", "level": "commune"},
        }
        for n in range(100)
    ]
    for _ in range(EVENTS // 100):
        world.client.post("/api/batch", {"commands": commands})
    return world


@pytest.fixture(scope="module")
def auditor(shared: Service) -> Client:
    return shared.user("auditor")


def text(client: Client, path: str = "/log/checkpoint") -> str:
    answer = client.raw("GET", path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def sealed(client: Client, at_least: int) -> tuple[int, bytes]:
    """The size and the root in the checkpoint, once it covers so many events."""
    end = monotonic() + 10
    while monotonic() < end:
        answer = client.raw("GET", "/log/checkpoint")
        if answer.status_code == 200:  # else nothing is signed yet
            _, size, root = answer.text.split("\n")[:3]
            if int(size) >= at_least:
                return int(size), base64.b64decode(root)
        sleep(0.02)
    raise AssertionError("the checkpoint does not come")


class Reader:
    """A reader of tlog-tiles that knows nothing of ours but the addresses."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, kind: str, n: int, width: int) -> bytes:
        path = f"/log/tile/{kind}/{n:03}" + (f".p/{width}" if width < 256 else "")
        answer = self.client.raw("GET", path)
        assert answer.status_code == 200, (path, answer.text)
        assert answer.headers["content-type"] == "application/octet-stream"
        return bytes(answer.content)

    def level(self, level: int, size: int) -> list[bytes]:
        count, found = size >> 8 * level, list[bytes]()
        for n in range(-(-count // 256)):
            tile = self.get(str(level), n, min(256, count - 256 * n))
            found += [tile[at : at + 32] for at in range(0, len(tile), 32)]
        assert len(found) == count
        return found

    def entries(self, size: int) -> list[bytes]:
        found = list[bytes]()
        for n in range(-(-size // 256)):
            rest = self.get("entries", n, min(256, size - 256 * n))
            while rest:
                (length,) = struct.unpack_from(">H", rest)
                found.append(rest[2 : 2 + length])
                rest = rest[2 + length :]
        return found


def root_of(hashes: list[bytes]) -> bytes:
    """The root by the definition of RFC 6962."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + root_of(hashes[:k]) + root_of(hashes[k:])).digest()


def test_the_tiles_and_the_entries_reproduce_the_root_of_the_checkpoint(
    grown: World, auditor: Client
) -> None:
    size, root = sealed(auditor, grown.head())
    assert size > 256
    reader = Reader(auditor)
    leaves = reader.level(0, size)
    assert root_of(leaves) == root
    assert reader.level(1, size) == [root_of(leaves[:256])]
    entries = reader.entries(size)
    assert [hashlib.sha256(b"\0" + entry).digest() for entry in entries] == leaves
    assert [json.loads(entry)["position"] for entry in entries] == list(range(1, size + 1))


def test_the_checkpoint_is_open_to_everyone_and_signed(
    shared: Service, grown: World, keys: Path
) -> None:
    answer = shared.nobody().raw("GET", "/log/checkpoint")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    (verifier,) = KeyFolder(keys).verifiers()
    note = parse(answer.content)
    assert note.signed_by([verifier]) == [verifier]
    assert note.text.split("\n")[0] == verifier.name


def test_what_was_recorded_is_sealed_within_a_second(grown: World, auditor: Client) -> None:
    took = []
    for _ in range(5):
        began = monotonic()
        grown.institution()
        sealed(auditor, grown.head())
        took.append(monotonic() - began)
    assert sorted(took)[2] < 1, took  # a machine may be busy for a moment


def test_tiles_may_be_kept_for_ever(grown: World, auditor: Client) -> None:
    sealed(auditor, grown.head())
    for path in ("0/000", "0/000.p/7", "entries/000", "entries/000.p/7"):
        answer = auditor.raw("GET", f"/log/tile/{path}")
        assert answer.headers["cache-control"] == FOR_EVER
    full, part = (auditor.raw("GET", f"/log/tile/0/000{end}").content for end in ("", ".p/7"))
    assert (len(full), part) == (8_192, full[: 7 * 32])


def test_entries_are_compressed_for_those_who_can_read_it(grown: World, auditor: Client) -> None:
    sealed(auditor, grown.head())
    plain = auditor.raw("GET", "/log/tile/entries/000", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = auditor.raw("GET", "/log/tile/entries/000", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(gzip.compress(plain.content)) * 2


@pytest.mark.parametrize(
    "path",
    ["0/001.p/255", "0/002", "1/000", "1/001.p/1", "9/000.p/1", "63/000.p/1", "0/x001/067",
     "entries/001", "entries/x001/067", "0/0", "0/000.p/0", "0/000.p/256", "00/000", "64/000",
     "entries/0", "x", "0/x999/x999/x999/x999/x999/x999/999",
     "entries/x999/x999/x999/x999/x999/999"],
)  # fmt: skip
def test_what_the_tree_does_not_have_is_not_found(grown: World, auditor: Client, path: str) -> None:
    auditor.get(f"/log/tile/{path}", status=404)


def test_every_event_is_proved_in_every_size(grown: World, auditor: Client) -> None:
    size, root = sealed(auditor, grown.head())
    leaves = Reader(auditor).level(0, size)
    for position in (1, 2, 255, 256, 257, size):
        for of_size in {position, max(position, 256), max(position, 290), size}:
            found = auditor.get("/api/log/proofs/inclusion", position=position, size=of_size)
            assert (found["leaf_index"], found["tree_size"]) == (position - 1, of_size)
            leaf, path = found["leaf_hash"], found["hashes"]
            assert bytes.fromhex(leaf) == leaves[position - 1]
            verify_inclusion(
                bytes.fromhex(leaf), position - 1, of_size, [bytes.fromhex(h) for h in path],
                root if of_size == size else root_of(leaves[:of_size]),
            )  # fmt: skip


def test_a_proof_leads_to_the_last_checkpoint_unless_a_size_is_asked_for(
    grown: World, auditor: Client
) -> None:
    size, _ = sealed(auditor, grown.head())
    assert auditor.get("/api/log/proofs/inclusion", position=1)["tree_size"] == size
    assert auditor.get("/api/log/proofs/consistency", first=1)["second"] == size


def test_the_log_is_proved_to_have_only_grown(grown: World, auditor: Client) -> None:
    size, _ = sealed(auditor, grown.head())
    leaves = Reader(auditor).level(0, size)
    for first, second in ((1, size), (255, 257), (256, size), (257, 290), (size, size)):
        found = auditor.get("/api/log/proofs/consistency", first=first, second=second)
        assert (found["first"], found["second"]) == (first, second)
        path = [bytes.fromhex(one) for one in found["hashes"]]
        verify_consistency(first, second, root_of(leaves[:first]), root_of(leaves[:second]), path)


@pytest.mark.parametrize(
    "query",
    [{}, {"position": 0}, {"position": "x"}, {"position": -1}, {"position": 5, "size": 4},
     {"position": 5, "size": 10**9}, {"position": 5, "other": 1}, {"size": 5}],
)  # fmt: skip
def test_a_proof_of_nothing_is_refused(grown: World, auditor: Client, query: Any) -> None:
    sealed(auditor, grown.head())
    auditor.get("/api/log/proofs/inclusion", status=422, **query)


@pytest.mark.parametrize(
    "query",
    [{}, {"first": 0}, {"first": 5, "second": 4}, {"first": 5, "second": 10**9},
     {"first": 10**9}, {"second": 5}],
)  # fmt: skip
def test_a_log_that_was_never_that_large_goes_on_from_nothing(
    grown: World, auditor: Client, query: Any
) -> None:
    sealed(auditor, grown.head())
    auditor.get("/api/log/proofs/consistency", status=422, **query)


def test_a_receipt_can_be_had_at_once_and_proves_the_event_offline(
    grown: World, auditor: Client, keys: Path
) -> None:
    institution = grown.institution()
    position = grown.head()
    answer = auditor.raw("GET", f"/api/log/receipts/{position}")
    assert answer.status_code == 200, answer.text
    assert f'filename="receipt-{position}.json"' in answer.headers["content-disposition"]
    proved = check(answer.content, KeyFolder(keys).verifiers()[0])
    assert (proved.event.position, proved.event.stream) == (position, institution)
    assert read_vkey(answer.json()["verifier_key"]) == proved.verifier


@pytest.mark.parametrize("position", ["0", "x", "-1", str(10**9), str(10**30)])
def test_there_is_no_receipt_of_what_was_not_recorded(
    grown: World, auditor: Client, position: str
) -> None:
    auditor.get(f"/api/log/receipts/{position}", status=404)


PATHS = ("/log/tile/0/000", "/log/tile/entries/000", "/api/log/proofs/inclusion?position=1",
         "/api/log/proofs/consistency?first=1", "/api/log/receipts/1")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_all_but_the_checkpoint_is_for_auditors(
    shared: Service, grown: World, auditor: Client, path: str
) -> None:
    sealed(auditor, grown.head())
    assert shared.nobody().raw("GET", path).status_code == 401
    for role in ("officer", "coordinator", "manager"):
        assert shared.user(role).raw("GET", path).status_code == 403
    for role in ("auditor", "admin"):
        assert shared.user(role).raw("GET", path).status_code == 200


def test_an_auditor_of_one_project_proves_its_events_and_sees_no_others(
    shared: Service, grown: World, auditor: Client
) -> None:
    mine, other = grown.project(), grown.project()
    own = grown.client.get("/api/events", stream=mine)["items"][0]["position"]
    foreign = grown.client.get("/api/events", stream=other)["items"][0]["position"]
    sealed(auditor, grown.head())
    bound = shared.user("auditor", project=mine)
    bound.get(f"/api/log/receipts/{own}")
    bound.get("/api/log/proofs/inclusion", position=own)
    bound.get("/api/log/proofs/consistency", first=own)
    bound.get(f"/api/log/receipts/{foreign}", status=404)
    bound.get("/api/log/proofs/inclusion", status=404, position=foreign)
    assert bound.raw("GET", "/log/tile/0/000").status_code == 200  # hashes say nothing of others
    assert bound.raw("GET", "/log/tile/entries/000").status_code == 403


def test_readiness_says_how_far_the_tree_is(shared: Service, grown: World, auditor: Client) -> None:
    size, _ = sealed(auditor, grown.head())
    said = shared.nobody().raw("GET", "/health/ready").json()
    assert said["tree"] == {"status": "ok", "position": size, "lag": 0}
    assert f"ledger_sealed_position {float(size)}" in text(shared.nobody(), "/metrics")


def test_before_anything_is_signed_the_checkpoint_is_not_there_yet(
    database_url: str, tmp_path: Path
) -> None:
    app = create_app(database_url, keys=tmp_path / "keys", with_worker=False)
    with TestClient(app) as http:
        auditor = Service(http).user("auditor")
        auditor.get("/log/checkpoint", status=503)
        auditor.get("/log/tile/0/000.p/1", status=404)
        auditor.get("/log/tile/entries/000.p/1", status=404)


def test_a_witness_adds_its_line_to_the_checkpoint(database_url: str, tmp_path: Path) -> None:
    Sealer(database_url, tmp_path / "keys").catch_up()
    line = "— witness.example/w jWbPPwAAAABkGFDL"
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO tree.cosignatures (size, name, note_line) VALUES (0, 'w', %s)", (line,)
        )
    app = create_app(database_url, keys=tmp_path / "keys", with_worker=False)
    with TestClient(app) as http:
        note = text(Service(http).nobody())
    assert note.endswith(f"=\n{line}\n")
    assert len(parse(note.encode()).signatures) == 2


def test_a_service_that_may_not_sign_is_not_ready(database_url: str, tmp_path: Path) -> None:
    """Another ledger's keys lie in the folder: its log would get a second root."""
    keys = tmp_path / "keys"
    with TestClient(create_app(database_url, keys=keys)) as http:
        world = World(Service(http).user("admin"))
        world.institution()
        sealed(world.client, world.head())
    last = (keys / "log.last").read_text().split("\n")
    (keys / "log.last").write_text("\n".join([last[0], "99", *last[2:]]))
    with TestClient(create_app(database_url, keys=keys)) as http:
        end = monotonic() + 10
        while (answer := http.get("/health/ready")).status_code == 200:
            assert monotonic() < end
            sleep(0.02)
        assert answer.json()["tree"]["status"] == "refused"


def test_an_event_that_was_changed_gets_no_receipt(database_url: str, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    with TestClient(create_app(database_url, keys=keys)) as http:
        admin = Service(http).user("admin")
        world = World(admin)
        world.institution()
        world.institution()
        position = world.head()
        sealed(admin, position)
        as_owner(
            database_url,
            *tables("log.events"),
            "UPDATE log.events SET leaf = overlay(leaf placing ' ' from octet_length(leaf))"
            f" WHERE position = {position}",
        )
        problem = admin.get(f"/api/log/receipts/{position}", status=409)
        assert problem["rule"] == "not_as_sealed"
        assert f"position {position}" in problem["detail"]
        admin.get(f"/api/log/receipts/{position - 1}")
