"""A witness answers as C2SP tlog-witness says, and never cosigns two stories of one log."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.integrity.checkpoint import Checkpoint
from ledger.integrity.note import Note, cosigned_at, parse, read_signature, sign
from ledger.witness.judging import BODY_LIMIT_BYTES, Answer, Refused, Witness, read_submission
from ledger.witness.logs import LogsRefused, read_logs
from ledger.witness.memory import Memory, hash_of
from tests.witness.logs import ORIGIN, Log, body, signer

AT = 1_700_000_000
HONEST = Log()
FORK = Log(forked=5)


def made(folder: Path, *keys: int) -> Witness:
    memory = Memory(folder)
    known = {ORIGIN: [signer(seed).verifier for seed in keys or (1,)]}
    return Witness(memory, memory.open("witness.example/w"), known, lambda: AT + 0.9)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return made(tmp_path / "witness")


def cosigned(witness: Witness, answer: Answer, size: int, log: Log = HONEST) -> bool:
    """The answer is the witness's cosignature under that checkpoint."""
    assert answer.status == HTTPStatus.OK, answer
    assert answer.text.endswith("\n")
    signature = read_signature(answer.text[:-1])
    witness.verifier.verify(parse(log.note(size)).text, signature)
    return cosigned_at(signature) == AT


def test_the_first_checkpoint_needs_no_proof_and_later_ones_do(witness: Witness) -> None:
    assert cosigned(witness, witness.add_checkpoint(HONEST.body(0, 7)), 7)
    assert cosigned(witness, witness.add_checkpoint(HONEST.body(7, 300)), 300)
    assert cosigned(witness, witness.add_checkpoint(HONEST.body(300, 300)), 300)


def test_what_was_cosigned_is_served_with_both_signatures(witness: Witness) -> None:
    assert witness.memory.served(hash_of(ORIGIN)) is None
    stranger = sign(parse(HONEST.note(7)).text, [signer(9, "example.com/stranger")])
    note = parse(HONEST.note(7))
    witness.add_checkpoint(
        body(0, [], Note(note.text, note.signatures + stranger.signatures).write())
    )
    served = witness.memory.served(hash_of(ORIGIN))
    assert served is not None
    keys = [signer().verifier, witness.verifier]
    assert parse(served).signed_by(keys) == keys
    assert len(parse(served).signatures) == 2


def test_whoever_names_another_size_is_told_the_size(witness: Witness) -> None:
    told = (HTTPStatus.CONFLICT, "0\n", "text/x.tlog.size")
    assert witness.add_checkpoint(HONEST.body(3, 7)) == told
    witness.add_checkpoint(HONEST.body(0, 7))
    for old in (0, 3, 6, 8):
        assert witness.add_checkpoint(HONEST.body(old, 9))[1:] == ("7\n", "text/x.tlog.size")


def test_an_empty_log_is_cosigned_and_grows(witness: Witness) -> None:
    assert cosigned(witness, witness.add_checkpoint(HONEST.body(0, 0)), 0)
    assert cosigned(witness, witness.add_checkpoint(HONEST.body(0, 0)), 0)
    assert cosigned(witness, witness.add_checkpoint(HONEST.body(0, 3)), 3)


def with_root(size: int, root: bytes) -> bytes:
    return sign(Checkpoint(ORIGIN, size, root).text(), [signer()]).write()


def test_a_fork_is_refused_and_the_honest_log_goes_on(witness: Witness) -> None:
    witness.add_checkpoint(HONEST.body(0, 7))
    hostile = [
        FORK.body(7, 7),  # the same size, another root
        FORK.body(7, 9),
        body(7, [], HONEST.note(9)),
        body(7, HONEST.proof(7, 9)[:-1], HONEST.note(9)),
        body(7, [*HONEST.proof(7, 9), bytes(32)], HONEST.note(9)),
        body(7, HONEST.proof(7, 9)[::-1], HONEST.note(9)),
        body(7, HONEST.proof(6, 9), HONEST.note(9)),
        body(7, [bytes(32)], HONEST.note(7)),
    ]
    for one in hostile:
        assert witness.add_checkpoint(one).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert cosigned(witness, witness.add_checkpoint(HONEST.body(7, 9)), 9)


def test_nothing_is_to_be_proved_of_an_empty_tree(witness: Witness) -> None:
    refused = HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.add_checkpoint(body(0, [bytes(32)], HONEST.note(7))).status == refused
    assert witness.add_checkpoint(body(0, [], with_root(0, bytes(32)))).status == refused
    witness.add_checkpoint(HONEST.body(0, 0))
    assert witness.add_checkpoint(body(0, [bytes(32)], HONEST.note(0))).status == refused


def test_an_unknown_log_is_not_found(witness: Witness) -> None:
    note = sign(Checkpoint("example.com/other", 7, bytes(32)).text(), [signer()]).write()
    assert witness.add_checkpoint(body(0, [], note)).status == HTTPStatus.NOT_FOUND


def test_what_no_known_key_has_signed_is_forbidden(witness: Witness) -> None:
    other = Log(key=signer(2))
    assert witness.add_checkpoint(other.body(0, 7)).status == HTTPStatus.FORBIDDEN
    note = parse(HONEST.note(7))
    [signature] = note.signatures
    wrong = [
        Note(note.text, (signature, signature._replace(blob=blob))).write()
        for blob in (bytes(64), signature.blob[:-1])
    ]
    wrong += [HONEST.note(7)[:-2] + b"\n", HONEST.note(7)[:-3] + b"x=\n"]
    for one in wrong:
        assert witness.add_checkpoint(body(0, [], one)).status == HTTPStatus.FORBIDDEN


def test_a_log_that_changes_its_key_is_followed_once_the_new_one_is_known(tmp_path: Path) -> None:
    made(tmp_path).add_checkpoint(HONEST.body(0, 7))
    later = made(tmp_path, 1, 2)
    assert cosigned(later, later.add_checkpoint(Log(key=signer(2)).body(7, 9)), 9)


def test_a_body_that_says_more_than_the_checkpoint_is_malformed(witness: Witness) -> None:
    witness.add_checkpoint(HONEST.body(0, 7))
    assert witness.add_checkpoint(HONEST.body(7, 5, [])).status == HTTPStatus.BAD_REQUEST


NOTE = HONEST.note(7)


@pytest.mark.parametrize(
    "sent",
    [b"", b"old 0\n", b"old 0\n\n", b"old 0\n" + NOTE, b"old 00\n\n" + NOTE, b"old -1\n\n" + NOTE,
     b"old  0\n\n" + NOTE, b"Old 0\n\n" + NOTE, b"old 0 \n\n" + NOTE, b"old \n\n" + NOTE,
     b"old 0\r\n\n" + NOTE, b"old 0\nAAAA\n\n" + NOTE, b"old 0\n%\n\n" + NOTE,
     b"old 0\n" + b"A" * 42 + b"B=\n\n" + NOTE, b"old 0\n\n" + NOTE[:-1], b"old 0\n\n\xff" + NOTE,
     b"old 9" + b"9" * 19 + b"\n\n" + NOTE, body(0, [bytes(32)] * 64, NOTE),
     b"old 0\n\n" + sign("not\na\ncheckpoint\n", [signer()]).write(),
     "old \u0663\n\n".encode() + NOTE],
)  # fmt: skip
def test_nothing_else_is_a_request(witness: Witness, sent: bytes) -> None:
    assert witness.add_checkpoint(sent).status == HTTPStatus.BAD_REQUEST
    assert witness.memory.served(hash_of(ORIGIN)) is None


@given(st.binary(max_size=300), st.integers(0, 300))
def test_whatever_is_sent_is_answered(some: bytes, at: int) -> None:
    whole = HONEST.body(5, 7)
    for sent in (some, whole[:at] + some + whole[at:], whole[:at] + some):
        with suppress(Refused):
            assert read_submission(sent).checkpoint.origin


def test_the_largest_request_that_the_protocol_allows_fits() -> None:
    sixteen = b"".join(
        b"\xe2\x80\x94 " + b"w" * 250 + b" " + b"A" * 6_800 + b"\n" for _ in range(16)
    )
    assert len(body(2**62, [bytes(32)] * 63, HONEST.note(7) + sixteen)) < BODY_LIMIT_BYTES


VKEY = signer().verifier.vkey
TOLD: list[tuple[list[str], Callable[[], object]]] = [
    ([VKEY], lambda: {ORIGIN: [signer().verifier]}),
    ([f"{ORIGIN}={VKEY}"], lambda: {ORIGIN: [signer().verifier]}),
    ([f"a=b={VKEY}"], lambda: LogsRefused),
    ([f"={VKEY}"], lambda: LogsRefused),
    ([ORIGIN], lambda: LogsRefused),
    ([f"x y={VKEY}", VKEY], lambda: {"x y": [signer().verifier], ORIGIN: [signer().verifier]}),
    (
        [VKEY, signer(2).verifier.vkey],
        lambda: {ORIGIN: [signer().verifier, signer(2).verifier]},
    ),
]


@pytest.mark.parametrize(("told", "expected"), TOLD)
def test_logs_are_told_by_name_and_key(told: list[str], expected: Callable[[], object]) -> None:
    if expected() is LogsRefused:
        with pytest.raises(LogsRefused):
            read_logs(told)
    else:
        assert read_logs(told) == expected()


def test_the_key_of_a_witness_is_not_one_of_a_log(witness: Witness) -> None:
    with pytest.raises(LogsRefused, match="of a witness"):
        read_logs([witness.verifier.vkey])
