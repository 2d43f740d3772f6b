"""How does one prove later, and without the ledger, what was recorded? By a receipt: one file."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from ledger.event_store.codec import Recorded, decode
from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.note import (
    NoteRefused,
    Verifier,
    Vouched,
    parse,
    read_vkey,
    vouched,
)
from ledger.integrity.proofs import ProofRefused, verify_inclusion
from ledger.integrity.tree import HASH_BYTES, leaf_hash

FORMAT = "ledger-receipt/1"


class ReceiptRefused(Exception):
    """The receipt proves nothing; the message says why."""


class Receipt(Struct, frozen=True, kw_only=True):
    """An event as it was recorded, and the proof that it stands in the signed log.

    `witness_keys`: those of the witnesses that cosigned it, as the log's operator knows them.
    """

    format: str = FORMAT
    leaf: str
    leaf_index: int
    tree_size: int
    hashes: list[str]
    checkpoint: str
    verifier_key: str
    witness_keys: list[str] = field(default_factory=list)


class Proved(NamedTuple):
    """What a receipt proves: this event stands in that log, as this key has signed.

    `vouched`: which of the witnesses that were asked about have cosigned that log.
    """

    event: Recorded
    checkpoint: Checkpoint
    verifier: Verifier
    vouched: Sequence[Vouched] = ()

    def sentence(self) -> str:
        """It, in one line."""
        event, log = self.event, self.checkpoint
        return (
            f"Event {event.position} ({event.type}, recorded {event.recorded_at} by"
            f" {event.recorded_by}) stands in the log {log.origin} of {log.size} events,"
            f" signed with the key {self.verifier.key_id.hex()}."
            + "".join(f" Cosigned by {one.told()}." for one in self.vouched)
        )


def receipt(
    leaf: bytes,
    index: int,
    path: Sequence[bytes],
    note: bytes,
    verifiers: Sequence[Verifier],
    witnesses: Sequence[Verifier] = (),
) -> Receipt:
    """The receipt of a leaf. Raises `ReceiptRefused` where it would prove nothing."""
    try:
        signed = parse(note)
        verifier = signed.signed_by(verifiers)[0]
        cosigned = [one.witness for one in vouched(signed, witnesses)]
        size = read_checkpoint(signed.text).size
    except NoteRefused as error:
        raise ReceiptRefused(str(error)) from None
    made = Receipt(
        leaf=leaf.decode(),
        leaf_index=index,
        tree_size=size,
        hashes=[one.hex() for one in path],
        checkpoint=note.decode(),
        verifier_key=verifier.vkey,
        witness_keys=[one.vkey for one in cosigned],
    )
    _prove(made, verifier, cosigned)
    return made


def check(
    stored: bytes, key: Verifier | None = None, witnesses: Sequence[Verifier] | None = None
) -> Proved:
    """What the receipt in these bytes proves. Raises `ReceiptRefused`.

    Without a `key` that the reader has from elsewhere, the receipt's own is believed; so are its
    witnesses. Each of the `witnesses` that are given must have cosigned.
    """
    try:
        found = msgspec.json.decode(stored, type=Receipt, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReceiptRefused(f"this is no receipt: {error}") from None
    if found.format != FORMAT:
        raise ReceiptRefused(f"this is no receipt of the format {FORMAT}")
    try:
        asked = witnesses or [read_vkey(one) for one in found.witness_keys]
        proved = _prove(found, key or read_vkey(found.verifier_key), asked)
    except NoteRefused as error:
        raise ReceiptRefused(str(error)) from None
    there = {one.witness for one in proved.vouched}
    if missing := [one.name for one in asked if one not in there]:
        raise ReceiptRefused(f"{missing[0]} has not cosigned it")
    return proved


def _prove(found: Receipt, verifier: Verifier, witnesses: Sequence[Verifier]) -> Proved:
    try:
        note = parse(found.checkpoint.encode())
        note.signed_by([verifier])
        cosigned = vouched(note, witnesses)
        checkpoint = read_checkpoint(note.text)
        leaf, path = found.leaf.encode(), [_hash(one) for one in found.hashes]
        if checkpoint.origin != verifier.name:
            raise ReceiptRefused(f"the checkpoint is one of {checkpoint.origin}, not of the key's")
        if checkpoint.size != found.tree_size:
            raise ReceiptRefused("the checkpoint has another size")
        verify_inclusion(leaf_hash(leaf), found.leaf_index, found.tree_size, path, checkpoint.root)
        event = decode(leaf)
    except (NoteRefused, ProofRefused) as error:
        raise ReceiptRefused(str(error)) from None
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ReceiptRefused(f"the leaf is no event: {error}") from None
    if event.position != found.leaf_index + 1:
        raise ReceiptRefused("the event has another position than its leaf")
    return Proved(event, checkpoint, verifier, cosigned)


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if found.hex() != text or len(found) != HASH_BYTES:
        raise ProofRefused(f"a hash is written with {2 * HASH_BYTES} digits")
    return found
