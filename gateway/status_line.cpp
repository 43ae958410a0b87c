// SPDX-License-Identifier: Apache-2.0
#include "gateway/status_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace gridbook::gateway {
namespace {

bool on_terminal() { return isatty(STDOUT_FILENO) == 1; }

std::string microseconds(engine::Duration d) {
    if (d < engine::millisecond) return fmt::format("{} us", d.value / 1000);
    return fmt::format("{}.{} ms", d.value / 1'000'000, d.value / 100'000 % 10);
}

std::string grouped(std::uint64_t n) {
    std::string digits = std::to_string(n);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
    return digits;
}

}  // namespace

StatusLine::StatusLine(Metrics& metrics, const ledger::LatencyHistogram& commits, bool enabled)
    : metrics_(metrics), commits_(commits), enabled_(enabled), terminal_(on_terminal()) {}

void StatusLine::tick(engine::Time now) {
    const engine::Duration every = terminal_ ? engine::second : engine::second * 10;
    if (!enabled_ || now - printed_ < every) return;
    printed_ = now;
    const std::string line = text(now);
    fmt::print("{}{}{}", terminal_ ? "\r\033[K" : "", line, terminal_ ? "" : "\n");
    std::fflush(stdout);
    open_ = terminal_;
}

std::string StatusLine::text(engine::Time now) {
    const Metrics::Status s = metrics_.status(now);
    const ledger::LatencyWindow::Quantiles commit = commits_.since_last();
    return fmt::format("orders/s {} | trades {} | resting {} | durable seq {} | commit p50 {} p99 {}",
                       grouped(s.orders_per_s), grouped(s.trades), grouped(s.resting_orders),
                       grouped(s.sequence), microseconds(commit.p50), microseconds(commit.p99));
}

void StatusLine::end() {
    if (open_) fmt::print("\n");
    open_ = false;
}

ProgressLine::~ProgressLine() {
    if (open_) fmt::print("\n");
}

void ProgressLine::tick(std::uint64_t done, std::uint64_t all, engine::Time now) {
    const bool terminal = on_terminal();
    const engine::Duration every = terminal ? engine::millisecond * 200 : engine::second * 5;
    if (printed_ == engine::Time{}) printed_ = now;
    if (now - printed_ < every) return;
    printed_ = now;
    fmt::print("{}{} {} of {} ({} %){}", terminal ? "\r\033[K" : "", what_, grouped(done), grouped(all),
               all == 0 ? 100 : done * 100 / all, terminal ? "" : "\n");
    std::fflush(stdout);
    open_ = terminal;
}

}  // namespace gridbook::gateway
