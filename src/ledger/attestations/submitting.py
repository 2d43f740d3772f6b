"""How is a checkpoint shown to a witness, and what did the witness say? (C2SP tlog-witness)"""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

import httpx

from ledger.attestations.asking import TIMEOUT, read
from ledger.attestations.refusals import AnswerRefused, ForkTold, SizeTold
from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.note import NoteRefused, Signature, parse, read_signature

ANSWER_LIMIT_BYTES = 256 * 1024
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n")


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
        text = (await read(answer, ANSWER_LIMIT_BYTES)).decode(errors="replace")
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
