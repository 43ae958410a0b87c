#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh machine to a live market: installs what is missing, builds the release, starts the exchange with
# simulated participants on 127.0.0.1:8080. Arguments go to `gridbook demo` (--port N, --data DIR, --seconds N).
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

config/setup.sh build
say "building the exchange (the first time takes some minutes)"
# What the tests need need not be installed for this; config/test.sh switches them on again.
build release -DGRIDBOOK_TESTS=OFF -DGRIDBOOK_BENCH=OFF -- gridbook
say "starting the demo market; Ctrl-C stops it, starting again goes on"
exec build/release/gridbook demo --config config/demo.toml "$@"
