// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/candles.hpp"

#include <algorithm>

#include "engine/units/hash.hpp"

namespace gridbook::gateway {

namespace {

engine::Time begin_of(engine::Time time, engine::Duration interval) {
    return engine::Time{time.value - time.value % interval.value};
}

// `later` goes on where `candle` ended.
void extend(Candle& candle, const Candle& later) {
    candle.high = std::max(candle.high, later.high);
    candle.low = std::min(candle.low, later.low);
    candle.close = later.close;
    candle.qty += later.qty;
    candle.trades += later.trades;
}

}  // namespace

std::size_t Candles::Hash::operator()(engine::InstrumentId instrument) const noexcept {
    return engine::mix(std::uint64_t{instrument.family.value} << 32 | instrument.period.value);
}

void Candles::add(const Trade& trade) {
    const Candle one{.start = begin_of(trade.time, engine::minute),
                     .open = trade.price,
                     .high = trade.price,
                     .low = trade.price,
                     .close = trade.price,
                     .qty = trade.qty,
                     .trades = 1};
    std::deque<Candle>& minutes = candles_[trade.instrument];
    if (!minutes.empty() && minutes.back().start == one.start) return extend(minutes.back(), one);
    minutes.push_back(one);
    order_.push_back(trade.instrument);
    if (order_.size() > minutes_) forget_oldest();
}

void Candles::forget_oldest() {
    const auto oldest = candles_.find(order_.front());
    oldest->second.pop_front();
    if (oldest->second.empty()) candles_.erase(oldest);
    order_.pop_front();
}

std::vector<Candle> Candles::of(engine::InstrumentId instrument, engine::Duration interval,
                                std::size_t limit) const {
    std::vector<Candle> out;
    const auto minutes = candles_.find(instrument);
    if (minutes == candles_.end()) return out;
    for (const Candle& minute : minutes->second) {
        const engine::Time start = begin_of(minute.start, interval);
        if (!out.empty() && out.back().start == start) {
            extend(out.back(), minute);
        } else {
            out.push_back(minute);
            out.back().start = start;
        }
    }
    if (out.size() > limit) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(limit));
    return out;
}

}  // namespace gridbook::gateway
