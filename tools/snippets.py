#!/usr/bin/env python3
"""Keeps the code in the documents equal to programs that compile and run.

    tools/snippets.py            rewrites the documents
    tools/snippets.py --check    fails when one differs from its program

In a document, `<!-- snippet: examples/two_members.cc#name -->` stands before a block of code. In the program, the same
code stands between `// [name]` and `// [/name]` (in C, `/* [name] */`); without `#name` it is the whole file. What a document shows is taken
out of its indentation.
"""

import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(<!-- snippet: ([^ #]+)(?:#([a-z0-9_]+))? -->\n```[a-z+]*\n)(.*?)(```\n)", re.DOTALL)


def region(path, name):
    text = (ROOT / path).read_text(encoding="utf-8")
    if name is None:
        return text
    found = re.search(rf"^[ ]*(?://|/\*) \[{name}\](?: \*/)?\n(.*?)^[ ]*(?://|/\*) \[/{name}\](?: \*/)?$", text, re.DOTALL | re.MULTILINE)
    if not found:
        sys.exit(f"{path} has no region [{name}]")
    return textwrap.dedent(found.group(1)).strip("\n") + "\n"


def main():
    check = "--check" in sys.argv[1:]
    stale, count = [], 0
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = document.read_text(encoding="utf-8")
        count += len(BLOCK.findall(text))
        new = BLOCK.sub(lambda m: m[1] + region(m[2], m[3]) + m[5], text)
        if new != text:
            stale.append(document.name)
            if not check:
                document.write_text(new, encoding="utf-8")
    print(f"{count} snippets" + (f", not up to date: {', '.join(stale)}" if check and stale else ""))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
