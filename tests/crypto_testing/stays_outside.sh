#!/bin/bash
# usage: stays_outside.sh CRYPTO_TESTING_ARCHIVE ARCHIVE...
# Deterministic ECDSA is in the first archive (or this test would prove nothing), and none of the others knows of it.
set -euo pipefail
forbidden='leak_private_key|crypto_testing|[Rr]fc6979'
testing=$1
shift
[ "$(nm "$testing" 2>/dev/null | grep -c leak_private_key)" -gt 0 ] || { echo "$testing signs without the testing entry"; exit 1; }
[ $# -gt 0 ] || { echo "no archives given"; exit 1; }
for archive in "$@"; do
  found=$(nm "$archive" 2>/dev/null | grep -E "$forbidden" || true)
  [ -z "$found" ] || { echo "$archive:"; echo "$found"; exit 1; }
done
echo "$# archives without a trace of it"
