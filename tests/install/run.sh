#!/bin/bash
# Embeds the library in a stranger's project, in one of four ways, and runs the result.
# usage: run.sh installed|pkg-config|c|subproject SOURCE BUILD WORK COMPILER BORINGSSL_ROOT
set -euo pipefail
way=$1 source=$2 build=$3 work=$4/$1 compiler=$5 boringssl=$6
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rm -rf "$work"
mkdir -p "$work"

install() { cmake --install "$build" --prefix "$work/prefix" >"$work/install.log" || { cat "$work/install.log"; exit 1; }; }

case $way in
  installed)
    install
    # Whatever was used to build the library must not be needed to use it.
    env -u BORINGSSL_ROOT DMLS_CACHE=/nonexistent cmake -G Ninja -S "$here/installed" -B "$work/build" \
      -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$work/prefix" -DEXAMPLES="$source/examples"
    cmake --build "$work/build"
    "$work/build/consumer"
    "$work/build/two_members"
    "$work/build/two_members_c"
    ;;
  pkg-config)
    install
    PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name dmls.pc)")
    export PKG_CONFIG_PATH
    # shellcheck disable=SC2046
    "$compiler" -std=c++20 "$here/consumer.cc" -o "$work/consumer" \
      $(pkg-config --cflags --libs dmls)
    "$work/consumer"
    # Everything from archives, in C++ and, through the C interface, in C.
    # shellcheck disable=SC2046
    "$compiler" -std=c++20 -static "$here/consumer.cc" -o "$work/consumer_static" \
      $(pkg-config --static --cflags --libs dmls)
    # shellcheck disable=SC2046
    "${CC:-cc}" -std=c99 -static "$source/examples/two_members.c" -o "$work/two_members_static" \
      $(pkg-config --static --cflags --libs dmls)
    for program in consumer_static two_members_static; do
      ! readelf -d "$work/$program" | grep NEEDED || { echo "$program needs a shared library"; exit 1; }
      "$work/$program"
    done
    ;;
  c)
    install
    libdir=$(dirname "$(find "$work/prefix" -name libdmls.so)")
    export PKG_CONFIG_PATH=$libdir/pkgconfig
    # shellcheck disable=SC2046
    "${CC:-cc}" -std=c99 -Wall -Wextra -Wpedantic -Werror "$source/examples/two_members.c" -o "$work/two_members" \
      $(pkg-config --cflags --libs dmls-c) -Wl,-rpath,"$libdir"
    "$work/two_members"
    ! command -v python3 >/dev/null || python3 "$source/examples/two_members.py" "$libdir/libdmls.so.0"
    ;;
  subproject)
    cmake -G Ninja -S "$here/subproject" -B "$work/build" -DDMLS_SOURCE="$source" -DBORINGSSL_ROOT="$boringssl" \
      -DCMAKE_CXX_COMPILER="$compiler" ${CCACHE_BASEDIR:+-DCMAKE_CXX_COMPILER_LAUNCHER=ccache}
    cmake --build "$work/build" --target consumer
    "$work/build/consumer"
    ;;
esac
