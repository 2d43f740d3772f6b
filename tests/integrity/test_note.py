"""Notes are read and verified as C2SP signed-note and tlog-cosignature say."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.note import (
    COSIGNATURE,
    Note,
    NoteRefused,
    Signer,
    cosigned_at,
    parse,
    read_signature,
    read_vkey,
    sign,
)

# The example of the specification.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = """\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
""".encode()  # noqa: E501
COSIGNED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
""".encode()  # noqa: E501


def signer(name: str = "example.com/log", seed: int = 1, algorithm: int = 1) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)), algorithm)


def test_the_example_of_the_specification_verifies() -> None:
    verifier = read_vkey(VKEY)
    assert verifier.vkey == VKEY
    note = parse(EXAMPLE)
    assert note.text == "This is an example message.\n"
    assert note.signed_by([verifier]) == [verifier]
    assert note.write() == EXAMPLE


@given(st.integers(0, len(EXAMPLE) - 1), st.integers(0, 7))
def test_no_bit_of_a_signed_note_can_be_changed(at: int, bit: int) -> None:
    spoiled = bytearray(EXAMPLE)
    spoiled[at] ^= 1 << bit
    with pytest.raises(NoteRefused):
        parse(bytes(spoiled)).signed_by([read_vkey(VKEY)])


def test_the_cosigned_checkpoint_of_the_specification_is_read() -> None:
    note = parse(COSIGNED)
    checkpoint = read_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert checkpoint.text() == note.text
    assert cosigned_at(note.signatures[1]) == 1_679_315_147
    assert note.write() == COSIGNED


def test_what_was_signed_is_verified_by_the_keys_that_are_known() -> None:
    one, two, unknown = signer(seed=1), signer(seed=2), signer(seed=3)
    note = parse(sign("text\n", [one, two]).write())
    assert note.signed_by([two.verifier, unknown.verifier]) == [two.verifier]
    assert note.signed_by([one.verifier, two.verifier]) == [one.verifier, two.verifier]
    with pytest.raises(NoteRefused, match="no known key"):
        note.signed_by([unknown.verifier])
    with pytest.raises(NoteRefused, match="no known key"):
        note.signed_by([])


def test_one_wrong_signature_of_a_known_key_refuses_the_whole_note() -> None:
    one, two = signer(seed=1), signer(seed=2)
    wrong = two.sign("another text\n")
    note = Note("text\n", (one.sign("text\n"), wrong))
    with pytest.raises(NoteRefused, match="wrong"):
        note.signed_by([one.verifier, two.verifier])
    assert note.signed_by([one.verifier]) == [one.verifier]  # unknown ones are passed over


def test_the_same_key_under_another_name_is_another_one() -> None:
    note = sign("text\n", [signer("example.com/log")])
    with pytest.raises(NoteRefused, match="no known key"):
        note.signed_by([signer("example.com/other").verifier])


def test_a_text_may_hold_empty_lines() -> None:
    text = "one\n\n— two three\n\nfour\n"
    assert parse(sign(text, [signer()]).write()).text == text


def test_a_cosignature_signs_its_time_too() -> None:
    witness = signer("witness.example.com/w", algorithm=COSIGNATURE)
    text = Checkpoint("example.com/log", 7, bytes(32)).text()
    made = witness.sign(text, 1_700_000_000)
    assert cosigned_at(made) == 1_700_000_000
    witness.verifier.verify(text, read_signature(made.line()))
    assert read_vkey(witness.verifier.vkey) == witness.verifier
    later = made._replace(blob=(1_700_000_001).to_bytes(8, "big") + made.blob[8:])
    with pytest.raises(NoteRefused, match="wrong"):
        witness.verifier.verify(text, later)
    plain = signer("witness.example.com/w")
    assert plain.verifier.key_id != witness.verifier.key_id


@pytest.mark.parametrize(
    "stored",
    [b"", b"text\n", b"text\n\n", b"text\n\n\n", EXAMPLE[:-1], EXAMPLE.replace(b"\n\n", b"\n"),
     EXAMPLE + b"\n", EXAMPLE + b"more\n", EXAMPLE.replace(b"example m", b"example\tm"),
     EXAMPLE.replace(b"\n", b"\r\n"), b"\xff" + EXAMPLE, EXAMPLE.replace("—".encode(), b"-"),
     EXAMPLE.replace(b"foo Uw", b"foo  Uw"), EXAMPLE.replace(b"foo Uw", b"f+o Uw"),
     EXAMPLE.replace(b"foo Uw", "f\u00a0o Uw".encode()), EXAMPLE.replace(b"aQM=", b"aQM"),
     EXAMPLE.replace(b"aQM=", b"aQN="), "text\n\n— a AAAAAA==\n".encode(),
     b"t" * 1_000_001 + EXAMPLE, EXAMPLE + EXAMPLE.split(b"\n", 2)[2] * 101],
)  # fmt: skip
def test_nothing_else_is_a_note(stored: bytes) -> None:
    with pytest.raises(NoteRefused):
        parse(stored)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+b", VKEY[:-1], VKEY + "A", VKEY.replace("530d", "530e"),
     VKEY.replace("530d", "530D"), VKEY.replace("+Aek", "+Aug"), VKEY.replace("foo", "f o"),
     VKEY.replace("example.com/foo", ""), VKEY.replace("foo", "fop")],
)  # fmt: skip
def test_nothing_else_is_a_verifier_key(text: str) -> None:
    with pytest.raises(NoteRefused):
        read_vkey(text)


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\n1\nAA==\n", f"a\n01\n{'A' * 43}=\n", f"a\n-1\n{'A' * 43}=\n",
     f"a\n٣\n{'A' * 43}=\n", f"\n1\n{'A' * 43}=\n", f"a\n1\n{'A' * 43}=", f"a\n1\n{'A' * 42}B=\n",
     f"a\n1\n{'A' * 43}=\n\n", f"a\n+1\n{'A' * 43}=\n"],
)  # fmt: skip
def test_nothing_else_is_a_checkpoint(text: str) -> None:
    with pytest.raises(NoteRefused):
        read_checkpoint(text)


def test_further_lines_of_a_checkpoint_are_passed_over() -> None:
    checkpoint = Checkpoint("a", 0, bytes(32))
    assert read_checkpoint(checkpoint.text() + "extension\n") == checkpoint
