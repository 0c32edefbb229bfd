#!/usr/bin/env python3
"""Doxygen's input filter (docs/Doxyfile): the plain comments of a public header, as Doxygen reads them.

    tools/doxygen_filter.py HEADER

Line comments and C comments become documentation; what stands before the first #include is about the file, and about
its class or struct as well, if that has no comment of its own and is the only one, or the one that the file is named
after. Headings (`// ---- looking`) and comments inside braces of functions stay plain. Text is text: what Doxygen would
take for a command or a tag is escaped, `code` is code, and indented lines are shown as they are.
"""

import pathlib
import re
import sys

HEADING = re.compile(r"^\s*(//|/\*) *(----|\[|clang-format|NOLINT)")
# A class or struct, specialisations apart; clang-format does not indent in namespaces.
TYPE = re.compile(r"(?:class|struct) (?:\[\[\w+\]\] )?(\w+)(?![\w<])")


def escape(text):
    text = re.sub(r"([\\@<>#&$%\"])", r"\\\1", text)
    text = re.sub(r"(?<![\w:])::", r"\\::", text)
    return re.sub(r"`([^`]*)`", r"<tt>\1</tt>", text)


def block(lines, file=False):
    """A documentation comment of these lines of text."""
    out, verbatim = ["/** @file" if file else "/**"], False
    for line in lines:
        shown = bool(re.match(r" {2,}\S", line))
        if shown != verbatim:
            out.append("@verbatim" if shown else "@endverbatim")
            verbatim = shown
        out.append(line.replace("*/", "* /") if shown else escape(line.strip()))
    if verbatim:
        out.append("@endverbatim")
    return "\n".join(out) + " */"


def trailing(code, text):
    return f"{code}/**< {escape(text.strip())} */"


def split_trailing(line):
    """Code and the comment behind it, if there is one."""
    place = 0
    while (place := line.find("//", place)) != -1:
        if line[:place].count('"') % 2 == 0:
            return line[:place], line[place + 2 :]
        place += 2
    return line, None


def type_of_file(lines, name):
    """Where the type begins that the words about the file are about, too; None if it has words of its own."""
    types = []  # where each begins, its name, and whether it has a comment
    for place, line in enumerate(lines):
        code, comment = split_trailing(line)
        head = TYPE.match(line)
        if not head or (code.rstrip().endswith(";") and "{" not in code):  # or only declared
            continue
        first = place
        while first > 0 and re.match(r"template\b|requires\b", lines[first - 1]):
            first -= 1
        above = lines[first - 1] if first > 0 else ""
        behind = comment is not None and code.rstrip().endswith(";")
        types.append((first, head[1].lower(), behind or (above.startswith("//") and not HEADING.match(above))))
    for first, its_name, has_comment in types:
        if not has_comment and (len(types) == 1 or its_name == name.replace("_", "")):
            return first
    return None


def cpp(text, name=""):
    out, pending, before_includes, about_file_text = [], [], True, []
    lines = text.split("\n")
    its_type = type_of_file(lines, name)

    def flush(drop=False):
        if pending and not drop:
            out.append(block(pending, file=before_includes))
            if before_includes and not about_file_text:
                about_file_text.extend(pending)
        pending.clear()

    for place, line in enumerate(lines):
        stripped = line.strip()
        if place == its_type and about_file_text:
            pending[:] = about_file_text
        if HEADING.match(line):
            flush()
        elif stripped.startswith("//"):
            pending.append(stripped[2:].removeprefix(" ") if not stripped[2:].startswith("   ") else stripped[2:])
        else:
            about_file = before_includes and pending
            if stripped.startswith("#include") or (about_file and not stripped):
                flush()
            before_includes = before_includes and not stripped.startswith(("#include", "#define", "namespace"))
            flush(drop=stripped in ("", "}") and not about_file)  # about nothing in particular
            code, comment = split_trailing(line)
            ends = comment is not None and not stripped.startswith("#") and not code.strip().endswith(("{", "}", ")"))
            out.append(trailing(code, comment) if ends and code.strip().endswith((";", ",")) else code)
    flush()
    return "\n".join(out)


def c(text):
    first = [True]

    def comment(match):
        code, body = match[1], match[2]
        if HEADING.match(match[0].lstrip()) or body.strip().startswith(("----", "[")):
            return code
        if code.strip():
            return trailing(code, re.sub(r"\s*\n \*? ?", " ", body))
        lines = [re.sub(r"^ ?\* ?", "", line) for line in body.strip().split("\n")]
        whole, first[0] = block(lines, file=first[0]), False
        return code + whole

    return re.sub(r"([^\n]*?)/\*(.*?)\*/", comment, text, flags=re.DOTALL)


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    name = pathlib.Path(sys.argv[1]).stem
    sys.stdout.write(c(text) if name == "dmls" else cpp(text, name))


if __name__ == "__main__":
    main()
