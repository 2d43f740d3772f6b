"""A log as a witness sees it: checkpoints of any size, and proofs between them."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.integrity.checkpoint import Checkpoint
from ledger.integrity.note import Signer, sign
from ledger.integrity.proofs import consistency_path
from tests.integrity import trees

ORIGIN = "example.com/log"


def signer(seed: int = 1, name: str = ORIGIN) -> Signer:
    """A key of the log."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)))


class Log:
    """A log of up to 300 leaves; those from `forked` on are others than in the honest one."""

    def __init__(self, forked: int | None = None, *, key: Signer | None = None) -> None:
        self.key = key or signer()
        self._leaves = trees.leaves(300)
        if forked is not None:
            self._leaves[forked:] = [trees.hashed(b"f%d" % at) for at in range(forked, 300)]

    def root(self, size: int) -> bytes:
        """The root at that size."""
        return trees.root(self._leaves[:size])

    def note(self, size: int) -> bytes:
        """The signed checkpoint of that size."""
        text = Checkpoint(ORIGIN, size, self.root(size)).text()
        return sign(text, [self.key]).write()

    def proof(self, old: int, size: int) -> list[bytes]:
        """That the tree goes on from the one of the old size."""
        if old == 0:
            return []
        return consistency_path(old, size, lambda a, b: trees.root(self._leaves[a:b]))

    def body(self, old: int, size: int, proof: list[bytes] | None = None) -> bytes:
        """What is sent to a witness that has seen the old size."""
        return body(old, self.proof(old, size) if proof is None else proof, self.note(size))


def body(old: int | str, proof: list[bytes], note: bytes) -> bytes:
    """A request's body."""
    lines = "".join(f"{b64encode(one).decode()}\n" for one in proof)
    return f"old {old}\n{lines}\n".encode() + note
