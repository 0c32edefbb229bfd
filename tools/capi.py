#!/usr/bin/env python3
"""Keeps capi/include/dmls.h equal to what it stands for.

    tools/capi.py                     writes the error numbers of the layers into the header
    tools/capi.py --check             fails if they differ, or if a function occurs in no file of tests/capi
    tools/capi.py --symbols LIBRARY   fails unless the shared library exports exactly the header's functions
    tools/capi.py --version-script    prints the linker's version script
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = ROOT / "capi/include/dmls.h"
CODE = re.compile(r"inline constexpr Errc k(\w+)\s*\{\s*(0x[0-9a-f]{4})\s*\};(?:\s*//\s*(.*))?")


def errors():
    rows = []
    for file in ROOT.glob("*/include/dmls/*/error.h"):
        layer = "" if file.parent.name == "base" else file.parent.name + "_"
        for name, number, meaning in CODE.findall(file.read_text(encoding="utf-8")):
            words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).upper()
            rows.append((int(number, 16), f"DMLS_E_{layer.upper()}{words}", meaning))
    rows.sort()
    width = max(len(name) for _, name, _ in rows)
    lines = ["enum {\n", "  DMLS_OK = 0, /* all went well */\n"]
    for place, (number, name, meaning) in enumerate(rows):
        comma = "," if place + 1 < len(rows) else " "
        line = f"  {name:{width}} = 0x{number:04x}{comma}"
        lines.append((line + (f" /* {meaning} */" if meaning else "")).rstrip() + "\n")
    return "/* [errors] */\n/* clang-format off */\n" + "".join(lines) + "};\n/* clang-format on */\n/* [/errors] */\n"


def functions():
    return sorted(set(re.findall(r"^DMLS_API [^(;]*?\b(dmls_\w+)\(", HEADER.read_text(encoding="utf-8"), re.MULTILINE)))


def exported(library):
    listing = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in listing.splitlines() if line.split()[-2] != "A"}
    return sorted(names)


def main():
    argument = sys.argv[1] if len(sys.argv) > 1 else ""
    if argument == "--symbols":
        ours, theirs = set(functions()), set(exported(sys.argv[2]))
        for name in sorted(ours ^ theirs):
            print(f"{name}: {'declared, not exported' if name in ours else 'exported, not declared'}")
        print(f"{len(ours & theirs)} functions exported")
        return 1 if ours != theirs else 0
    if argument == "--version-script":
        print("DMLS_0 {\n  global:\n    " + ";\n    ".join(functions()) + ";\n  local: *;\n};")
        return 0
    text = HEADER.read_text(encoding="utf-8")
    new = re.sub(r"/\* \[errors\] \*/\n.*?/\* \[/errors\] \*/\n", lambda _: errors(), text, flags=re.DOTALL)
    if argument != "--check":
        HEADER.write_text(new, encoding="utf-8")
        return 0
    bad = 0
    if new != text:
        print("capi/include/dmls.h: error numbers are not up to date: tools/capi.py")
        bad = 1
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests/capi").glob("*") if p.is_file())
    for name in functions():
        if not re.search(rf"\b{name}\b", tests):
            print(f"{name}: occurs in no file of tests/capi")
            bad = 1
    print(f"{len(functions())} functions in dmls.h")
    return bad


if __name__ == "__main__":
    sys.exit(main())
