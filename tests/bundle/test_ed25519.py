"""Signatures in plain Python: the standard's vectors, another implementation, and forgeries."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.bundle.verify import L, P, is_signed

# RFC 8032 section 7.1: secret, public, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SIGNER.public_key().public_bytes_raw()


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_verify(
    secret: str, public: str, message: str, signature: str
) -> None:
    made = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert made.public_key().public_bytes_raw().hex() == public
    assert is_signed(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))
    other = bytes.fromhex(message) + b"\x00"
    assert not is_signed(bytes.fromhex(public), other, bytes.fromhex(signature))


def accepted_elsewhere(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200), data=st.data())
def test_another_implementation_judges_alike(
    seed: bytes, message: bytes, data: st.DataObject
) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert is_signed(public, message, signature)
    at = data.draw(st.integers(0, len(signature) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    broken = signature[:at] + bytes([signature[at] ^ bit]) + signature[at + 1 :]
    assert is_signed(public, message, broken) == accepted_elsewhere(public, message, broken)
    assert not is_signed(public, message, broken)
    assert not is_signed(public, message + b"!", signature)


def test_a_second_way_to_write_a_signature_is_refused() -> None:
    signature = SIGNER.sign(b"text")
    s = int.from_bytes(signature[32:], "little")
    for other in (s + L, s + 2 * L, L - s):
        if other < 2**256:
            again = signature[:32] + other.to_bytes(32, "little")
            assert not is_signed(PUBLIC, b"text", again)


@pytest.mark.parametrize("length", [0, 31, 32, 63, 65, 96])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    signature = SIGNER.sign(b"text")
    assert not is_signed(PUBLIC, b"text", (signature * 2)[:length])


def little(number: int) -> bytes:
    return number.to_bytes(32, "little")


ORDER_EIGHT = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
# Points of order 1, 2, 4 and 8, and other ways to write the first ones.
SMALL = [
    little(1),
    little(P - 1),
    little(0),
    little(1 << 255),
    bytes.fromhex(ORDER_EIGHT),
    bytes.fromhex(ORDER_EIGHT[:-2] + "85"),
    little(P - int.from_bytes(bytes.fromhex(ORDER_EIGHT), "little")),
    little(P),
    little(P + 1),
    little(1 | 1 << 255),
]


@pytest.mark.parametrize("key", SMALL, ids=bytes.hex)
def test_a_key_that_fits_to_many_texts_is_refused(key: bytes) -> None:
    for commitment in (little(1), key):
        for message in (b"text", b"another", b"a third", b"and a fourth"):
            assert not is_signed(key, message, commitment + little(0))


def test_bytes_that_are_no_point_are_no_key() -> None:
    signature = SIGNER.sign(b"text")
    for key in (little(2), little(P + 3), b"", PUBLIC[:31], PUBLIC + b"\x00"):
        assert not is_signed(key, b"text", signature)
