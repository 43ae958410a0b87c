// SPDX-License-Identifier: Apache-2.0
#include "tests/twin/shrink.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace gridbook::twin {

bool fails_apart(const Fails& fails, const std::vector<Sent>& commands) {
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        // Catch2's handler would print a report for every try.
        std::signal(SIGABRT, SIG_DFL);
        std::signal(SIGSEGV, SIG_DFL);
        if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(2);
        _exit(fails(commands) ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

std::vector<Sent> shrink(std::vector<Sent> commands, const Fails& fails) {
    for (std::size_t chunk = commands.size() / 2; chunk > 0;) {
        bool smaller = false;
        // From the end: what came last is least often needed by the rest.
        for (std::size_t end = commands.size(); end > 1;) {
            const std::size_t begin = end > chunk ? std::max<std::size_t>(1, end - chunk) : 1;
            std::vector<Sent> without(commands.begin(),
                                      commands.begin() + static_cast<std::ptrdiff_t>(begin));
            without.insert(without.end(), commands.begin() + static_cast<std::ptrdiff_t>(end),
                           commands.end());
            if (fails_apart(fails, without)) {
                commands = std::move(without);
                smaller = true;
            }
            end = begin;
        }
        if (chunk == 1 && !smaller) break;
        if (!smaller || chunk > commands.size()) chunk = std::max<std::size_t>(1, chunk / 2);
    }
    return commands;
}

}  // namespace gridbook::twin
