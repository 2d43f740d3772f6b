"""How does a page travel? Compressed, where the browser takes it, and never twice the same length.

A page holds the session's secret and may repeat what an address says: who could watch its length
might guess the secret letter by letter (BREACH). A name of random length in gzip's header hides
the length, as Django's middleware does.
"""

import secrets
from gzip import GzipFile
from io import BytesIO

LEAST_BYTES = 1_000
LEVEL = 5
PADDING = 100


def packed(text: str, accepted: str) -> tuple[bytes, dict[str, str]]:
    """The page's bytes and the headers that say how they are packed."""
    plain = text.encode()
    if len(plain) < LEAST_BYTES or "gzip" not in accepted:
        return plain, {"Vary": "Accept-Encoding"}
    found = BytesIO()
    name = "x" * (1 + secrets.randbelow(PADDING))
    with GzipFile(name, "wb", compresslevel=LEVEL, fileobj=found, mtime=0) as file:
        file.write(plain)
    return found.getvalue(), {"Vary": "Accept-Encoding", "Content-Encoding": "gzip"}
