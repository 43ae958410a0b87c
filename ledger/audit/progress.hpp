// SPDX-License-Identifier: Apache-2.0
#pragma once
// Progress of long runs on stderr: a line that rewrites itself on a terminal, else one line every five
// seconds.

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string_view>

#include "engine/units/named.hpp"

namespace gridbook::ledger {

class Progress {
  public:
    explicit Progress(std::string_view what) : what_(what), terminal_(::isatty(STDERR_FILENO) != 0) {}
    ~Progress() {
        if (shown_ && terminal_) std::fputs("\r\033[K", stderr);
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void at(engine::Sequence sequence, engine::Sequence last) {
        const auto now = std::chrono::steady_clock::now();
        if (now < next_) return;
        next_ = now + (terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(5'000));
        shown_ = true;
        const double share =
            last.value == 0 ? 1 : static_cast<double>(sequence.value) / static_cast<double>(last.value);
        std::fprintf(stderr,
                     terminal_ ? "\r\033[K%.*s: %5.1f %%, sequence %llu of %llu"
                               : "%.*s: %.1f %%, sequence %llu of %llu\n",
                     static_cast<int>(what_.size()), what_.data(), 100 * share,
                     static_cast<unsigned long long>(sequence.value),
                     static_cast<unsigned long long>(last.value));
    }

  private:
    std::string_view what_;
    bool terminal_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
};

}  // namespace gridbook::ledger
