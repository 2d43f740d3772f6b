"""A receipt proves its event to somebody who has nothing but the receipt and a public key."""

import json
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.integrity.checkpoint import Checkpoint
from ledger.integrity.note import Signer, sign
from ledger.integrity.proofs import inclusion_path
from ledger.integrity.receipts import ReceiptRefused, check, receipt
from tests.integrity.trees import hashed, root

SIGNER = Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
AT, SIZE = 4, 11


def leaf(position: int) -> bytes:
    return (
        f'{{"position":{position},"stream":"0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c","version":1,'
        '"type":"team.established","effective_on":"2020-01-01",'
        '"recorded_at":"2026-11-21T22:45:11.000000Z","recorded_by":"Żaneta","reason":null,'
        '"evidence":[],"request_id":"r","data":{"name":"Zespół \\"A\\""}}'
    ).encode()


LEAVES = [leaf(position) for position in range(1, SIZE + 1)]
HASHES = [hashed(one) for one in LEAVES]


def made(signer: Signer = SIGNER, origin: str = "example.org/log") -> dict[str, Any]:
    path = inclusion_path(AT, SIZE, lambda start, end: root(HASHES[start:end]))
    note = sign(Checkpoint(origin, SIZE, root(HASHES)).text(), [signer]).write()
    found = receipt(LEAVES[AT], AT, path, note, [signer.verifier])
    decoded: dict[str, Any] = msgspec.to_builtins(found)
    return decoded


def stored(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=2).encode()  # not as we write it: its form does not matter


def test_a_receipt_says_which_event_stands_in_which_log() -> None:
    proved = check(stored(made()), SIGNER.verifier)
    assert (proved.event.position, proved.checkpoint.size) == (AT + 1, SIZE)
    assert proved.sentence() == (
        "Event 5 (team.established, recorded 2026-11-21T22:45:11.000000Z by Żaneta) stands in the"
        " log example.org/log of 11 events, signed with the key "
        f"{SIGNER.verifier.key_id.hex()}."
    )


def test_the_leaf_is_kept_byte_for_byte() -> None:
    assert made()["leaf"].encode() == LEAVES[AT]


def test_without_a_key_the_receipts_own_is_believed() -> None:
    assert check(stored(made())).verifier == SIGNER.verifier


def test_a_receipt_of_another_key_is_refused() -> None:
    with pytest.raises(ReceiptRefused, match="no known key"):
        check(stored(made(OTHER)), SIGNER.verifier)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"leaf": LEAVES[AT].decode().replace("2020", "2021")}, "root"),
        ({"leaf": LEAVES[AT].decode() + " "}, "root"),
        ({"leaf": LEAVES[AT + 1].decode()}, "root"),
        ({"leaf_index": AT + 1}, "root|long|short"),
        ({"leaf_index": SIZE}, "no leaf"),
        ({"leaf_index": -1}, "no leaf"),
        ({"tree_size": SIZE + 1}, "another size"),
        ({"hashes": []}, "short"),
        ({"hashes": [HASHES[0].hex().upper()]}, "digits"),
        ({"hashes": ["00"]}, "digits"),
        ({"hashes": ["zz" * 32]}, "digits"),
        ({"checkpoint": ""}, "no signatures"),
        ({"checkpoint": made(OTHER)["checkpoint"]}, "no known key"),
        ({"verifier_key": ""}, "verifier key"),
        ({"verifier_key": OTHER.verifier.vkey}, "no known key"),
        ({"format": "ledger-receipt/2"}, "format"),
    ],
)
def test_nothing_of_it_can_be_changed(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ReceiptRefused, match=why):
        check(stored(made() | change))


def test_a_forged_root_needs_a_forged_signature() -> None:
    good = made()
    text = Checkpoint("example.org/log", SIZE, HASHES[0]).text()
    forged = (
        text + good["checkpoint"].partition("\n\n")[1][1:] + good["checkpoint"].split("\n\n")[1]
    )
    with pytest.raises(ReceiptRefused, match="signature"):
        check(stored(good | {"checkpoint": forged}))


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(ReceiptRefused, match="not of the key's"):
        made(origin="example.org/other")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"format":"ledger-receipt/1"}'])
def test_nothing_else_is_a_receipt(content: bytes) -> None:
    with pytest.raises(ReceiptRefused, match="no receipt"):
        check(content)


def test_an_event_in_another_place_than_it_says_is_refused() -> None:
    note = sign(Checkpoint("example.org/log", 1, HASHES[AT]).text(), [SIGNER]).write()
    with pytest.raises(ReceiptRefused, match="another position"):
        receipt(LEAVES[AT], 0, [], note, [SIGNER.verifier])


def test_a_leaf_that_is_no_event_is_refused() -> None:
    note = sign(Checkpoint("example.org/log", 1, hashed(b"{}")).text(), [SIGNER]).write()
    with pytest.raises(ReceiptRefused, match="no event"):
        receipt(b"{}", 0, [], note, [SIGNER.verifier])
