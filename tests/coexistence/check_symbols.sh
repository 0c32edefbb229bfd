#!/bin/bash
# usage: check_symbols.sh BORINGSSL_ARCHIVE PROGRAM...
# The archive defines nothing without its prefix, and the programs export nothing of it to libraries loaded later.
set -euo pipefail
archive=$1
shift
strangers=$(nm --extern-only --defined-only "$archive" 2>/dev/null | awk 'NF == 3 && $3 !~ /^dmls_bssl_/ { print $3 }')
[ -z "$strangers" ] || { echo "symbols without the prefix in $archive:"; echo "$strangers"; exit 1; }
for program in "$@"; do
  [ "$(nm --defined-only "$program" | grep -c ' dmls_bssl_')" -gt 0 ] || { echo "$program does not contain BoringSSL"; exit 1; }
  exported=$(nm --dynamic --defined-only "$program" | grep ' dmls_bssl_' || true)
  [ -z "$exported" ] || { echo "$program exports:"; echo "$exported"; exit 1; }
done
echo "$(nm --extern-only --defined-only "$archive" 2>/dev/null | grep -c ' dmls_bssl_') symbols, all prefixed, none exported"
