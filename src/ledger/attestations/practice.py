"""A timestamp authority to practise with (RFC 3161). It says of itself that it is a test authority.

Nobody vouches for its clock or its key: it shows that a ledger asks, checks and keeps timestamps.
In use there stands an authority of somebody else, best a qualified one (Regulation 910/2014).
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from ledger.integrity.key_files import write

Oid = x509.ObjectIdentifier
TITLE = "TEST timestamp authority - proves nothing"
POLICY = Oid("2.999.3161")  # below 2.999 everything is an example (ITU-T X.660)
BODY_LIMIT_BYTES = 16 * 1024
_SHA256, _ECDSA = Oid("2.16.840.1.101.3.4.2.1"), Oid("1.2.840.10045.4.3.2")
_SIGNED_DATA, _TST_INFO = Oid("1.2.840.113549.1.7.2"), Oid("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE, _DIGEST = Oid("1.2.840.113549.1.9.3"), Oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE = Oid("1.2.840.113549.1.9.16.2.47")  # which certificate signs (RFC 5816)
_SEQUENCE, _SET, _TAGGED = 0x30, 0x31, 0xA0
_YEARS = timedelta(days=3_650)


@asn1.sequence
class _Algorithm:
    oid: Oid
    parameters: asn1.Null | None


@asn1.sequence
class _Imprint:
    algorithm: _Algorithm
    digest: bytes


@asn1.sequence
class _Query:
    version: int
    imprint: _Imprint
    policy: Oid | None
    nonce: int | None
    with_certificates: Annotated[bool, asn1.Default(False)]


class QueryRefused(Exception):
    """It is no query, or one for something that is not done here."""


def _der(tag: int, *parts: bytes) -> bytes:
    """Encoded values, one after the other, as the content of another one."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def _attribute(kind: Oid, value: bytes) -> bytes:
    return _der(_SEQUENCE, asn1.encode_der(kind), _der(_SET, value))


class PracticeAuthority:
    """Answers queries with timestamps that hold against its own root, which nobody trusts."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] | None = None) -> None:
        """Its key and certificates lie in the folder; they are made where there are none."""
        self.root_file = folder / "root.pem"
        self._clock = clock or (lambda: datetime.now(UTC))
        if not self.root_file.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(folder, self._clock())
        key = load_pem_private_key((folder / "authority.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key
        self._certificate = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())

    def answer(self, query: bytes) -> bytes:
        """The response to a query. Raises `QueryRefused`."""
        try:
            asked = asn1.decode_der(_Query, query)
        except ValueError as error:
            raise QueryRefused(f"it is no query: {error}") from None
        digest = asked.imprint.digest
        if asked.imprint.algorithm.oid != _SHA256 or len(digest) != 32:
            raise QueryRefused("only SHA-256 is stamped here")
        info = self._info(digest, asked.nonce)
        granted = _der(_SEQUENCE, asn1.encode_der(0))
        return _der(_SEQUENCE, granted, self._token(info, asked.with_certificates))

    def _info(self, digest: bytes, nonce: int | None) -> bytes:
        """What is signed: which digest was there, when, by which policy."""
        at = asn1.GeneralizedTime(self._clock().replace(microsecond=0))
        return _der(
            _SEQUENCE,
            asn1.encode_der(1),
            asn1.encode_der(POLICY),
            _der(_SEQUENCE, _der(_SEQUENCE, asn1.encode_der(_SHA256)), asn1.encode_der(digest)),
            asn1.encode_der(x509.random_serial_number()),
            asn1.encode_der(at),
            b"" if nonce is None else asn1.encode_der(nonce),
        )

    def _token(self, info: bytes, with_certificates: bool) -> bytes:
        """The signed answer (CMS SignedData, RFC 5652)."""
        certificate = self._certificate.public_bytes(Encoding.DER)
        content = _der(_TAGGED, asn1.encode_der(info))
        signed = _der(
            _SEQUENCE,
            asn1.encode_der(3),
            _der(_SET, _der(_SEQUENCE, asn1.encode_der(_SHA256))),
            _der(_SEQUENCE, asn1.encode_der(_TST_INFO), content),
            _der(_TAGGED, certificate) if with_certificates else b"",
            _der(_SET, self._signer(info, hashlib.sha256(certificate).digest())),
        )
        return _der(_SEQUENCE, asn1.encode_der(_SIGNED_DATA), _der(_TAGGED, signed))

    def _signer(self, info: bytes, certificate: bytes) -> bytes:
        attributes = b"".join(
            sorted(
                [
                    _attribute(_CONTENT_TYPE, asn1.encode_der(_TST_INFO)),
                    _attribute(_DIGEST, asn1.encode_der(hashlib.sha256(info).digest())),
                    _attribute(_SIGNING_CERTIFICATE, _names(certificate)),
                ]
            )
        )
        signature = self._key.sign(_der(_SET, attributes), ec.ECDSA(hashes.SHA256()))
        return _der(
            _SEQUENCE,
            asn1.encode_der(1),
            _der(
                _SEQUENCE,
                self._certificate.issuer.public_bytes(),
                asn1.encode_der(self._certificate.serial_number),
            ),
            _der(_SEQUENCE, asn1.encode_der(_SHA256)),
            _der(_TAGGED, attributes),
            _der(_SEQUENCE, asn1.encode_der(_ECDSA)),
            asn1.encode_der(signature),
        )


def _names(certificate: bytes) -> bytes:
    """Which certificate signs, by its SHA-256."""
    return _der(_SEQUENCE, _der(_SEQUENCE, _der(_SEQUENCE, asn1.encode_der(certificate))))


def _make(folder: Path, now: datetime) -> None:
    """A root, and below it the certificate of the authority with its key; the root comes last."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = (
        _begun(f"{TITLE} (root)", root_key, now)
        .issuer_name(_name(f"{TITLE} (root)"))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        _begun(TITLE, key, now)
        .issuer_name(root.subject)
        .add_extension(stamping, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write(folder / "authority.key", pem)
    write(folder / "authority.pem", certificate.public_bytes(Encoding.PEM), 0o644)
    write(folder / "root.pem", root.public_bytes(Encoding.PEM), 0o644)


def _begun(name: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
