// SPDX-License-Identifier: Apache-2.0
#pragma once
// The subcommands of regulators: `gridbook regulator …` towards a running exchange, `gridbook explain` from a
// copy of its journal.

namespace CLI {
class App;
}

namespace gridbook::gateway {

// As add_subcommands (cli.hpp).
void add_regulator_subcommands(CLI::App& app, int& status);

}  // namespace gridbook::gateway
