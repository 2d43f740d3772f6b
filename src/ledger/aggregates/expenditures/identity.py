"""Which document is it? Issuer and number say so, however they are typed."""

import hashlib
import unicodedata
from uuid import UUID

DOCUMENTS = UUID("b7b6b1c5-5d8a-5c0e-8f5e-2f0b1d9c7a41")


def folded(text: str) -> str:
    """Without letter case, blanks, what is not seen (Cf), and variants of the same character."""
    if text.isascii():  # by far the most, and by far the quicker
        return "".join(text.lower().split())
    alike = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in alike if not one.isspace() and unicodedata.category(one) != "Cf")


def expenditure_id(issuer_nip: str | None, issuer_name: str | None, document_number: str) -> str:
    """The id of the expenditure that is this document (UUID version 5, RFC 9562).

    The issuer is told by the tax number (ten digits) where there is one, else by the name.
    """
    issuer = f"nip:{issuer_nip}" if issuer_nip else f"name:{folded(issuer_name or '')}"
    return _uuid5(f"{issuer}\n{folded(document_number)}")


def _uuid5(name: str) -> str:
    """As `uuid.uuid5` answers, without the object: a file names a hundred thousand documents."""
    digest = hashlib.sha1(DOCUMENTS.bytes + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    parts = digest[:8], digest[8:12], f"5{digest[13:16]}", variant + digest[17:20], digest[20:32]
    return "-".join(parts)
