"""A log that others watch: what they sign stands in the checkpoint, in receipts and in bundles."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from litestar.testing import TestClient

from api.app import create_app
from ledger.attestations import cosigning
from ledger.bundle import verify
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import Verifier, parse, vouched
from ledger.integrity.receipts import ReceiptRefused, check
from tests.attestations.bodies import Standing, witnessing
from tests.conftest import fresh_database
from tests.journeys.accounts import accounts
from tests.journeys.auditing import MUS
from tests.journeys.conftest import Client, Service
from tests.journeys.world import World


@pytest.fixture(scope="module")
def watched(
    server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Standing]]:
    """The service, and the witness that it shows its log to."""
    folder = tmp_path_factory.mktemp("watched")
    KeyFolder(folder / "keys").open("ledger.example/log")
    [log] = KeyFolder(folder / "keys").verifiers()
    with (
        pytest.MonkeyPatch.context() as environment,
        fresh_database(server_url) as url,
        witnessing(folder / "witness", log) as witness,
    ):
        environment.setenv("LEDGER_WITNESSES", witness.setting)
        environment.setattr(cosigning, "LOOK_SECONDS", 0.1)
        environment.setattr(cosigning, "PACE_SECONDS", 0.1)
        with TestClient(create_app(url, keys=folder / "keys")) as http:
            yield Service(http), witness


@pytest.fixture(scope="module")
def shared(watched: tuple[Service, Standing]) -> Service:
    return watched[0]


@pytest.fixture(scope="module")
def witness(watched: tuple[Service, Standing]) -> Verifier:
    return watched[1].at.verifier


@pytest.fixture(scope="module")
def project(world: World) -> str:
    """A project with a charge."""
    books = accounts(world)
    books.spend("100.00")
    return books.project


@pytest.fixture(scope="module")
def auditor(shared: Service) -> Client:
    return shared.user("auditor")


@pytest.fixture(scope="module")
def cosigned(auditor: Client, world: World, project: str) -> bytes:
    """The checkpoint as it is served, once the witness has signed all that is recorded."""
    end = monotonic() + 15
    while True:
        answer = auditor.raw("GET", "/log/checkpoint")
        lines = answer.text.split("\n")
        if answer.status_code == 200 and (int(lines[1]), len(lines)) == (world.head(), 7):
            return bytes(answer.content)
        assert monotonic() < end, answer.text
        sleep(0.05)


def test_the_checkpoint_is_served_with_the_witnesses_signature(
    cosigned: bytes, witness: Verifier
) -> None:
    [found] = vouched(parse(cosigned), [witness])
    assert found.witness == witness
    assert found.told().startswith("witness.example/w on 20")


def test_a_receipt_carries_it_and_is_checked_with_it(
    auditor: Client, cosigned: bytes, witness: Verifier
) -> None:
    stored = auditor.raw("GET", "/api/log/receipts/1").content
    assert [one.witness for one in check(stored).vouched] == [witness]
    assert "Cosigned by witness.example/w on 20" in check(stored, None, [witness]).sentence()
    stranger = Verifier("other.example/w", witness.key, witness.algorithm)
    with pytest.raises(ReceiptRefused, match=r"other\.example/w has not cosigned it"):
        check(stored, None, [stranger])


def test_a_bundle_carries_it_and_is_checked_with_it(
    auditor: Client, project: str, cosigned: bytes, witness: Verifier, tmp_path: Path
) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(auditor.raw("GET", f"/api/projects/{project}/bundle.zip").content)
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as opened:
        assert opened.read("witness_keys").decode() == f"{witness.vkey}\n"
        assert opened.read("checkpoint") == cosigned
    stranger = Verifier("other.example/w", witness.key, witness.algorithm)
    for given in ([], [witness.vkey]):
        said = verify.verify(file, None, verify.Troubles(), given)
        assert ", cosigned by witness.example/w on 20" in said
    troubles = verify.Troubles()
    assert verify.verify(file, None, troubles, [stranger.vkey]) == ""
    assert "is not signed by other.example/w" in troubles.lines[0]


def test_how_far_the_witness_has_come_is_told(
    auditor: Client, shared: Service, cosigned: bytes, witness: Verifier
) -> None:
    [row] = auditor.get("/api/log/witnesses")["items"]
    assert (row["name"], row["key"], row["failure"]) == (witness.name, witness.vkey, None)
    assert row["position"] >= 1
    shared.user("manager").get("/api/log/witnesses", status=403)
    ready = shared.nobody().raw("GET", "/health/ready").json()["witnesses"]
    assert [one["name"] for one in ready] == [witness.name]
    metrics = shared.nobody().raw("GET", "/metrics").text
    assert 'ledger_witness_failing{witness="witness.example/w"} 0.0' in metrics


def test_a_sample_is_drawn_by_what_a_witness_signed_and_by_nothing_that_looks_like_it(
    auditor: Client, project: str, cosigned: bytes
) -> None:
    lines = cosigned.decode().splitlines()
    design = MUS | {"sample_size": 1}
    asked = {"project": project, "population": "charges", "design": design}
    at = {"checkpoint_size": int(lines[1])}
    forged = lines[-1].replace(" witness.example/w ", " witness.example/x ")
    refused = auditor.post("/api/samples", {**asked, **at, "cosignature": forged}, status=422)
    assert refused["errors"][0]["field"] == "cosignature"
    drawn = auditor.post("/api/samples", {**asked, **at, "cosignature": lines[-1]})
    found = auditor.get(f"/api/samples/{drawn['id']}")
    assert (found["seed_source"], found["seed_text"]) == ("cosignature", lines[-1])
    later = {"checkpoint_size": int(lines[1]) + 1}
    auditor.post("/api/samples", {**asked, **later, "cosignature": lines[-1]}, status=422)
