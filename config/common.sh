# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scripts of this folder share: where the root is, how they speak, and the compiler cache. Sourced, not run.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\n== %s\n' "$*"; }
fail() {
    printf '\ngridbook: %s\n' "$*" >&2
    exit 1
}

# Cached objects are found again from another folder (a fresh clone): paths below the root count as relative.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# Two heavy units at a time need about 3 GiB; more jobs than that only swap.
jobs() {
    local cores gib
    cores=$(nproc)
    gib=$(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
    local by_memory=$((gib * 2 / 3))
    [ "$by_memory" -ge 1 ] || by_memory=1
    echo $((cores < by_memory ? cores : by_memory))
}

# build PRESET OPTIONS... -- TARGETS...
build() {
    local preset=$1 options=() targets=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1") && shift; done
    [ $# -eq 0 ] || shift
    while [ $# -gt 0 ]; do targets+=(--target "$1") && shift; done
    cmake --preset "$preset" "${options[@]}" --log-level=WARNING >/dev/null ||
        fail "cmake could not configure the preset $preset; what it said stands above"
    cmake --build "build/$preset" --parallel "$(jobs)" "${targets[@]}" ||
        fail "the build of the preset $preset failed; the first error stands above"
}
