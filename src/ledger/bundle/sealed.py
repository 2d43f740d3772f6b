"""Up to where is the log signed, and by which key? What a bundle is made at, and signed with."""

from pathlib import Path
from typing import NamedTuple

from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.key_files import KeysRefused
from ledger.integrity.keys import KeyFolder
from ledger.integrity.note import Note, NoteRefused, Signer, parse
from ledger.integrity.published import PublishedTree
from ledger.kernel.errors import NotNow
from ledger.projections.engine.reading import Reading

SEALED_WITHIN_SECONDS = 5.0
_NEWEST = """
SELECT note FROM tree.checkpoints WHERE size BETWEEN 1 AND %(upto)s ORDER BY size DESC LIMIT 1"""


class Sealed(NamedTuple):
    """A signed state of the log, and the key that signs the bundle made at it."""

    checkpoint: Checkpoint
    note: bytes
    signer: Signer


async def sealed(
    tree: PublishedTree, reading: Reading, keys: Path, *, least: int, upto: int | None = None
) -> Sealed:
    """The newest signed state, of at most `upto` events, of a log that is signed up to `least`.

    Raises `NotNow` where the log is not signed that far soon, or not by a key that is there.
    """
    reached = await tree.wait_for(least, SEALED_WITHIN_SECONDS)
    rows = await reading.rows(_NEWEST, {"upto": reached if upto is None else upto})
    if reached < least or not rows:
        raise NotNow(why=f"the log is signed up to position {max(reached, 0)} only.")
    try:
        return _signed_here(parse(bytes(rows[0][0])), KeyFolder(keys))
    except (KeysRefused, NoteRefused):
        raise NotNow(why="the key that signs the log cannot be used here.") from None


def _signed_here(note: Note, folder: KeyFolder) -> Sealed:
    """The state with the signature of the newest key among those of its time.

    A checkpoint from before a change of keys is signed again, with the same size and root.
    """
    signer = folder.keys().signers[0]
    if not any(signer.verifier.made(one) for one in note.signatures):
        note.signed_by(folder.verifiers())
        note = Note(note.text, (*note.signatures, signer.sign(note.text)))
    return Sealed(read_checkpoint(note.text), note.write(), signer)
