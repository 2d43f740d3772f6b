"""May this checkpoint be cosigned? The judgement of C2SP tlog-witness, `add-checkpoint`."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from http import HTTPStatus
from time import time
from typing import NamedTuple

from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.note import Note, NoteRefused, Signer, parse
from ledger.integrity.proofs import ProofRefused, verify_consistency
from ledger.integrity.tree import EMPTY_ROOT, HASH_BYTES
from ledger.witness.logs import KnownLogs
from ledger.witness.memory import Memory

PROOF_LIMIT = 63  # hashes: no tree is higher
BODY_LIMIT_BYTES = 256 * 1024
SIZE_TYPE = "text/x.tlog.size"
_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})")


class Answer(NamedTuple):
    """What the log is told; `text` ends with a line's end."""

    status: HTTPStatus
    text: str
    media_type: str = "text/plain"


class Refused(Exception):
    """The checkpoint is not cosigned, and why."""

    def __init__(self, status: HTTPStatus, why: str, media_type: str = "text/plain") -> None:
        self.answer = Answer(status, f"{why}\n", media_type)


class Submission(NamedTuple):
    """What a log sends: its checkpoint, and how it goes on from the tree of `old` leaves."""

    old: int
    proof: list[bytes]
    stored: bytes
    checkpoint: Checkpoint


def read_submission(body: bytes) -> Submission:
    """What stands in a request's body, before anything is believed. Raises `Refused`."""
    head, blank, stored = body.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    if not blank or (old := _OLD.fullmatch(first)) is None:
        raise Refused(
            HTTPStatus.BAD_REQUEST, "the body is: old SIZE, proof, empty line, checkpoint"
        )
    if len(lines) > PROOF_LIMIT:
        raise Refused(HTTPStatus.BAD_REQUEST, f"a proof has at most {PROOF_LIMIT} lines")
    try:
        text, divided, signatures = stored.decode().rpartition("\n\n")
        if not divided or not signatures.endswith("\n"):
            raise NoteRefused("the checkpoint has no signatures")
        checkpoint = read_checkpoint(f"{text}\n")
    except (NoteRefused, UnicodeDecodeError) as error:
        raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None
    return Submission(int(old[1]), [_hash(line) for line in lines], stored, checkpoint)


def _hash(line: bytes) -> bytes:
    try:
        found = b64decode(line, validate=True)
    except ValueError:
        found = b""
    if len(found) != HASH_BYTES or b64encode(found) != line:
        raise Refused(HTTPStatus.BAD_REQUEST, "a line of the proof is no hash in base64")
    return found


class Witness:
    """Cosigns a checkpoint of a log that it knows, if the log only grew since the last one."""

    def __init__(
        self, memory: Memory, signer: Signer, logs: KnownLogs, clock: Callable[[], float] = time
    ) -> None:
        self.memory, self.logs = memory, logs
        self.verifier = signer.verifier
        self._signer, self._clock = signer, clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answer to a log. Raises `MemoryRefused`."""
        try:
            sent = read_submission(body)
            return self._judge(sent, self._signed(sent))
        except Refused as refused:
            return refused.answer

    def _signed(self, sent: Submission) -> Note:
        """The note, which a known key of the log has signed. Raises `Refused`."""
        if (known := self.logs.get(sent.checkpoint.origin)) is None:
            raise Refused(HTTPStatus.NOT_FOUND, "the log is not known here")
        try:
            note = parse(sent.stored)
            note.signed_by(known)
        except NoteRefused as error:
            raise Refused(HTTPStatus.FORBIDDEN, str(error)) from None
        if sent.old > sent.checkpoint.size:
            raise Refused(HTTPStatus.BAD_REQUEST, "the old size is larger than the checkpoint's")
        return note

    def _judge(self, sent: Submission, note: Note) -> Answer:
        """Judged and remembered under one lock: of two requests at once, one comes second."""
        with self.memory.of(sent.checkpoint.origin) as known:
            last = known.last
            size = 0 if last is None else last.size
            if sent.old != size:
                raise Refused(HTTPStatus.CONFLICT, str(size), SIZE_TYPE)
            _check_grown(last, sent)
            cosignature = self._signer.sign(note.text, int(self._clock()))
            keys = self.logs[sent.checkpoint.origin]
            kept = [one for one in note.signatures if any(key.made(one) for key in keys)]
            known.remember(Note(note.text, (*kept, cosignature)))
        return Answer(HTTPStatus.OK, f"{cosignature.line()}\n")


def _check_grown(last: Checkpoint | None, sent: Submission) -> None:
    """Raises `Refused` unless the log only grew since the last checkpoint."""
    checkpoint = sent.checkpoint
    try:
        if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
            raise ProofRefused("the root is not that of an empty tree")
        if last is not None and last.size:
            verify_consistency(last.size, checkpoint.size, last.root, checkpoint.root, sent.proof)
        elif sent.proof:
            raise ProofRefused("nothing has to be proved of an empty tree")
    except ProofRefused as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None
