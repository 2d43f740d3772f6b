"""Who says when a checkpoint was there? A timestamp authority (RFC 3161), and what it answered.

LEDGER_TIMESTAMP_AUTHORITY      the address that is asked
LEDGER_TIMESTAMP_CERTIFICATES   a PEM file: the root that is trusted, and certificates below it
"""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from ledger.attestations.refusals import AnswerRefused, ConfigurationRefused

SHA256 = "2.16.840.1.101.3.4.2.1"


class Certificates(NamedTuple):
    """By what an authority is known: a root, at least one, and certificates below it."""

    roots: tuple[x509.Certificate, ...]
    below: tuple[x509.Certificate, ...]


class Authority(NamedTuple):
    """An authority that is asked."""

    url: str
    certificates: Certificates


class Stamp(NamedTuple):
    """What a timestamp says: that digest was there at that time."""

    at: datetime
    policy: str
    serial: int
    digest: bytes


class Query(NamedTuple):
    """What is sent; the answer must repeat the nonce."""

    sent: bytes
    nonce: int | None


def read_certificates(path: Path) -> Certificates:
    """The certificates in a PEM file. Raises `ConfigurationRefused`."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationRefused(
            f"LEDGER_TIMESTAMP_CERTIFICATES: {path} holds no certificates: {error}"
        ) from None
    roots = tuple(one for one in found if one.issuer == one.subject)
    if not roots:
        raise ConfigurationRefused(f"LEDGER_TIMESTAMP_CERTIFICATES: {path} holds no root")
    return Certificates(roots, tuple(one for one in found if one not in roots))


def read_authority(url: str | None, certificates: Path | None) -> Authority | None:
    """The authority that is configured, if any. Raises `ConfigurationRefused`."""
    if url is None:
        return None
    if certificates is None:
        raise ConfigurationRefused(
            "LEDGER_TIMESTAMP_AUTHORITY needs LEDGER_TIMESTAMP_CERTIFICATES, which verify it"
        )
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationRefused(f"LEDGER_TIMESTAMP_AUTHORITY: {url!r} is not an address")
    return Authority(url, read_certificates(certificates))


def query(message: bytes) -> Query:
    """What an authority is asked about a message: its SHA-256 only."""
    made = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    return Query(made.as_bytes(), made.nonce)


def read_stamp(response: bytes, message: bytes | None = None) -> Stamp:
    """What a response says, whoever made it; of that message. Raises `AnswerRefused`."""
    return _about(message, _stamp(_decoded(response)))


def check_stamp(
    response: bytes, message: bytes, certificates: Certificates, nonce: int | None = None
) -> Stamp:
    """What a response says of the message, as somebody below the roots has signed.

    Its certificates had to be valid then, not now. Raises `AnswerRefused`.
    """
    decoded = _decoded(response)
    stamp = _about(message, _stamp(decoded))
    verifier = VerifierBuilder(
        roots=list(certificates.roots), intermediates=list(certificates.below), nonce=nonce
    ).build()
    try:
        verifier.verify(decoded, stamp.digest)
    except (VerificationError, ValueError) as error:
        raise AnswerRefused(f"the timestamp does not hold: {error}") from None
    return stamp


def _about(message: bytes | None, stamp: Stamp) -> Stamp:
    if message is not None and stamp.digest != sha256(message).digest():
        raise AnswerRefused("it is the timestamp of something else")
    return stamp


def _decoded(response: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(response)
    except ValueError as error:
        raise AnswerRefused(f"it is no timestamp: {error}") from None


def _stamp(response: TimeStampResponse) -> Stamp:
    if response.status != 0:
        said = ", ".join(response.status_string)[:200]
        raise AnswerRefused(f"it was refused: status {response.status} {said}".rstrip())
    try:
        found = response.tst_info
        imprint = found.message_imprint
        if imprint.hash_algorithm.dotted_string != SHA256:
            raise AnswerRefused("it is not one of SHA-256")
        return Stamp(
            found.gen_time, found.policy.dotted_string, found.serial_number, imprint.message
        )
    except ValueError as error:
        raise AnswerRefused(f"it is no timestamp: {error}") from None
