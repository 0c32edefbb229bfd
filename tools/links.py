#!/usr/bin/env python3
"""Fails when a document links to a file, or to a heading, of this repository that does not exist."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def headings(document):
    """The anchors of a document's headings, as code hosts make them."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in re.findall(r"^#+ (.*)$", text, re.M)}


def main():
    listing = subprocess.run(["git", "-C", ROOT, "ls-files", "*.md"], check=True, capture_output=True, text=True).stdout
    links, bad = 0, []
    for name in listing.splitlines():
        document = ROOT / name
        for target in LINK.findall(CODE.sub("", document.read_text(encoding="utf-8"))):
            if re.match(r"[a-z]+:", target):
                continue
            links += 1
            path, _, anchor = target.partition("#")
            file = (document.parent / path).resolve() if path else document
            if not file.exists() or (anchor and file.suffix == ".md" and anchor not in headings(file)):
                bad.append(f"{name}: {target}")
    print("\n".join(bad + [f"{links} internal links, {len(bad)} lead nowhere"]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
