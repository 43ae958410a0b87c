// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook client`: commands from the command line or from standard input, answers as tables or, with
// --json, as the exchange said them, one a line. At a terminal events are shown while one types; from a
// script every command waits for its answer.

#include <cstdint>
#include <string>
#include <vector>

namespace gridbook::gateway {

struct TerminalOptions {
    std::string url = "http://127.0.0.1:8080";
    std::string authority;  // with https: a PEM file of whom to trust; empty: those the machine trusts
    std::string key_name;
    std::string key_file;  // with key_name: PKCS#8 PEM
    bool json = false;
    std::uint32_t seconds = 0;         // how long watch and events go on; 0: until Ctrl-C
    std::vector<std::string> command;  // empty: standard input
};

// 0: everything was done; 1: something was refused or not understood; 2: no connection.
int run_terminal(const TerminalOptions& options);

}  // namespace gridbook::gateway
