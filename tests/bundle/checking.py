"""How does a test change a bundle, and how does it ask what the verifier makes of it?"""

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.bundle import verify
from ledger.integrity.note import Signer, parse, sign

VERIFIER = Path(str(files("ledger.bundle") / "verify.py"))
Members = Mapping[str, bytes]


def zipped(members: Members) -> bytes:
    """The members as a zip."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return whole.getvalue()


def found(tmp_path: Path, members: Members, key: str | None = None) -> list[str]:
    """What the verifier finds wrong with these members."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(zipped(members))
    return found_in(path, key)


def found_in(path: Path, key: str | None = None) -> list[str]:
    """What the verifier finds wrong there."""
    troubles = verify.Troubles()
    held = verify.verify(path, key, troubles)
    assert bool(held) == (not troubles.lines)
    return list(troubles.lines)


def ran(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """The verifier as an auditor runs it: a clean interpreter, nothing of ours on its path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, "-I", "-S", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env=kept | {"PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )


def signer_of(name: str) -> Signer:
    """Somebody else's key under that name."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def resigned(members: Members, signer: Signer) -> dict[str, bytes]:
    """The same with a manifest that fits to what is in it now, signed by that key."""
    text = parse(members["manifest"]).text
    said = [line for line in text.splitlines() if "  " not in line]
    listed = {k: hashlib.sha256(v).hexdigest() for k, v in members.items() if k != "manifest"}
    lines = [*said, *(f"{digest}  {name}" for name, digest in sorted(listed.items()))]
    return {**members, "manifest": sign("\n".join(lines) + "\n", [signer]).write()}


def changed(members: Members, name: str, change: Callable[[bytes], bytes]) -> dict[str, bytes]:
    """The same with one member changed."""
    after = change(members[name])
    assert after != members[name]
    return {**members, name: after}


def told(lines: list[str], *words: str) -> bool:
    """Whether one line says all of it."""
    return any(all(word in line for word in words) for line in lines)


def lines_of(content: bytes) -> list[bytes]:
    """The lines of a member, with their ends."""
    return content.splitlines(keepends=True)
