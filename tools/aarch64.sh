#!/bin/bash
# Cross-compiles the library and its portable tests for aarch64, and runs them under qemu-user. Not part of .ci/run: it
# takes a while, and what it finds is a matter of the compiler and of assumptions about the machine.
#
# usage: tools/aarch64.sh [TEST...]     test programs without _test; default: base tls_codec tree_math crypto keyschedule
#                                       treekem pprf storage storage_sealed group
#
# Debian's arm64 packages of the libraries are unpacked below build/aarch64-sysroot; nothing of another architecture is
# installed. SQLite is left out. A hundredth of the property runs, unless DMLS_PROPERTY_SCALE says otherwise.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/dev/common.sh"
triplet=aarch64-linux-gnu
sysroot=$root/build/aarch64-sysroot
programs=("$@")
[ ${#programs[@]} -gt 0 ] ||
  programs=(base tls_codec tree_math crypto keyschedule treekem pprf storage storage_sealed group)

# shellcheck disable=SC2086
need $packages_build g++-aarch64-linux-gnu qemu-user

# Debian's mirror as this machine has it, for another architecture and in folders of our own.
unpack_libraries() {
  local apt lists=$sysroot/apt package
  [ ! -e "$sysroot/complete" ] || return 0
  rm -rf "$sysroot"
  mkdir -p "$lists/lists/partial" "$lists/cache/archives/partial" "$lists/packages"
  touch "$lists/status"
  apt=(apt-get -q -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State::lists="$lists/lists"
    -o Dir::State::status="$lists/status" -o Dir::Cache="$lists/cache" -o APT::Sandbox::User= -o Acquire::Retries=3
    -o Acquire::Languages=none -o Debug::NoLocking=1 -o APT::Update::Post-Invoke::=)
  "${apt[@]}" update
  for package in libsodium-dev libdecaf-dev libgtest-dev libbenchmark-dev libfmt-dev libbenchmark1debian libfmt9 \
    nlohmann-json3-dev libcli11-dev; do
    (cd "$lists/packages" && "${apt[@]}" download "$package")
  done
  for package in "$lists"/packages/*.deb; do dpkg-deb -x "$package" "$sysroot"; done
  # The tests shall run without a dynamic linker.
  find "$sysroot/usr/lib" \( -name 'libsodium.so*' -o -name 'libdecaf.so*' \) -delete
  touch "$sysroot/complete"
}

# BoringSSL's recipe calls its tools by their plain names.
cross_boringssl() {
  local tools=$sysroot/tools tool
  mkdir -p "$tools"
  for tool in ar nm objcopy; do ln -sf "$(command -v $triplet-$tool)" "$tools/$tool"; done
  PATH=$tools:$PATH DMLS_BORINGSSL_CC=$triplet-gcc "$root/tools/boringssl/build.sh"
}

write_toolchain() {
  cat >"$sysroot/toolchain.cmake" <<CMAKE
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER $triplet-gcc)
set(CMAKE_CXX_COMPILER $triplet-g++)
set(CMAKE_LIBRARY_ARCHITECTURE $triplet)
set(CMAKE_CXX_LIBRARY_ARCHITECTURE $triplet)
set(CMAKE_FIND_ROOT_PATH $sysroot $boringssl)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
CMAKE
}

quietly aarch64-libraries unpack_libraries
boringssl=$(cross_boringssl)
write_toolchain
BORINGSSL_ROOT=$boringssl
configure aarch64 -DCMAKE_TOOLCHAIN_FILE="$sysroot/toolchain.cmake" \
  -DCMAKE_BUILD_TYPE=Release -DDMLS_WITH_SQLITE=OFF -DDMLS_SHARED_CAPI=OFF
build aarch64 "${programs[@]/%/_test}"
# These start the test program a second time, which the kernel cannot do without qemu.
filter=-KernelChoice.TheEnvironment*:KernelChoice.AWishBeyond*
status=0
for program in "${programs[@]}"; do
  binary=$root/build/aarch64/bin/${program}_test
  log=$root/build/aarch64-$program.log
  if (cd "$root" && DMLS_PROPERTY_SCALE=${DMLS_PROPERTY_SCALE:-0.01} qemu-aarch64 "$binary" --gtest_filter="$filter" >"$log" 2>&1); then
    passed=$((passed + 1))
    say "$program: $(sed -n 's/^\[  PASSED  \] \(.*\)\.$/\1/p' "$log") passed under qemu-aarch64"
  else
    failed=$((failed + 1)) status=1
    tail -n 30 "$log" >&2
    say "$program: FAILED ($log)"
  fi
done
cost
echo "$passed passed, $failed failed"
exit $status
