// SPDX-License-Identifier: Apache-2.0
#pragma once
// The subcommands of the binary, one function each: reads its flags, calls the part that does the work.

namespace CLI {
class App;
}

namespace gridbook::gateway {

// Adds all subcommands to `app`. Each runs when the command line has been parsed and leaves its exit status
// in `status`.
void add_subcommands(CLI::App& app, int& status);

}  // namespace gridbook::gateway
