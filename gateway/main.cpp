// SPDX-License-Identifier: Apache-2.0
// gridbook: an exchange for compute. The subcommands are in cli.cpp; a running exchange is built in
// serve.cpp.

#include <CLI/CLI.hpp>

#include "gateway/cli.hpp"
#include "gateway/version.hpp"

int main(int argc, char** argv) {
    CLI::App app{
        "gridbook: an exchange for compute: providers' capacity, buyers' orders, a regulator's price bands"};
    app.set_version_flag("--version", std::string(gridbook::gateway::version));
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    int status = 0;
    gridbook::gateway::add_subcommands(app, status);
    CLI11_PARSE(app, argc, argv);
    return status;
}
