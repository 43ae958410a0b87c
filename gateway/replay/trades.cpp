// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/trades.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iterator>

#include "gateway/keys.hpp"
#include "gateway/replay/wire_numbers.hpp"

namespace gridbook::gateway::replay {

bool Trades::add(const Trade& trade) {
    if (first_ == 0) first_ = trade.tid;
    if (trade.tid < first_) {
        trades_.insert(trades_.begin(), first_ - trade.tid, Trade{});
        first_ = trade.tid;
    }
    const std::size_t place = trade.tid - first_;
    if (trades_.size() <= place) trades_.resize(place + 1);
    Trade& known = trades_[place];
    if (known.lots != 0) {
        known.maker_told = known.maker_told || trade.maker_told;
        known.taker_told = known.taker_told || trade.taker_told;
        return false;
    }
    known = trade;
    ++known_;
    return true;
}

const Trade* Trades::find(std::uint64_t tid) const {
    if (first_ == 0 || tid < first_ || tid - first_ >= trades_.size()) return nullptr;
    return trades_[tid - first_].lots == 0 ? nullptr : &trades_[tid - first_];
}

std::string Trades::hash(const Scenario& scenario) const {
    std::string lines;
    lines.reserve(trades_.size() * 64);
    for (const Trade& trade : trades_) {
        if (trade.lots == 0) continue;
        fmt::format_to(std::back_inserter(lines), "{},{},", trade.tid,
                       symbol(scenario.families[trade.family], trade.period));
        append_ticks(trade.price, lines);
        lines += ',';
        append_lots(trade.lots, lines);
        lines += trade.aggressor == engine::Side::buy ? ",buy\n" : ",sell\n";
    }
    return hex(sha256(lines));
}

std::string symbol(const Family& family, engine::Period period) {
    namespace chrono = std::chrono;
    const chrono::sys_time<chrono::hours> hour{chrono::hours{period.value}};
    const auto date = chrono::floor<chrono::days>(hour);
    const chrono::year_month_day ymd{date};
    return fmt::format("{}.{:04}{:02}{:02}T{:02}Z", family.name(), static_cast<int>(ymd.year()),
                       static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                       (hour - date).count());
}

engine::Period hour_of_symbol(std::string_view symbol) {
    namespace chrono = std::chrono;
    const std::string_view hour = symbol.substr(symbol.rfind('.') + 1);
    if (hour.size() != 12) throw std::runtime_error("not an hour: " + std::string(symbol));
    const auto digits = [&](std::size_t from, std::size_t count) {
        return static_cast<int>(scaled_decimal(hour.substr(from, count), 0));
    };
    const chrono::year_month_day date{chrono::year{digits(0, 4)},
                                      chrono::month{static_cast<unsigned>(digits(4, 2))},
                                      chrono::day{static_cast<unsigned>(digits(6, 2))}};
    return engine::Period{
        static_cast<std::uint32_t>(chrono::sys_days{date}.time_since_epoch().count() * 24 + digits(9, 2))};
}

void append_ticks(engine::Price price, std::string& out) {
    fmt::format_to(std::back_inserter(out), "{}.{:02}", price.value / 100, price.value % 100);
}

void append_lots(std::uint64_t lots, std::string& out) {
    fmt::format_to(std::back_inserter(out), "{}", lots / 10);
    if (lots % 10 != 0) fmt::format_to(std::back_inserter(out), ".{}", lots % 10);
}

}  // namespace gridbook::gateway::replay
