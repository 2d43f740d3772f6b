"""Up to where is the log signed, and by which key? What a bundle is made at, and signed with."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.continuations import Continuation
from ledger.integrity.key_files import KeysRefused
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import Note, NoteRefused, Signer, Verifier, Vouched, parse, vouched
from ledger.integrity.published import PublishedTree, SignedTree
from ledger.kernel.errors import NotNow

SEALED_WITHIN_SECONDS = 5.0
_STAMPED = """
SELECT t.size, t.stamped_at, t.authority, c.note, t.response
FROM tree.timestamps AS t JOIN tree.checkpoints AS c USING (size) WHERE t.size <= %s
ORDER BY t.size DESC, t.authority LIMIT 1"""
VOUCHED_WITHIN_SECONDS = 10.0  # while a witness is known to look at the log


class Stamped(NamedTuple):
    """A timestamp of the log's state of that size: the authority's answer for the signed note."""

    size: int
    at: datetime
    authority: str
    note: bytes
    response: bytes


class Sealed(NamedTuple):
    """A signed state of the log, and the key that signs the bundle made at it.

    `note`: with the signatures of the witnesses; `witnesses`: their keys, so far as we know them;
    `stamped`: the last timestamp of this state or an earlier one; `continued`: the statements of
    how the log went on after events were lost.
    """

    checkpoint: Checkpoint
    note: bytes
    signer: Signer
    witnesses: Sequence[Verifier] = ()
    stamped: Stamped | None = None
    continued: Sequence[tuple[Continuation, bytes]] = ()

    def vouched(self) -> list[Vouched]:
        """Which of the witnesses have cosigned it."""
        return vouched(parse(self.note), self.witnesses)


async def sealed(
    tree: PublishedTree,
    keys: Path,
    *,
    least: int,
    upto: int | None = None,
    witnesses: Sequence[Verifier] = (),
) -> Sealed:
    """The signed state with most witnesses from `least` events on, of a log signed that far.

    With `upto` the newest one of at most so many events. `witnesses`: those that are asked to
    cosign; where one of them is about to, that is waited for. Raises `NotNow` where the log is not
    signed that far soon, or not by a key that is there.
    """
    reached = await tree.wait_for(least, SEALED_WITHIN_SECONDS)
    try:
        signed = None
        if reached >= least:
            signed = await _chosen(tree, max(least, 1), upto, bool(witnesses))
        if signed is None:
            raise NotNow(why=f"the log is signed up to position {max(reached, 0)} only.")
        found = _signed_here(parse(signed.whole), KeyFolder(keys))
        stamped = await _stamped(tree, found.checkpoint.size)
        return found._replace(witnesses=witnesses, stamped=stamped)
    except (KeysRefused, NoteRefused):
        raise NotNow(why="the key that signs the log cannot be used here.") from None


async def _stamped(tree: PublishedTree, size: int) -> Stamped | None:
    rows = await tree.rows(_STAMPED, size)
    return Stamped(*rows[0][:3], *map(bytes, rows[0][3:])) if rows else None


async def _chosen(
    tree: PublishedTree, least: int, upto: int | None, witnessed: bool
) -> SignedTree | None:
    if upto is not None:
        return await tree.largest(upto)
    if witnessed:
        await tree.wait_for_witness(least, VOUCHED_WITHIN_SECONDS)
    return await tree.vouched_for(least)


def _signed_here(note: Note, folder: KeyFolder) -> Sealed:
    """The state with the signature of the newest key among those of its time.

    A checkpoint from before a change of keys is signed again, with the same size and root; so is
    one of a log that has ended, as the log that goes on from it has these events as well.
    """
    signer = folder.keys().signers[0]
    checkpoint = read_checkpoint(note.text)
    if checkpoint.origin != signer.verifier.name:
        note.signed_by(folder.verifiers())
        text = checkpoint._replace(origin=signer.verifier.name).text()
        note = Note(text, (signer.sign(text),))
    elif not any(signer.verifier.made(one) for one in note.signatures):
        note.signed_by(folder.verifiers())
        note = Note(note.text, (*note.signatures, signer.sign(note.text)))
    return Sealed(
        read_checkpoint(note.text),
        note.write(),
        signer,
        continued=list(zip(folder.continuations(), folder.continued.stored(), strict=True)),
    )
