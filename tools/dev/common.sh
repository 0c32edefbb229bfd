# Shared by ./dev and .ci/run (sourced, not run): packages, BoringSSL, building, counting.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export LC_ALL=C.UTF-8 CMAKE_GENERATOR=Ninja
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
started=$SECONDS
passed=0
failed=0
failures=()

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold= plain=; fi
say() { echo "${bold}dev:${plain} $*" >&2; }
die() { say "$*"; exit 1; }
missing_feature() { say "$*"; exit 2; }

# As many compilers at a time as there are processors, and about a gigabyte and a half of memory for each.
jobs() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/^MemTotal/ { print int($2 / 1500000) }' /proc/meminfo 2>/dev/null || echo "$processors")
  if [ "$memory" -lt 1 ]; then memory=1; fi
  echo "${DMLS_JOBS:-$((processors < memory ? processors : memory))}"
}

# What each kind of work needs on Debian 12.
packages_build="g++ make cmake ninja-build ccache pkg-config binutils xz-utils ca-certificates libsodium-dev libdecaf-dev
  libgtest-dev libbenchmark-dev nlohmann-json3-dev libcli11-dev libfmt-dev libsqlite3-dev zlib1g-dev"
packages_clang="clang-14 libclang-rt-14-dev"
packages_format="clang-format-14"
packages_tidy="clang-tidy-14"
packages_citations="python3"
packages_docs="python3 doxygen codespell"
packages_openssl="libssl-dev libcurl4-openssl-dev"
packages_constant_time="valgrind"
packages_grpc="libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc"

# need PACKAGE...: installs what is not installed. Asks nothing, changes nothing when nothing is missing.
need() {
  local package lacking=() become=()
  if ! command -v dpkg-query >/dev/null; then
    [ -n "${packages_warned:-}" ] || say "not a Debian system; these packages' counterparts must be installed: $*"
    packages_warned=yes
    return 0
  fi
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -q -x installed || lacking+=("$package")
  done
  [ ${#lacking[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "missing packages; as root: apt-get install ${lacking[*]}"
    become=(sudo)
  fi
  say "installing Debian packages: ${lacking[*]}"
  local apt=("${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300
    -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
  mkdir -p "$root/build"
  "${apt[@]}" update </dev/null >"$root/build/apt.log" 2>&1 ||
    { tail -n 20 "$root/build/apt.log" >&2; die "apt-get update failed"; }
  "${apt[@]}" install --no-install-recommends "${lacking[@]}" </dev/null >"$root/build/apt.log" 2>&1 ||
    { tail -n 20 "$root/build/apt.log" >&2; die "apt-get install failed (build/apt.log)"; }
}

# quietly NAME COMMAND...: output goes to build/NAME.log, and to the terminal only when the command fails.
quietly() {
  local log=$root/build/$1.log
  shift
  mkdir -p "$root/build"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 60 "$log" >&2
    say "failed: $* (all of it: $log)"
    return 1
  fi
}

# prepare [PACKAGE...]: makes the toolchain, the libraries and BoringSSL available.
prepare() {
  # shellcheck disable=SC2086
  need $packages_build "$@"
  BORINGSSL_ROOT=$("$root/tools/boringssl/build.sh") || die "BoringSSL could not be built"
}

# configure DIRECTORY OPTION...: a build directory below build/.
configure() {
  local directory=$1
  shift
  quietly "configure-$directory" cmake -S "$root" -B "$root/build/$directory" \
    -DBORINGSSL_ROOT="$BORINGSSL_ROOT" "$@"
}

# build DIRECTORY [TARGET...]: shows ninja's progress, and everything when it fails.
build() {
  local directory=$root/build/$1
  shift
  if [ -t 1 ]; then
    ninja -C "$directory" -j "$(jobs)" "$@" >&2
  else
    quietly "build-$(basename "$directory")" ninja -C "$directory" -j "$(jobs)" "$@"
  fi
}

has_target() { ninja -C "$root/build/$1" -t query "$2" >/dev/null 2>&1; }

# tests DIRECTORY CTEST-OPTION...: runs tests in parallel and adds to the totals.
tests() {
  local directory=$1 status=0 log=$root/build/$1-tests.log counts
  shift
  ctest --test-dir "$root/build/$directory" -j "$(jobs)" --output-on-failure --no-tests=error "$@" \
    >"$log" 2>&1 </dev/null || status=$?
  if [ $status = 0 ]; then
    sed -n '/The following tests did not run/,$p; /^[0-9]*% tests passed/,$p' "$log" | awk '!seen[$0]++' >&2
  else
    grep -v -E '^ *(Start|[0-9]+/[0-9]+ Test .* (Passed|\*\*\*Skipped))' "$log" | cut -c 1-400 | tail -n 400 >&2 || true
  fi
  counts=$(awk '/% tests passed, [0-9]+ tests failed out of/ { print $4, $9 }' "$log")
  local bad=${counts% *} all=${counts#* }
  local skipped
  skipped=$(grep -c -E '\*\*\*(Skipped|Not Run)' "$log" || true)
  [ -n "$counts" ] || bad=1 all=1 skipped=0
  passed=$((passed + all - bad - skipped))
  failed=$((failed + bad))
  [ "$bad" = 0 ] || failures+=("$bad tests in build/$directory")
  if [ "$skipped" != 0 ]; then
    say "$skipped tests of build/$directory were not run:"
    grep -h -o 'not run: .*' "$root/build/$directory/Testing/Temporary/LastTest.log" | sort | uniq -c >&2 || true
  fi
  return $status
}

# step NAME COMMAND...: one more thing that passes or fails; later steps run in any case.
step() {
  local name=$1 begin=$SECONDS
  shift
  say "$name"
  # A subshell of its own, so that `set -e` holds inside and `exit` ends only the step. Counts come back by file.
  local count_file
  count_file=$(mktemp)
  set +e
  (
    set -e
    passed=0 failed=0
    trap 'echo "$passed $failed" >"$count_file"' EXIT
    "$@"
  )
  local status=$?
  set -e
  local step_passed step_failed
  read -r step_passed step_failed <"$count_file" || true
  rm -f "$count_file"
  passed=$((passed + ${step_passed:-0}))
  failed=$((failed + ${step_failed:-0}))
  if [ $status = 0 ]; then
    passed=$((passed + 1))
    say "$name: ok ($((SECONDS - begin)) s)"
  else
    failed=$((failed + 1))
    failures+=("$name")
    say "$name: FAILED ($((SECONDS - begin)) s)"
  fi
}

# The last lines of .ci/run and ./dev check.
summary() {
  local failure
  for failure in "${failures[@]}"; do say "failed: $failure"; done
  cost
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}

# What this run cost, in time and in disk space.
cost() {
  local cache=${DMLS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/dmls} clone cached
  clone=$(du -sm "$root/build" 2>/dev/null | cut -f 1)
  cached=$(du -sm "$cache" 2>/dev/null | cut -f 1)
  say "$((SECONDS - started)) seconds; $clone megabytes in build/, $cached in $cache"
}

# Folders of vectors are named from the caller's directory, and tests run elsewhere.
for variable in MLS_VECTORS HPKE_VECTORS WYCHEPROOF_VECTORS; do
  if [ -n "${!variable:-}" ]; then
    export "$variable=$(realpath -m "${!variable}")"
    [ -d "${!variable}" ] || { say "$variable names no folder: ${!variable}"; exit 2; }
  fi
done
