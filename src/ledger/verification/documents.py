"""Is every stored document still the one that was stored?"""

import hashlib
from collections.abc import Callable

import psycopg
from obstore.exceptions import BaseError

from ledger.documents import Documents
from ledger.verification.report import Check, Kind

SHOWN = 20


async def check_documents(
    connection: psycopg.Connection,
    documents: Documents,
    named: set[str],
    told: Callable[[int, int], None],
) -> Check:
    """Reads every document there is; `named`: the digests that events name."""
    check = Check(name="documents")
    rows = connection.execute(
        "SELECT encode(sha256, 'hex'), size, name, position FROM log.documents ORDER BY position"
    ).fetchall()
    for digest, size, name, position in rows:
        check.checked += 1
        told(check.checked, len(rows))
        if (wrong := await _wrong(documents, digest, size)) is not None:
            text = f"The document {digest} ({name}) {wrong}."
            check.add(Kind.DOCUMENT, text, position)
    if absent := sorted(named - {row[0] for row in rows}):
        more = f" and {len(absent) - SHOWN} more" if len(absent) > SHOWN else ""
        listed = ", ".join(absent[:SHOWN])
        check.notes.append(f"Named by events, but not stored here: {listed}{more}.")
    return check


async def _wrong(documents: Documents, digest: str, size: int) -> str | None:
    found, length = hashlib.sha256(), 0
    try:
        async for chunk in documents.get(digest):
            found.update(chunk)
            length += len(chunk)
    except FileNotFoundError:
        return "is not in the store"
    except (OSError, BaseError) as error:
        return f"cannot be read: {error}"
    if found.hexdigest() != digest:
        return f"was changed: its bytes have the digest {found.hexdigest()}"
    if length != size:
        return f"has {length} bytes, the log says {size}"
    return None
