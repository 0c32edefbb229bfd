#!/bin/bash
# kernels.sh CLANG SOURCE_DIR BINARY_DIR: builds the kernels with MemorySanitizer, alone, and runs kernels.cc.
set -euo pipefail
clang=$1 source=$2 out=$3/msan
mkdir -p "$out"
flags=(-std=c++20 -O2 -g -fsanitize=memory -fno-sanitize-recover=all -fno-omit-frame-pointer -I"$source/crypto/src")
compile() { "$clang" "${flags[@]}" "${@:2}" -c "$source/$1" -o "$out/$(basename "$1").o"; }
if ! echo 'int main() {}' | "$clang" -x c++ -fsanitize=memory -o "$out/probe" - 2>"$out/log"; then
  echo "not run: $clang cannot build for MemorySanitizer: $(head -n 1 "$out/log")"
  exit 77
fi
compile tests/constant_time/kernels.cc
compile crypto/src/kernel_features.cc
compile crypto/src/kernel_shani.cc -msha -mssse3 -msse4.1
compile crypto/src/kernel_lanes.cc -mavx512f -mavx512bw -mavx512vl
compile crypto/src/kernel_pair.cc -mavx512f -mavx512bw -mavx512vl
"$clang" -fsanitize=memory "$out"/*.cc.o -o "$out/kernels"
if "$out/kernels" leaky >"$out/log" 2>&1 || ! grep -q use-of-uninitialized-value "$out/log"; then
  echo "a branch on a secret was not noticed"
  exit 1
fi
"$out/kernels"
