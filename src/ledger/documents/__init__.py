"""Where is the evidence? Every document is kept once, by the SHA-256 of its bytes."""

from ledger.documents.keeping import SIZE_LIMIT_BYTES, Documents, Received, Stored, digest_in

__all__ = ["SIZE_LIMIT_BYTES", "Documents", "Received", "Stored", "digest_in"]
