#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing: `setup.sh build` what the exchange needs, `setup.sh test` also what its tests need.
# Debian 12. Runs as often as one likes: what is there is left alone, and without anything to do nothing is asked.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

what=${1:-test}
case $what in build | test) ;; *) fail "usage: config/setup.sh [build|test]" ;; esac

missing=()
package() { # NAME: a Debian package
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ] || missing+=("$1")
}
tool() { # COMMAND PACKAGE: a program, wherever it comes from
    command -v "$1" >/dev/null || missing+=("$2")
}

command -v dpkg-query >/dev/null || fail "this is not a Debian system: install the packages named in config/setup.sh by hand"
tool g++ g++
tool cmake cmake
tool ninja ninja-build
tool ccache ccache
tool git git
for name in libboost1.81-dev libsimdjson-dev liblmdb-dev libfmt-dev libssl-dev libtomlplusplus-dev libcli11-dev \
    libspdlog-dev zlib1g-dev; do package "$name"; done
if [ "$what" = test ]; then
    # Debian's Python modules belong to Debian's Python; node comes with npm, from wherever the machine has it.
    for name in catch2 librapidcheck-dev libsqlite3-dev python3 python3-websockets python3-cryptography; do package "$name"; done
    command -v npm >/dev/null || missing+=(nodejs npm)
fi

# Debian keeps one version of Boost's headers: 1.81, which has what the gateway needs, excludes the default 1.74.
if [[ " ${missing[*]-} " == *" libboost1.81-dev "* ]]; then
    other=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 'libboost1.74-dev' 2>/dev/null | awk '$1 == "installed" { print $2 }' || true)
    if [ -n "$other" ] && [ "${GRIDBOOK_REPLACE_BOOST:-}" != 1 ]; then
        fail "libboost1.81-dev is needed, and Debian would remove $other (and what builds on it) to install it." \
            "If that is fine, run again with GRIDBOOK_REPLACE_BOOST=1"
    fi
fi

if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            fail "these packages are missing and there is neither root nor sudo to install them: ${missing[*]}"
        as_root=(sudo)
    fi
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -q </dev/null ||
        fail "apt-get update failed: is there a network, and may this user run it?"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null ||
        fail "apt-get could not install ${missing[*]}; what it said stands above"
else
    say "everything is installed"
fi

if [ "$what" = test ]; then
    wanted=$(node -p 'require("./tests/system/package.json").dependencies.ws')
    have=$(node -p 'require("./tests/system/node_modules/ws/package.json").version' 2>/dev/null || true)
    if [ "$have" != "$wanted" ]; then
        say "installing the npm package ws $wanted for the tests"
        npm ci --prefix tests/system --no-audit --no-fund --loglevel=error </dev/null ||
            fail "npm could not install ws $wanted: is the npm registry reachable?"
    fi
    if [ ! -x gateway/clients/typescript/node_modules/.bin/tsc ]; then
        say "installing the npm packages of the TypeScript client"
        npm ci --prefix gateway/clients/typescript --no-audit --no-fund --loglevel=error </dev/null ||
            fail "npm could not install what gateway/clients/typescript/package.json names: is the npm registry reachable?"
    fi
fi
