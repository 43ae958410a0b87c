// SPDX-License-Identifier: Apache-2.0
#pragma once
// A shell command that runs again and again beside what is measured, until it goes out of scope.

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <stdexcept>
#include <string>

namespace gridbook::bench {

class Neighbour {
  public:
    explicit Neighbour(const std::string& command) {
        std::string shell = "/bin/sh", option = "-c",
                    text = "while :; do " + command + "; done >/dev/null 2>&1";
        char* const arguments[] = {shell.data(), option.data(), text.data(), nullptr};
        posix_spawnattr_t own_group;
        posix_spawnattr_init(&own_group);
        posix_spawnattr_setflags(&own_group, POSIX_SPAWN_SETPGROUP);
        const int failed = posix_spawn(&process_, shell.c_str(), nullptr, &own_group, arguments, environ);
        posix_spawnattr_destroy(&own_group);
        if (failed != 0) throw std::runtime_error("cannot start " + shell);
    }
    ~Neighbour() {
        kill(-process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }
    Neighbour(const Neighbour&) = delete;
    Neighbour& operator=(const Neighbour&) = delete;

    // A command that fails would be no neighbour at all.
    static void try_once(const std::string& command) {
        const int status = std::system((command + " >/dev/null").c_str());
        if (status != 0) throw std::runtime_error(fmt::format("this ends with {}: {}", status, command));
    }

  private:
    pid_t process_ = -1;
};

}  // namespace gridbook::bench
