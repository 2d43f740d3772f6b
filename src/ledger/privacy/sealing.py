"""What is a sealed text? One field of one person, under AES-256-GCM and that person's own key.

    sealed-1:PERSON:VERSION:FIELD:BASE64URL(nonce ‖ ciphertext ‖ tag)

Person, version of the stream and field are the associated data: moved to another place, or with
any bit changed, it does not open. Texts are padded, so that their length tells little.
"""

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.kernel.personal import SEALED_MARK, Place

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
BLOCK_BYTES = 32  # names and most addresses fill one
PATTERN = (
    re.escape(SEALED_MARK) + r"([0-9a-f-]{36}):([1-9][0-9]{0,18}):([a-z_]{1,40}):([A-Za-z0-9_-]+)"
)
_SEALED = re.compile(PATTERN)


class Unreadable(Exception):
    """A sealed text that its key does not open: it was changed, or moved."""


class Sealed(NamedTuple):
    """A sealed text taken apart."""

    place: Place
    box: str


def new_key() -> bytes:
    """256 random bits."""
    return os.urandom(KEY_BYTES)


def locked(key: AESGCM, content: bytes, bound_to: bytes) -> bytes:
    """The content under that key, with its nonce before it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, content, bound_to)


def unlocked(key: AESGCM, box: bytes, bound_to: bytes) -> bytes:
    """What was locked. Raises `Unreadable`."""
    if len(box) < NONCE_BYTES + TAG_BYTES:
        raise Unreadable
    try:
        return key.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], bound_to)
    except InvalidTag:
        raise Unreadable from None


def seal(key: AESGCM, place: Place, text: str) -> str:
    """The text as it may be recorded."""
    content = text.encode()
    content += bytes(-len(content) % BLOCK_BYTES)  # a text holds no U+0000
    box = urlsafe_b64encode(locked(key, content, _bound(place))).rstrip(b"=").decode()
    return f"{SEALED_MARK}{place.stream}:{place.version}:{place.field}:{box}"


def read(text: str) -> Sealed | None:
    """The parts of a sealed text; None where it is none."""
    found = _SEALED.fullmatch(text)
    if found is None:
        return None
    stream, version, field, box = found.groups()
    return Sealed(Place(stream, int(version), field), box)


def opened(key: AESGCM, sealed: Sealed, place: Place | None = None) -> str:
    """What is sealed; `place`: where it was found. Raises `Unreadable`."""
    if place is not None and place != sealed.place:
        raise Unreadable
    try:
        box = urlsafe_b64decode(sealed.box + "=" * (-len(sealed.box) % 4))
    except ValueError:
        raise Unreadable from None
    if urlsafe_b64encode(box).rstrip(b"=").decode() != sealed.box:
        raise Unreadable  # bits that base64 has no use for were changed
    return unlocked(key, box, _bound(sealed.place)).rstrip(b"\x00").decode()


def _bound(place: Place) -> bytes:
    return f"{place.stream}:{place.version}:{place.field}".encode()
