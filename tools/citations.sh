#!/bin/bash
# Which code and which tests cite which section of RFC 9420.
#
#   tools/citations.sh            prints: section, title, files that cite it
#   tools/citations.sh --check    fails when a cited section does not exist (RFC 9420, RFC 9180)
#
# A citation is written "RFC 9420 §12.4.2"; lists such as "RFC 9420 §8, §8.1" and "RFC 9420 §8.1-8.3" are understood.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

citations() {  # "file RFC section" a line
  git ls-files --cached --others --exclude-standard '*.h' '*.cc' | while read -r file; do
    if [ -e "$file" ]; then echo "$file"; fi
  done | xargs -r grep -o -H -E 'RFC (9420|9180),? (§|Appendix )[0-9A-D.]+((, | and |-)§?[0-9]+(\.[0-9]+)*)*' 2>/dev/null |
    sed -E 's/^([^:]*):RFC ([0-9]+),? /\1 \2 /' |
    awk '{
      file = $1; rfc = $2; $1 = $2 = ""; gsub(/, | and |-/, " "); gsub(/§|Appendix/, " ")
      n = split($0, section, " ")
      for (i = 1; i <= n; i++) { sub(/\.$/, "", section[i]); if (section[i] != "") print file, rfc, section[i] }
    }'
}

if [ "${1:-}" = --check ]; then
  unknown=$(citations | awk '
    NR == FNR { if ($0 !~ /^#/ && NF) known[$1 " " $2] = 1; next }
    !(($2 " " $3) in known) { print $1 ": RFC " $2 " has no section " $3 }' tools/rfc_sections.txt - | sort -u)
  [ -z "$unknown" ] || { echo "$unknown"; exit 1; }
  echo "$(citations | wc -l) citations, $(citations | awk '{ print $2, $3 }' | sort -u | wc -l) sections"
  exit 0
fi
[ $# = 0 ] || { echo "usage: tools/citations.sh [--check]" >&2; exit 2; }

citations | sort -u | awk '
  NR == FNR { if ($0 !~ /^#/ && NF) { key = $1 " " $2; order[++n] = key; $1 = $2 = ""; sub(/^ +/, ""); title[key] = $0 } next }
  { files[$2 " " $3] = files[$2 " " $3] "\n    " $1 }
  END { for (i = 1; i <= n; i++) if (order[i] in files) print "RFC " order[i] "  " title[order[i]] files[order[i]] }
' tools/rfc_sections.txt -
