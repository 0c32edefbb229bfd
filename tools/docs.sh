#!/bin/bash
# The reference in build/docs/html, without warnings; then how many public symbols have no comment of their own, by layer.
# usage: tools/docs.sh [--undocumented]     also lists them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p build/docs
doxygen docs/Doxyfile
{
  cat docs/Doxyfile
  echo "EXTRACT_ALL = NO
    WARN_IF_UNDOCUMENTED = YES
    WARN_AS_ERROR = NO
    GENERATE_HTML = NO
    GENERATE_XML = YES
    XML_OUTPUT = undocumented
    WARN_LOGFILE = build/docs/undocumented.log"
} >build/docs/undocumented.doxyfile
doxygen build/docs/undocumented.doxyfile
# Operators, constructors and what the language makes by itself need no words.
python3 - "$@" <<'PYTHON'
import collections, re, sys
rows = set()
for line in open("build/docs/undocumented.log", encoding="utf-8"):
    found = re.search(r"([^ ]*/include/[^ :]+):(\d+): warning: (?:Member|Compound) (.*?) \(?.*is not documented", line)
    if not found: continue
    name = found[3]
    if re.search(r"operator|fields\(|=default|=delete|~", name): continue
    rows.add((found[1], int(found[2]), name))
layers = collections.Counter(re.sub(r".*?((?:\w+/)*\w+)/include/.*", r"\1", row[0]) for row in rows)
if "--undocumented" in sys.argv:
    for file, line, name in sorted(rows): print(f"{file}:{line}: {name}")
print("public symbols without a comment of their own: " + (", ".join(f"{l} {n}" for l, n in sorted(layers.items())) or "none"))
PYTHON
echo "reference: build/docs/html/index.html"
