#!/bin/bash
# The reference in build/docs/html. Fails on a warning of Doxygen's, and if a public symbol of a layer in `complete` has no
# comment of its own.
# usage: tools/docs.sh [--undocumented]     lists such symbols of all layers instead, and counts them by layer
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The layers whose public symbols all have a comment: what stands before /include/ in the path of a header.
complete="base crypto pprf fork sendgroup capi"

rm -rf build/docs/xml
mkdir -p build/docs
{
  cat docs/Doxyfile
  echo "GENERATE_XML = YES"
  echo "XML_PROGRAMLISTING = NO"
} | doxygen -
echo "reference: build/docs/html/index.html"
# shellcheck disable=SC2086
python3 - "${1:-}" $complete <<'PYTHON'
import collections, pathlib, re, sys
import xml.etree.ElementTree as xml

# What needs no words of its own: operators and conversions, destructors, what is defaulted or deleted; fields(), which
# lists members that have their comments; kTag, which says what a structure is among the alternatives of a select.
# Include guards, and what docs/Doxyfile excludes, are not looked at.
EXEMPT = re.compile(r"operator\b|~|fields$|kTag$")
everything, complete = sys.argv[1] == "--undocumented", sys.argv[2:]
missing = collections.defaultdict(set)

def look(element, name, place):
    words = "".join(t for kind in ("brief", "detailed") for t in element.find(kind + "description").itertext())
    if words.strip() or place is None or "/include/" not in place.get("file"): return
    if EXEMPT.match(name) or re.search(r"= ?(default|delete)$", element.findtext("argsstring") or ""): return
    missing[place.get("file").split("/include/")[0]].add((place.get("file"), int(place.get("line")), name))

for file in pathlib.Path("build/docs/xml").glob("*.xml"):
    for compound in xml.parse(file).iter("compounddef"):
        if compound.get("prot") == "private": continue
        if compound.get("kind") in ("class", "struct", "union"):
            look(compound, compound.findtext("compoundname"), compound.find("location"))
        for member in compound.iter("memberdef"):
            if member.get("prot") == "private": continue
            name, place = member.findtext("name"), member.find("location")
            look(member, name, place)
            for value in member.iter("enumvalue"): look(value, f"{name}::{value.findtext('name')}", place)

shown = {layer: missing[layer] for layer in sorted(missing) if everything or layer in complete}
for file, line, name in sorted(symbol for symbols in shown.values() for symbol in symbols): print(f"{file}:{line}: {name}")
if everything:
    for layer, symbols in shown.items(): print(f"  {layer:24} {len(symbols):4}")
elif shown:
    sys.exit("public symbols without a comment of their own (tools/docs.sh)")
PYTHON
