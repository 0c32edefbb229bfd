#!/bin/bash
# The reference in build/docs/html. Fails on a warning of Doxygen's, and if a public symbol has no comment of its own.
# usage: tools/docs.sh [--undocumented]     lists such symbols, and counts them by layer
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rm -rf build/docs/xml
mkdir -p build/docs
{
  cat docs/Doxyfile
  echo "GENERATE_XML = YES"
  echo "XML_PROGRAMLISTING = NO"
} | doxygen -
echo "reference: build/docs/html/index.html"
python3 - "${1:-}" <<'PYTHON'
import collections, pathlib, re, sys
import xml.etree.ElementTree as xml

# What needs no words of its own: operators and conversions, destructors, what is defaulted or deleted; fields(), which
# lists members that have their comments; kTag, which says what a structure is among the alternatives of a select.
# Include guards, and what docs/Doxyfile excludes, are not looked at.
EXEMPT = re.compile(r"operator\b|~|fields$|kTag$")
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

for file, line, name in sorted(symbol for symbols in missing.values() for symbol in symbols): print(f"{file}:{line}: {name}")
if sys.argv[1] == "--undocumented":
    for layer in sorted(missing): print(f"  {layer:24} {len(missing[layer]):4}")
elif missing:
    sys.exit("public symbols without a comment of their own (tools/docs.sh)")
PYTHON
