// SPDX-License-Identifier: Apache-2.0
#pragma once
// The subcommands that work on a data folder without an exchange: rebuild, export, backup, restore, segments,
// surveillance.

namespace CLI {
class App;
}

namespace gridbook::gateway {

// As add_subcommands (cli.hpp).
void add_ledger_subcommands(CLI::App& app, int& status);

}  // namespace gridbook::gateway
