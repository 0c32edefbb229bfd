# The checks behind ./dev check, ./dev fuzz, ./dev bench and .ci/run (sourced, not run). Each is a function that can be
# a step. Call prepare first.

clang=clang++-14

# Every C++ file the project owns.
own_files() {
  git -C "$root" ls-files --cached --others --exclude-standard '*.h' '*.cc' | while read -r file; do
    [ ! -e "$root/$file" ] || echo "$root/$file"
  done
}

check_format() {
  local file wrong=0
  # shellcheck disable=SC2086
  need $packages_format
  for file in $(own_files); do
    if ! clang-format-14 --dry-run --Werror "$file" 2>/dev/null; then
      say "not formatted: ${file#"$root"/}"
      wrong=1
    fi
  done
  [ $wrong = 0 ] || { say "./dev format repairs them"; return 1; }
}

check_citations() {
  # shellcheck disable=SC2086
  need $packages_citations
  python3 "$root/tools/citations.py" --check
  python3 "$root/tools/snippets.py" --check
  python3 "$root/tools/rules.py" --check
  python3 "$root/tools/bench_report.py" --check
  python3 "$root/tools/capi.py" --check
  python3 "$root/tools/links.py"
}

# Documents, comments and names, in the words of Debian's codespell. The list: names of others, and what tests get wrong on
# purpose.
check_spelling() {
  # shellcheck disable=SC2086
  need $packages_docs
  (cd "$root" && git ls-files -z '*.md' '*.h' '*.cc' '*.c' '*.py' '*.sh' '*.cmake' '*.txt' |
    xargs -0 codespell -L keypair,hashreference,comit,verfy,vektors)
}

# The reference, from the comments of the public headers, without warnings.
check_reference() {
  # shellcheck disable=SC2086
  need $packages_docs
  "$root/tools/docs.sh" >&2
}

# Every public header compiles alone, and the libraries do without exceptions and RTTI.
check_headers() {
  # A build type that CMake does not know: no optimisation, no debugging symbols.
  configure headers -DCMAKE_BUILD_TYPE=Headers -DCMAKE_CXX_FLAGS="-fno-exceptions -fno-rtti" -DDMLS_LIBRARIES_ONLY=ON
  build headers all all_verify_interface_header_sets
}

# Enough optimisation to be quick, enough symbols for a stack trace, and libstdc++'s own checks.
sanitizer_flags="-O1 -gline-tables-only -D_GLIBCXX_ASSERTIONS"

# Clang, AddressSanitizer and UndefinedBehaviorSanitizer; a twentieth of the property runs.
check_sanitizers() {
  # shellcheck disable=SC2086
  need $packages_clang
  configure sanitize -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="$sanitizer_flags" \
    -DCMAKE_CXX_COMPILER=$clang -DDMLS_SANITIZE=address,undefined
  build sanitize
  DMLS_PROPERTY_SCALE=${DMLS_SANITIZE_SCALE:-0.05} ASAN_OPTIONS=detect_stack_use_after_return=1 \
    UBSAN_OPTIONS=print_stacktrace=1 tests sanitize -LE 'tier:long|no-sanitizer'
}

# The compiler that ./dev test does not use. Tests run as well: the optimisers differ.
check_clang() {
  # shellcheck disable=SC2086
  need $packages_clang
  configure clang -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=$clang
  build clang
  DMLS_PROPERTY_SCALE=0.01 tests clang -LE tier:long
}

check_tidy() {
  # shellcheck disable=SC2086
  need $packages_tidy
  own_files | grep '/src/.*\.cc$' |
    xargs -r -P "$(jobs)" -n 4 clang-tidy-14 --quiet -p "$root/build/sanitize" --warnings-as-errors='*'
}

# Different clients in different threads, under clang's ThreadSanitizer.
check_threads() {
  # shellcheck disable=SC2086
  need $packages_clang
  configure tsan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="$sanitizer_flags" \
    -DCMAKE_CXX_COMPILER=$clang -DDMLS_SANITIZE=thread
  build tsan capi_test
  tests tsan -R '^CapiThreads'
}

# Full property counts and the long tests, in Release.
check_long() {
  build release
  DMLS_PROPERTY_SCALE=${DMLS_PROPERTY_SCALE:-1} tests release
}

# Programs that embed the library: installed, as a subproject, and beside OpenSSL.
check_embedding() {
  # shellcheck disable=SC2086
  need $packages_openssl
  configure release -DCMAKE_BUILD_TYPE=Release  # sees OpenSSL now
  build release
  tests release -L 'layer:(install|coexistence)'
}

# The gRPC interface of the working group's test runner, in build/release too; later builds leave it out again.
check_interop_server() {
  # shellcheck disable=SC2086
  prepare $packages_openssl $packages_grpc
  configure release -DCMAKE_BUILD_TYPE=Release -DDMLS_BUILD_INTEROP_SERVER=ON
  build release dmls-interop-server interop_server_test
  local status=0
  tests release -L '^interop$' || status=$?
  configure release -DDMLS_BUILD_INTEROP_SERVER=OFF
  return $status
}

# run_benches OPTION...: runs $programs. The context names the library that does the work. Of its own options: --json
# (what is printed), --compare FILE (an earlier --json), --plot (into build/bench); all others are Google Benchmark's.
run_benches() {
  local program library compare= plot= json= options=() files=() pinned=()
  while [ $# != 0 ]; do
    case $1 in
      --compare) compare=${2:?--compare needs a file}; shift ;;
      --plot) plot=yes ;;
      --json) json=yes ;;
      *) options+=("$1") ;;
    esac
    shift
  done
  [ -z "$compare" ] || [ -r "$compare" ] || die "no such file: $compare"
  if [ -n "${DMLS_BENCH_CPU:-}" ]; then pinned=(taskset -c "$DMLS_BENCH_CPU"); fi
  library=$(sed -n 's/^BoringSSL_DESCRIPTION:INTERNAL=//p' "$root/build/release/CMakeCache.txt")
  mkdir -p "$root/build/bench"
  for program in "${programs[@]}"; do
    local out=$root/build/bench/$(basename "$program").json
    files+=("$out")
    if [ -n "$json" ]; then exec 3>/dev/null; else exec 3>&1; fi
    "${pinned[@]}" "$program" --benchmark_context=boringssl="${library//,/;}" --benchmark_out="$out" \
      --benchmark_out_format=json "${options[@]}" >&3
    exec 3>&-
  done
  [ -z "$json" ] || cat "${files[@]}"
  [ -z "$compare" ] || python3 "$root/tools/bench_report.py" --compare "$compare" "${files[@]}" >&2
  if [ -n "$plot" ]; then
    need python3-matplotlib
    /usr/bin/python3 "$root/tools/bench_report.py" --plot "$root/build/bench" "${files[@]}" >&2
  fi
}

# Everything that docs/performance.md is made of, in one run. Benchmarks of single layers are short; most of the time goes
# to groups of 100,000 and to peers.
record_benches() {
  local quick= note= members=100000 peers_options=() programs others=$root/build/bench/peers.json
  while [ $# != 0 ]; do
    case $1 in
      --quick) quick=yes members=100 peers_options=(--members 100 --repetitions 1) ;;
      --note) note=${2:?--note needs a text}; shift ;;
      *) die "unknown option $1" ;;
    esac
    shift
  done
  mkdir -p "$root/build/bench"
  programs=("$root"/build/release/bin/*_bench)
  DMLS_BENCH_MEMBERS=${DMLS_BENCH_MEMBERS:-$members} run_benches --benchmark_min_time=0.05
  say "benchmarks of the layers took $((SECONDS - started)) seconds"
  "$root/bench/peers/run" --json "$others" "${peers_options[@]}"
  local files=("${programs[@]##*/}")
  files=("${files[@]/#/$root/build/bench/}")
  python3 "$root/tools/bench_report.py" --record "${files[@]/%/.json}" --peers "$others" --notes "$note" \
    ${quick:+--into "$root/build/bench"}
  say "recorded after $((SECONDS - started)) seconds"
}

smoke_benches() {
  local programs
  has_target release benches || { say "no benchmarks yet"; return 0; }
  build release benches
  programs=("$root"/build/release/bin/*_bench)
  DMLS_BENCH_MEMBERS=10 run_benches --benchmark_min_time=0.01 >"$root/build/bench-smoke.log" 2>&1 ||
    { tail -n 20 "$root/build/bench-smoke.log" >&2; return 1; }
  ! grep -n 'ERROR OCCURRED' "$root/build/bench-smoke.log" >&2
}

# run_fuzz [TARGET] [SECONDS|FILE]
run_fuzz() {
  local only= seconds=5 replay= target program sources bad=0
  while [ $# -gt 0 ]; do
    if [ -f "$1" ]; then replay=$(realpath "$1")
    elif [[ $1 =~ ^[0-9]+$ ]]; then seconds=$1
    else only=${1%_fuzz}
    fi
    shift
  done
  sources=$(cd "$root/tests/fuzz" 2>/dev/null && ls ./*_fuzz.cc 2>/dev/null || true)
  [ -n "$sources" ] || missing_feature "this checkout has no fuzz targets yet (tests/fuzz/*_fuzz.cc)"
  [ -z "$only" ] || [ -e "$root/tests/fuzz/${only}_fuzz.cc" ] || die "no fuzz target named '$only'"
  prepare
  # shellcheck disable=SC2086
  need $packages_clang
  configure fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="$sanitizer_flags" \
    -DCMAKE_CXX_COMPILER=$clang -DDMLS_FUZZ=ON -DDMLS_SANITIZE=address,undefined
  build fuzz ${only:+${only}_fuzz fuzz_seeds}
  say "$("$root/build/fuzz/bin/fuzz_seeds" "$root/build/fuzz/seeds" ${MLS_VECTORS:+"$MLS_VECTORS"})"
  for program in ${only:-$sources}; do
    target=$(basename "${program%_fuzz.cc}")_fuzz
    if [ -n "$replay" ]; then
      "$root/build/fuzz/bin/$target" "$replay"
      continue
    fi
    fuzz_one "$target" "$seconds" || bad=1
  done
  return $bad
}

# Seeds are in build/fuzz/seeds/TARGET (made by fuzz_seeds, from the official vectors too where MLS_VECTORS is set) and in
# tests/fuzz/corpus/TARGET; what a run finds goes to build/fuzz/corpus/TARGET, crashes beside it.
fuzz_one() {
  local target=$1 seconds=$2 corpus=$root/build/fuzz/corpus/$1 log=$root/build/fuzz/$1.log
  local seeds=$root/tests/fuzz/corpus/$target made=$root/build/fuzz/seeds/$target
  mkdir -p "$corpus" "$root/build/fuzz/crashes"
  [ -d "$seeds" ] || seeds=
  [ -d "$made" ] || made=
  if ! "$root/build/fuzz/bin/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$root/build/fuzz/crashes/$target-" "$corpus" ${seeds:+"$seeds"} ${made:+"$made"} \
    >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    failed=$((failed + 1))
    say "$target: failed; replay with ./dev fuzz $target FILE (build/fuzz/crashes)"
    return 1
  fi
  passed=$((passed + 1))
  say "$target: $(awk '/number_of_executed_units/ { runs = $2 } match($0, /cov: [0-9]+/) {
    cov = substr($0, RSTART + 5, RLENGTH - 5) } END { print runs " runs, " cov " edges" }' "$log") in $seconds s"
}

run_check() {
  local tidy= long=
  while [ $# -gt 0 ]; do
    case $1 in
      --tidy) tidy=yes ;;
      --long) long=yes ;;
      *) say "unknown option $1"; exit 2 ;;
    esac
    shift
  done
  prepare
  step "format" check_format
  step "citations" check_citations
  step "spelling" check_spelling
  step "reference, without warnings" check_reference
  step "headers alone, no exceptions, no RTTI" check_headers
  step "clang, address and undefined-behaviour sanitizers" check_sanitizers
  step "g++, Release" check_gcc
  [ -z "$tidy" ] || step "clang-tidy" check_tidy
  if [ -n "$long" ]; then
    step "clang, Release" check_clang
    step "threads, ThreadSanitizer" check_threads
    step "full property counts and long tests" check_long
    step "embedding: installed, subproject, beside OpenSSL" check_embedding
    step "benchmarks run" smoke_benches
    if ls "$root"/tests/fuzz/*_fuzz.cc >/dev/null 2>&1; then step "fuzzing" run_fuzz 60; fi
  fi
  summary
}

check_gcc() {
  configure release -DCMAKE_BUILD_TYPE=Release
  build release
  tests release -LE tier:long
}
