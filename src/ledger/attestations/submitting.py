"""How is a checkpoint shown to a witness, and what did the witness say? (C2SP tlog-witness)"""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

import httpx

from ledger.attestations.refusals import AnswerRefused
from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.note import NoteRefused, Signature, parse, read_signature

ANSWER_LIMIT_BYTES = 256 * 1024
TIMEOUT = httpx.Timeout(10.0)
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n")


class SizeTold(Exception):
    """The witness's last checkpoint has another size."""

    def __init__(self, size: int) -> None:
        super().__init__(f"it has cosigned size {size}")
        self.size = size


class ForkTold(AnswerRefused):
    """The witness has cosigned another story of this log."""


def body(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """What is sent: the checkpoint, and the proof that it goes on from the old size."""
    lines = "".join(f"{b64encode(one).decode()}\n" for one in proof)
    return f"old {old}\n{lines}\n".encode() + note


async def submit(
    http: httpx.AsyncClient, to: WitnessAt, old: int, proof: Sequence[bytes], note: bytes
) -> Signature:
    """The witness's cosignature, which is verified.

    Raises `SizeTold`, `ForkTold`, `AnswerRefused`, and what httpx does.
    """
    sent = http.stream("POST", f"{to.url}/add-checkpoint", content=body(old, proof, note))
    async with sent as answer:
        text = (await _read(answer)).decode(errors="replace")
    if answer.status_code == httpx.codes.CONFLICT:
        if (size := _SIZE.fullmatch(text)) is None:
            raise AnswerRefused("409, but no size")
        raise SizeTold(int(size[1]))
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        raise ForkTold(f"422: {text.strip()[:200]}")
    if answer.status_code != httpx.codes.OK:
        raise AnswerRefused(f"{answer.status_code}: {text.strip()[:200]}")
    return _cosignature(to, text, parse(note).text)


def _cosignature(of: WitnessAt, lines: str, text: str) -> Signature:
    """That of the witness among the lines; others are passed over."""
    for line in lines.splitlines():
        try:
            signature = read_signature(line)
            if of.verifier.made(signature):
                of.verifier.verify(text, signature)
                return signature
        except NoteRefused as error:
            raise AnswerRefused(str(error)) from None
    raise AnswerRefused("its answer has no cosignature of its key")


async def _read(answer: httpx.Response) -> bytes:
    found = b""
    async for chunk in answer.aiter_bytes():
        found += chunk
        if len(found) > ANSWER_LIMIT_BYTES:
            raise AnswerRefused("its answer is too long")
    return found


def last_known(of: WitnessAt, origin: str) -> bytes | None:
    """The checkpoint of that log that the witness cosigned last; None where it has none.

    Raises `AnswerRefused`, also where the witness's own signature is not under it.
    """
    url = f"{of.url}/{sha256(origin.encode()).hexdigest()}/checkpoint"
    try:
        answer = httpx.get(url, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AnswerRefused(f"{type(error).__name__}: {error}") from None
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None
    if answer.status_code != httpx.codes.OK:
        raise AnswerRefused(f"{answer.status_code}: {answer.text.strip()[:200]}")
    try:
        parse(answer.content).signed_by([of.verifier])
    except NoteRefused as error:
        raise AnswerRefused(str(error)) from None
    return answer.content
