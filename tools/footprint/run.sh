#!/bin/bash
# What the library takes of disk and memory: archives, libdmls.so, a small client that is linked statically, and the heap of
# a group. Uses build/release (./dev build). usage: tools/footprint/run.sh [MEMBERS...]     default: 2 1000
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../dev/common.sh"
members=("$@")
[ ${#members[@]} -gt 0 ] || members=(2 1000)
[ -e "$root/build/release/libdmls_group.a" ] || die "first: ./dev build"
work=$root/build/footprint
rm -rf "$work"
mkdir -p "$work"
quietly footprint-install cmake --install "$root/build/release" --prefix "$work/prefix"
libdir=$(dirname "$(find "$work/prefix" -name libdmls_group.a)")
export PKG_CONFIG_PATH=$libdir/pkgconfig
kilobytes() { echo "$((($(stat -c %s "$1") + 512) / 1024)) KiB"; }
row() { printf '| %s | %s |\n' "$1" "$2"; }

# Code and data, as the linker would take all of it.
code() { size -t "$@" | awk 'END { printf "%d KiB", ($1 + $2) / 1024 + 0.5 }'; }

strip -o "$work/libdmls.so" "$libdir/libdmls.so"
# shellcheck disable=SC2046
"${CXX:-c++}" -std=c++20 -O2 -static -Wl,--gc-sections -s "$root/examples/two_members.cc" -o "$work/two_members_static" \
  $(pkg-config --static --cflags --libs dmls)
# shellcheck disable=SC2046
"${CXX:-c++}" -std=c++20 -O2 -Wl,--gc-sections -s "$root/examples/two_members.cc" -o "$work/two_members" \
  $(pkg-config --cflags --libs dmls)
# shellcheck disable=SC2046
"${CXX:-c++}" -std=c++20 -O2 "$root/tools/footprint/heap.cc" -o "$work/heap" $(pkg-config --cflags --libs dmls)
"$work/two_members_static" >/dev/null
"$work/two_members" >/dev/null

echo "| what | size |"
echo "|---|---:|"
row "all C++ layers, code and data of the archives" "$(code "$libdir"/libdmls_*.a)"
row "BoringSSL's archive, code and data" "$(code "$libdir"/dmls/libdmls_bssl_crypto.a)"
row "\`libdmls.so\`, stripped" "$(kilobytes "$work/libdmls.so")"
row "examples/two_members.cc, linked with our archives, stripped" "$(kilobytes "$work/two_members")"
row "the same with everything static, the C and C++ libraries too" "$(kilobytes "$work/two_members_static")"
"$work/heap" "${members[@]}" | while IFS=, read -r count founder joiner; do
  row "heap of a group of $count, at its founder" "$(((founder + 512) / 1024)) KiB"
  row "heap of a group of $count, at one who joined" "$(((joiner + 512) / 1024)) KiB"
done
