#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and runs all the tests:
#   release      units, twin, scenarios, tidy, and the system tests with real processes and sockets
#   asan-ubsan   engine, ledger, twin and the protocol's state under the address and undefined sanitizers
#   tsan         rings and pipeline under the thread sanitizer
#   fuzz         libFuzzer over frames, requests, admin bodies, configuration and journal, 20 s each, where clang-19 is installed
#   bench        every bench once, shortly: it must run and end with its JSON object
# The last line is `N passed, N failed`. --fast leaves sanitizers and fuzzers out; --fuzz SECONDS gives each fuzzer so long; --tidy runs clang-tidy over everything, too;
# --matrix builds the engine with g++ and clang, unoptimised and optimised, and runs the golden flow in all four.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

fast="" tidy="" matrix="" fuzz_seconds=20
while [ $# -gt 0 ]; do
    case $1 in
        --fast) fast=1 ;;
        --tidy) tidy=1 ;;
        --matrix) matrix=1 ;;
        --fuzz) fuzz_seconds=${2:?--fuzz needs seconds} && shift ;;
        *) fail "usage: config/test.sh [--fast] [--tidy] [--matrix] [--fuzz SECONDS]" ;;
    esac
    shift
done

# A finding ends the program that has it, so that no test passes over one.
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1

passed=0 failed=0 started=$SECONDS
clock() { printf '%d:%02d' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)); }
count() { # NAME COMMAND...: one test that is a command
    local name=$1
    shift
    if "$@"; then passed=$((passed + 1)) && printf 'passed  %s\n' "$name"; else failed=$((failed + 1)) && printf 'FAILED  %s\n' "$name"; fi
}
# CI has 25 minutes; with a cold compiler cache not everything fits. Anywhere else there is always time.
time_for() { # MINUTES WHAT: may it still begin?
    if [ -z "${CI:-}" ] || [ $((SECONDS - started)) -lt $(($1 * 60)) ]; then return 0; fi
    say "[$(clock)] LEFT OUT, the time of CI is short (a cold compiler cache): $2"
    return 1
}
# ctest counts its tests itself; its summary is "100% tests passed, 0 tests failed out of 9".
run_ctest() { # PRESET ARGUMENTS...
    local log total bad
    log=$(mktemp)
    ctest --preset "$1" --no-tests=error "${@:2}" 2>&1 | tee "$log" || true
    read -r bad total < <(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests? failed out of ([0-9]+)$/\1 \2/p' "$log") || true
    rm -f "$log"
    if [ -z "${total:-}" ]; then bad=1 total=1; fi
    passed=$((passed + total - bad)) failed=$((failed + bad))
}

config/setup.sh test

say "[$(clock)] building the release and its tests"
build release -DGRIDBOOK_TESTS=ON -DGRIDBOOK_BENCH=ON
say "[$(clock)] release: units, twin, scenarios, tidy, system"
run_ctest release

say "[$(clock)] benches, one short run each"
ends_with_json() { "$@" --json --seconds 0.2 --rounds 1 | tail -n 1 | /usr/bin/python3 -c 'import json, sys; assert json.load(sys.stdin)["bench"]'; }
for bench in build/release/bench/bench_*; do
    if [ -x "$bench" ]; then count "$(basename "$bench")" ends_with_json "$bench"; fi
done

if [ -z "$fast" ] && time_for 19 "tsan of rings and pipeline"; then
    say "[$(clock)] building under the thread sanitizer"
    build tsan -- test_pipeline
    say "[$(clock)] tsan: rings and pipeline"
    run_ctest tsan -R '^pipeline$'
fi

if [ -z "$fast" ] && time_for 11 "asan-ubsan of engine, twin, scenarios and ledger"; then
    say "[$(clock)] building under the address and undefined sanitizers"
    build asan-ubsan -- test_engine test_twin test_scenarios test_ledger
    say "[$(clock)] asan-ubsan: engine, twin, scenarios, ledger"
    run_ctest asan-ubsan -R '^(engine|scenarios|ledger)$'
    # The twin's flow is long; a tenth of it is enough to look at memory. What the twin does by itself has nothing of ours in it.
    count "asan-ubsan twin" env GRIDBOOK_TWIN_COMMANDS=20000 build/asan-ubsan/tests/test_twin "~over seeded flows everything*" "~whatever flow*" "~as much maintenance*"
fi

if [ -z "$fast" ] && time_for 16 "asan-ubsan of the protocol"; then
    say "[$(clock)] building the protocol under the address and undefined sanitizers"
    build asan-ubsan -- test_protocol
    say "[$(clock)] asan-ubsan: protocol"
    run_ctest asan-ubsan -R '^protocol$'
fi

if [ -z "$fast" ] && command -v clang++-19 >/dev/null && time_for 19 "fuzzing"; then
    say "[$(clock)] building the fuzzers"
    fuzzers=(frames decoder admin config journal)
    build fuzz -- "${fuzzers[@]/#/fuzz_}"
    say "[$(clock)] fuzzing, $fuzz_seconds s each"
    fuzz_one() { # NAME: new inputs go to the build folder, the corpus stays as it is
        mkdir -p "build/fuzz/found/$1"
        "build/fuzz/tests/fuzz_$1" -max_total_time="$fuzz_seconds" -timeout=5 -max_len=4096 -verbosity=0 \
            -artifact_prefix="build/fuzz/found/$1-" "build/fuzz/found/$1" "tests/fuzz/corpus/$1"
    }
    for name in "${fuzzers[@]}"; do count "fuzz $name" fuzz_one "$name"; done
fi

if [ -n "$tidy" ]; then
    say "[$(clock)] clang-tidy over every source (long)"
    command -v clang-tidy >/dev/null || fail "clang-tidy is not installed: apt-get install clang-tidy"
    mapfile -t sources < <(git ls-files '*.cpp')
    count clang-tidy bash -c 'printf "%s\n" "$@" | xargs -P "$(nproc)" -n 4 clang-tidy -p build/release --quiet' _ "${sources[@]}"
fi

if [ -n "$matrix" ]; then
    command -v clang++-19 >/dev/null || fail "clang++-19 is not installed: apt-get install clang-19"
    for compiler in g++ clang++-19; do
        for kind in Debug Release; do
            say "[$(clock)] the golden flow, built by $compiler, $kind"
            folder=build/matrix-$compiler-$kind
            cmake -S . -B "$folder" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE="$kind" \
                -DGRIDBOOK_GATEWAY=OFF -DGRIDBOOK_BENCH=OFF --log-level=WARNING >/dev/null
            cmake --build "$folder" --parallel "$(jobs)" --target test_twin
            count "golden flow, $compiler $kind" "$folder/tests/test_twin" "[golden]"
        done
    done
fi

say "[$(clock)] done"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
