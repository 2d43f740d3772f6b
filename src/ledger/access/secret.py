"""Where is the key that seals what people sign in with? In a file outside the database.

access.key    256 random bits, base64; nobody but its owner may read it

LEDGER_ACCESS_KEY takes the place of the file. Without the key the passwords still hold, but second
factors have to be set up anew, so it belongs into the backup of the folder of keys.
"""

import binascii
import fcntl
import hmac
import os
import secrets
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.integrity.key_files import write

VARIABLE = "LEDGER_ACCESS_KEY"
KEY_BYTES, NONCE_BYTES = 32, 12


class AccessKeyRefused(Exception):
    """The key cannot be used; the message says why."""


class AccessKey:
    """The key, read when it is used first; it is made where there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._material: bytes | None = None

    def open(self) -> None:
        """Reads the key, or makes it. Raises `AccessKeyRefused`."""
        if self._material is None:
            self._material = self._from_environment() or self._from_file()

    def digest(self, what: str, text: str, length: int) -> bytes:
        """A keyed hash, cut to so few bytes that many texts have the same."""
        key = self._derived(b"digest " + what.encode())
        return hmac.new(key, text.encode(), sha256).digest()[:length]

    def seal(self, secret: bytes, owner: str) -> bytes:
        """The secret, readable with the key and for that owner only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._derived(b"seal")).encrypt(nonce, secret, owner.encode())

    def unseal(self, sealed: bytes, owner: str) -> bytes:
        """What was sealed. Raises `AccessKeyRefused` for another key or owner."""
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self._derived(b"seal")).decrypt(nonce, text, owner.encode())
        except (InvalidTag, ValueError):
            raise AccessKeyRefused("a second factor was sealed with another key") from None

    def _derived(self, purpose: bytes) -> bytes:
        """A key for one purpose; one label each is all that HKDF would do with random bits."""
        self.open()
        assert self._material is not None
        return hmac.new(self._material, b"ledger access " + purpose, sha256).digest()

    def _from_environment(self) -> bytes | None:
        text = os.environ.get(VARIABLE)
        return _read(text, f"${VARIABLE}") if text else None

    def _from_file(self) -> bytes:
        path = self._folder / "access.key"
        try:
            if not path.exists():
                self._make(path)
            if path.stat().st_mode & 0o077:
                raise AccessKeyRefused(f"{path} may be read by others: chmod 600")
            return _read(path.read_text(encoding="ascii"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise AccessKeyRefused(f"{path} cannot be used: {error}") from None

    def _make(self, path: Path) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # two processes that start at once make one key
            if not path.exists():
                write(path, b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        finally:
            os.close(folder)


def _read(text: str, where: str) -> bytes:
    try:
        material = b64decode(text.strip(), validate=True)
    except (ValueError, binascii.Error):
        material = b""
    if len(material) != KEY_BYTES:
        raise AccessKeyRefused(f"{where} holds no key: {KEY_BYTES} bytes in base64 are expected")
    return material
