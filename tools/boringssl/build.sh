#!/bin/bash
# Builds BoringSSL's libcrypto as an optimised static library for this project, once, outside the clone.
#
#   tools/boringssl/build.sh            build unless it is cached; prints the prefix directory
#   tools/boringssl/build.sh --where    prints the prefix directory without building
#
# The source is Debian 12's source package, fetched by apt with a private configuration: no root, and nothing of the
# system's apt is changed. Both files must have the SHA-256 written below, whoever serves them.
# Every symbol of the library is hidden and starts with dmls_bssl_, so that it can live beside OpenSSL, or beside
# another BoringSSL, in one process (docs/dependencies.md).
#
# Environment:
#   DMLS_CACHE                  where to build (default: $XDG_CACHE_HOME/dmls or ~/.cache/dmls)
#   DMLS_BORINGSSL_SOURCE_DIR   a directory that already holds the two source files: no network is used
#   DMLS_BORINGSSL_CC           C compiler (default: cc)
#   DMLS_BORINGSSL_CFLAGS       appended to the flags, e.g. -DOPENSSL_SMALL, or -fsanitize=memory with clang
#   DMLS_JOBS                   parallel compilations (default: all processors)
set -euo pipefail

package=android-platform-external-boringssl
upstream_version=13.0.0+r24
version=13.0.0+r24-2
orig=${package}_${upstream_version}.orig.tar.xz
orig_sha256=583b7aeee1fca68b8244d086cea6fca23bd19d517bd63f0b9de714e048f92a7d
dsc=${package}_${version}.dsc
prefix=dmls_bssl
debian_mirror=http://deb.debian.org/debian
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cc=${DMLS_BORINGSSL_CC:-cc}
jobs=${DMLS_JOBS:-$(nproc)}
cflags="-std=gnu11 -O3 -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections -fno-strict-aliasing"
cflags+=" -fno-omit-frame-pointer -DNDEBUG -DBORINGSSL_IMPLEMENTATION -Wa,--noexecstack -w ${DMLS_BORINGSSL_CFLAGS:-}"

say() { echo "boringssl: $*" >&2; }
die() { say "$*"; exit 1; }

for tool in "$cc" make ar nm objcopy flock sha256sum; do
  command -v "$tool" >/dev/null || die "$tool is missing (Debian: apt-get install gcc make binutils util-linux)"
done

# One directory per recipe: what is built depends on the compiler, the flags, and this number, to be raised whenever
# this script or its makefile builds something different.
recipe=1
case $("$cc" -dumpmachine) in aarch64-*) recipe=2 ;; esac  # with the inverse mended, see below
cache=${DMLS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/dmls}
key=$({ echo "$recipe"; "$cc" --version | head -n 1; "$cc" -dumpmachine; echo "$cflags"; } |
  sha256sum | cut -c 1-12)
out=$cache/boringssl-$version-$prefix-$key

if [ "${1:-}" = --where ]; then
  echo "$out"
  exit 0
fi
[ $# = 0 ] || die "unknown argument: $1 (only --where is known)"

mkdir -p "$cache"
exec 9>"$cache/.boringssl.lock"
flock 9
if [ -e "$out/build-info" ]; then
  echo "$out"
  exit 0
fi

work=$(mktemp -d "$cache/.boringssl-XXXXXX")
trap 'rm -rf "$work"' EXIT
started=$SECONDS

# The Debian bookworm mirror this machine uses, as "[options] uri", from one-line and deb822 sources alike.
machine_mirrors() {
  awk '
    function flush() {
      if (types ~ /deb/ && suites ~ /(^| )bookworm( |$)/ && components ~ /(^| )main( |$)/ && enabled != "no") {
        count = split(uris, uri, " ")
        for (i = 1; i <= count; i++) print (key ? "[signed-by=" key "] " : "") uri[i]
      }
      types = uris = suites = components = key = enabled = ""
    }
    FNR == 1 { flush() }
    FILENAME ~ /\.sources$/ {
      if ($0 ~ /^[ \t]*$/) { flush(); next }
      if ($0 ~ /^#/) next
      if ($0 !~ /^[ \t]/) { field = tolower($1); sub(/^[^:]*:[ \t]*/, "") } else { sub(/^[ \t]+/, "") }
      if (field == "types:") types = types " " $0
      if (field == "uris:") uris = uris " " $0
      if (field == "suites:") suites = suites " " $0
      if (field == "components:") components = components " " $0
      if (field == "enabled:") enabled = tolower($0)
      if (field == "signed-by:" && $0 ~ /^\//) key = $0
      next
    }
    $1 == "deb" || $1 == "deb-src" {
      line = $0; options = ""
      sub(/^[ \t]*deb(-src)?[ \t]+/, "", line)
      if (match(line, /^\[[^]]*\][ \t]*/)) { options = substr(line, 1, RLENGTH); line = substr(line, RLENGTH + 1) }
      split(line, word, /[ \t]+/)
      if (word[2] != "bookworm" || line !~ /[ \t]main([ \t]|$)/) next
      key = ""
      if (match(options, /signed-by=[^] \t]+/)) key = "[" substr(options, RSTART, RLENGTH) "] "
      print key word[1]
      key = ""
    }
    END { flush() }
  ' /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true
}

# Fetches $dsc's files into $1. apt checks the archive's signature and the files' checksums.
fetch_with_apt() {
  local to=$1 mirror apt
  command -v apt-get >/dev/null || die "apt-get is missing; fetch $orig yourself and name its directory in" \
    "DMLS_BORINGSSL_SOURCE_DIR"
  mirror=$(machine_mirrors | head -n 1)
  if [ -z "$mirror" ]; then
    mirror=$debian_mirror
    [ ! -e $debian_keyring ] || mirror="[signed-by=$debian_keyring] $mirror"
  fi
  mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
  echo "deb-src $mirror bookworm main" >"$work/apt/sources.list"
  apt=(apt-get -q -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User=
    -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Update::Post-Invoke::= -o Debug::NoLocking=1)
  say "fetching the source package ${package} ${version} from ${mirror##* }"
  "${apt[@]}" update >"$work/apt/log" 2>&1 || { cat "$work/apt/log" >&2; die "apt-get update failed"; }
  (cd "$to" && "${apt[@]}" --download-only source "$package=$version") >"$work/apt/log" 2>&1 ||
    { cat "$work/apt/log" >&2; die "apt-get source failed"; }
}

has_source() { [ -e "$1/$orig" ] && echo "$orig_sha256  $1/$orig" | sha256sum --check --status; }

sources=${DMLS_BORINGSSL_SOURCE_DIR:-$cache/sources}
if ! has_source "$sources"; then
  [ -z "${DMLS_BORINGSSL_SOURCE_DIR:-}" ] || die "$sources does not hold $orig with SHA-256 $orig_sha256"
  mkdir "$work/fetched"
  fetch_with_apt "$work/fetched"
  has_source "$work/fetched" || die "$orig does not have SHA-256 $orig_sha256"
  mkdir -p "$sources"
  mv -f "$work/fetched/$orig" "$sources/$orig"
fi

# Debian's patches touch other processors, the build-file generator and a test; the upstream tarball is what is built.
say "building with $("$cc" --version | head -n 1), $jobs at a time"
mkdir "$work/source"
tar -xf "$sources/$orig" -C "$work/source" --strip-components=1 --wildcards '*/src/crypto' '*/src/include' \
  '*/src/third_party/fiat' '*/linux-*' '*/err_data.c' '*/eureka.mk' '*/src/LICENSE' '*/BORINGSSL_REVISION'

case $("$cc" -dumpmachine) in
  x86_64-*) assembly=linux_x86_64_sources ;;
  aarch64-*) assembly=linux_aarch64_sources ;;
  arm*) assembly=linux_arm_sources ;;
  i?86-*) assembly=linux_x86_sources ;;
  powerpc64le-*) assembly=linux_ppc64le_sources ;;
  *) assembly= cflags+=" -DOPENSSL_NO_ASM" ;;
esac
# The inverse modulo P-256's order counts trailing zeros in the low limb; where that is zero, the shift by 64 that follows is
# one by nothing, and valid signatures are refused. At most 63 are counted now, as upstream does since commit 0e22042f44.
inverse=$work/source/linux-aarch64/crypto/fipsmodule/p256_beeu-armv8-asm.S
if [ "$assembly" = linux_aarch64_sources ]; then
  sed -i 's/^\(\s*\)clz\(\s\+x13, \)x15$/\1orr\tx15, x15, #1\n&/' "$inverse"
  [ "$(grep -c 'orr.x15, x15, #1' "$inverse")" = 2 ] || die "the assembly is not the one that is known"
fi

compiler=$cc
! command -v ccache >/dev/null || compiler="ccache $cc"
make -s -C "$work/source" -f "$here/libcrypto.mk" -j "$jobs" OUT="$work/objects" CC="$compiler" \
  CFLAGS="$cflags" ASSEMBLY="$assembly" >&2

# Rename what the library defines, and the weak hooks it would otherwise take from a stranger in the same process.
nm --extern-only --defined-only "$work/objects/libcrypto.a" 2>/dev/null |
  awk 'NF == 3 { print $3 }' | LC_ALL=C sort -u >"$work/symbols"
[ "$(wc -l <"$work/symbols")" -gt 1000 ] || die "too few symbols in the archive"
{ cat "$work/symbols"; printf '%s\n' OPENSSL_memory_alloc OPENSSL_memory_free OPENSSL_memory_get_size; } |
  awk -v prefix=$prefix '{ print $1, prefix "_" $1 }' >"$work/renames"

mkdir -p "$work/prefix/include" "$work/prefix/lib"
cp -r "$work/source/src/include/openssl" "$work/prefix/include/openssl"
objcopy --redefine-syms="$work/renames" "$work/objects/libcrypto.a" "$work/prefix/lib/lib${prefix}_crypto.a"
# openssl/base.h includes this file when BORINGSSL_PREFIX is defined.
{
  echo "// Generated by tools/boringssl/build.sh: the public names of lib${prefix}_crypto.a."
  awk '{ print "#define", $1, $2 }' "$work/renames"
} >"$work/prefix/include/boringssl_prefix_symbols.h"
cp "$work/source/src/LICENSE" "$work/prefix/LICENSE"

strangers=$(nm --extern-only --defined-only "$work/prefix/lib/lib${prefix}_crypto.a" 2>/dev/null |
  awk -v prefix="^${prefix}_" 'NF == 3 && $3 !~ prefix { print $3 }')
[ -z "$strangers" ] || die "symbols without the prefix are left: $strangers"

small=no
case " $cflags " in *" -DOPENSSL_SMALL "*) small=yes ;; esac
cat >"$work/prefix/build-info" <<INFO
source=Debian source $version
revision=$(cat "$work/source/BORINGSSL_REVISION")
prefix=$prefix
small=$small
compiler=$("$cc" --version | head -n 1)
cflags=$cflags
INFO
rm -rf "$out"
mv "$work/prefix" "$out"
if [ -z "${DMLS_BORINGSSL_CC:-}${DMLS_BORINGSSL_CFLAGS:-}" ]; then
  ln -sfn "$(basename "$out")" "$cache/boringssl"  # where cmake/FindBoringSSL.cmake looks by itself
fi
say "built in $((SECONDS - started)) s: $out"
echo "$out"
