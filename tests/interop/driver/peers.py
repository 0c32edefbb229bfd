"""Which peers there are, and how each is built: peers/peers.json."""

import json
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent


def cache():
    """Where peers are built: outside of the repository."""
    base = os.environ.get("DMLS_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "dmls")
    return Path(base) / "interop"


class NotAvailable(Exception):
    """The peer cannot be built or started here, and why."""


def manifest():
    return json.loads((HERE / "peers" / "peers.json").read_text())


def version_of(what):
    """(major, minor) of a program, or with "lib:name" of a library that pkg-config knows; None if there is none."""
    command = ["pkg-config", "--modversion", what[4:]] if what.startswith("lib:") else [what, "--version"]
    if shutil.which(command[0]) is None:
        return None
    text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    numbers = [word.lstrip("v") for word in text.split() if word.lstrip("v")[:1].isdigit()]
    return tuple(int(part) for part in numbers[0].split(".")[:2]) if numbers else None


def require_tools(needs):
    for tool, least in needs.items():
        found = version_of(tool)
        wanted = tuple(int(part) for part in least.split("."))
        if found is None:
            raise NotAvailable(f"needs {tool} {least} or newer, and there is none")
        if found < wanted:
            raise NotAvailable(f"needs {tool} {least} or newer, and finds {'.'.join(map(str, found))}")


def copy_sources(source, target):
    """Copies what changed, so that lock files and builds stay outside of the repository."""
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            if not copy.exists() or copy.read_bytes() != path.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())


def build(entry):
    """Builds a peer and returns the command that starts it."""
    if "build" not in entry:
        return [str(ROOT / entry["command"][0]), *entry["command"][1:]]
    require_tools(entry["needs"])
    sources = cache() / "sources"
    copy_sources(HERE / "peers", sources)
    folder = sources / entry["folder"]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(cache() / "cargo"),
                   "CARGO_BUILD_JOBS": os.environ.get("DMLS_JOBS", str(os.cpu_count() or 1))}
    log = cache() / f"{entry['folder']}.log"
    with log.open("wb") as out:
        done = subprocess.run(entry["build"], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        tail = log.read_text(errors="replace").strip().splitlines()[-3:]
        raise NotAvailable(f"could not be built ({log}): " + " | ".join(tail))
    return [word.replace("{cache}", str(cache())).replace("{folder}", str(folder)) for word in entry["command"]]
