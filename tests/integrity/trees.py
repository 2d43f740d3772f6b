"""Trees by the definition of the standard, which is slow and easy to believe."""

import hashlib
from collections.abc import Sequence

# The leaves of certificate-transparency's own tests (RFC 6962, RFC 9162).
PUBLISHED = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]


def hashed(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def above(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """MTH of section 2.1.1, word for word, over hashes of leaves."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << ((len(hashes) - 1).bit_length() - 1)
    return above(root(hashes[:k]), root(hashes[k:]))


def leaves(count: int) -> list[bytes]:
    """The hashes of so many leaves, each another."""
    return [hashed(b"%d" % number) for number in range(count)]
