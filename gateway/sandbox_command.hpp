// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook sandbox`: a draft band tried on a past day (ledger/sandbox). It yields to everything else on the
// machine.

#include <CLI/CLI.hpp>

namespace gridbook::gateway {

void add_sandbox(CLI::App& app, int& status);

}  // namespace gridbook::gateway
