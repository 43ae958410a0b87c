// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace gridbook::gateway::replay {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t bar_width = 30;

// "2017-10-01".
std::string date_of(engine::Time t) {
    namespace chrono = std::chrono;
    const chrono::sys_time<chrono::nanoseconds> instant{chrono::nanoseconds{t.value}};
    const chrono::year_month_day date{chrono::floor<chrono::days>(instant)};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace

ProgressBar::ProgressBar(const Scenario& scenario)
    : scenario_(scenario), terminal_(isatty(STDERR_FILENO) == 1), started_(Clock::now()) {}

void ProgressBar::show(engine::Time now, std::uint64_t orders, std::uint64_t trades) {
    const std::int64_t whole = std::max<std::int64_t>(1, (scenario_.run_end() - scenario_.begin).value);
    const std::int64_t thousandths = (now - scenario_.begin).value / (whole / 1'000 + 1);
    const auto clock = Clock::now();
    if (terminal_ ? clock - shown_ < 100ms : thousandths / 100 == tenths_) return;
    shown_ = clock;
    tenths_ = thousandths / 100;
    const auto passed_ms = std::max<std::int64_t>(
        1, std::chrono::duration_cast<std::chrono::milliseconds>(clock - started_).count());
    const std::string told =
        fmt::format("{:>3} %  {}  {} orders, {} trades, {} orders/s", thousandths / 10, date_of(now), orders,
                    trades, orders * 1'000 / static_cast<std::uint64_t>(passed_ms));
    if (terminal_) {
        const auto filled = static_cast<std::size_t>(thousandths * bar_width / 1'000);
        fmt::print(stderr, "\r[{}{}] {}\033[K", std::string(filled, '#'),
                   std::string(static_cast<std::size_t>(bar_width) - filled, ' '), told);
    } else {
        fmt::print(stderr, "replay: {}\n", told);
    }
    std::fflush(stderr);
}

void ProgressBar::finish() {
    if (terminal_) fmt::print(stderr, "\r\033[K");
}

}  // namespace gridbook::gateway::replay
