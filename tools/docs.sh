#!/bin/bash
# The reference in build/docs/html. Fails on a warning of Doxygen's, and if a public symbol of a layer in `complete` has no
# comment of its own.
# usage: tools/docs.sh [--undocumented]     lists such symbols of all layers instead, and counts them by layer
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The layers whose public symbols all have a comment: what stands before /include/ in the path of a header.
complete="base crypto pprf fork sendgroup capi"

mkdir -p build/docs
doxygen docs/Doxyfile
echo "reference: build/docs/html/index.html"
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
# shellcheck disable=SC2086
python3 - "${1:-}" $complete <<'PYTHON'
import collections, pathlib, re, sys

# What needs no words of its own: operators and conversions, destructors, what is defaulted or deleted; fields(), which
# lists members that have their comments; kTag, the alternative of a union on the wire that a structure is.
EXEMPT = re.compile(r"operator\b|~|fields\(|kTag\b|.*= ?(default|delete)$")
everything, complete = sys.argv[1] == "--undocumented", sys.argv[2:]
missing = collections.defaultdict(set)
for line in open("build/docs/undocumented.log", encoding="utf-8"):
    found = re.search(r"^(.*/include/[^ :]+):(\d+): warning: (?:Member|Compound) (.*?)( \(.*)? is not documented", line)
    if not found or EXEMPT.match(found[3]): continue
    file = str(pathlib.Path(found[1]).resolve().relative_to(pathlib.Path.cwd()))
    missing[file.split("/include/")[0]].add((file, int(found[2]), found[3]))
shown = {layer: missing[layer] for layer in sorted(missing) if everything or layer in complete}
for file, line, name in sorted(symbol for symbols in shown.values() for symbol in symbols): print(f"{file}:{line}: {name}")
if everything:
    for layer, symbols in shown.items(): print(f"  {layer:24} {len(symbols):4}")
elif shown:
    sys.exit("public symbols without a comment of their own (tools/docs.sh)")
PYTHON
