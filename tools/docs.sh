#!/bin/bash
# The reference in build/docs/html; a warning is an error.
# usage: tools/docs.sh [--undocumented]     lists public types and functions without a comment of their own, and counts by layer
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p build/docs
doxygen docs/Doxyfile
echo "reference: build/docs/html/index.html"
[ "${1:-}" = --undocumented ] || exit 0
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
python3 - <<'PYTHON'
import collections, pathlib, re
rows = set()
for line in open("build/docs/undocumented.log", encoding="utf-8"):
    found = re.search(r"^(.*/include/[^ :]+):(\d+): warning: (Member|Compound) (.*?)( \(.*)? is not documented", line)
    if not found: continue
    name, kind = found[4], found[5] or ""
    if re.search(r"operator|fields\(|=default|=delete|~|kTag", name): continue
    is_function = found[3] == "Compound" or "function" in kind
    rows.add((str(pathlib.Path(found[1]).resolve().relative_to(pathlib.Path.cwd())), int(found[2]), name, is_function))
layers = collections.defaultdict(lambda: [0, 0])
for file, line, name, is_function in sorted(rows):
    layers[file.split("/include/")[0]][0 if is_function else 1] += 1
    if is_function: print(f"{file}:{line}: {name}")
print("without a comment of their own: types and functions, fields and constants")
for layer, (functions, fields) in sorted(layers.items()): print(f"  {layer:24} {functions:4} {fields:4}")
PYTHON
