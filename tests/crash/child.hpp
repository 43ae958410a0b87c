// SPDX-License-Identifier: Apache-2.0
#pragma once
// Work done in a child process, because it may end the process: what it found comes back through shared
// memory, how it ended through its status.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <new>
#include <string>

namespace gridbook::crash {

struct Told {
    std::uint64_t a = 0, b = 0, c = 0;
    char text[400] = {};
    void say(const std::string& sentence) { std::snprintf(text, sizeof text, "%s", sentence.c_str()); }
};

struct Ended {
    Told told;
    bool by_itself = false;  // else a signal ended it
    int status = 0;          // or the signal
};

inline Ended in_child(const std::function<int(Told&)>& work) {
    void* shared = ::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto* told = new (shared) Told;
    const pid_t child = ::fork();
    if (child == 0) {
        // What the child complains of on its way is not the test's output.
        if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(99);
        for (const int deadly : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) std::signal(deadly, SIG_DFL);
        ::alarm(60);
        ::_exit(work(*told));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const Ended ended{*told, WIFEXITED(status), WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status)};
    ::munmap(shared, sizeof(Told));
    return ended;
}

}  // namespace gridbook::crash
