// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/month_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace gridbook::gateway::replay {

namespace {

constexpr std::size_t wrong_kept = 20;
// Micro-CNY of a lot-hour at one tick.
constexpr std::int64_t lot_hour_tick = engine::tick_decimal / 10;

engine::Money half_to_even(std::int64_t numerator, std::int64_t denominator) {
    const std::int64_t down = numerator / denominator, twice = 2 * (numerator % denominator);
    const bool up = twice > denominator || (twice == denominator && down % 2 != 0);
    return engine::Money{down + (up ? 1 : 0)};
}

class Checker {
  public:
    Checker(const Scenario& scenario, const Orders& orders, const Deliveries& deliveries)
        : scenario_(scenario), orders_(orders), deliveries_(deliveries) {}

    MonthCheck run() {
        const auto& all = deliveries_.all();
        covered_.resize(all.size());
        for (const Delivery& d : all)
            if (d.lots > 0 && d.replaces != 0) covered_[d.replaces] += std::uint64_t{d.lots} * d.minutes;
        for (std::uint32_t did = 0; did < all.size(); ++did)
            if (all[did].lots > 0) one(did, all[did]);
        for (const auto& [key, failing] : hours_) {
            ++out_.provider_hours;
            out_.failing_hours += failing;
        }
        traded();
        positions();
        return std::move(out_);
    }

  private:
    template <class... Args>
    void hold(bool right, fmt::format_string<Args...> text, Args&&... args) {
        if (right) return;
        ++out_.wrong_count;
        if (out_.wrong.size() < wrong_kept)
            out_.wrong.push_back(fmt::format(text, std::forward<Args>(args)...));
    }

    void one(std::uint32_t did, const Delivery& d) {
        const std::uint64_t promised = std::uint64_t{d.lots} * d.minutes;
        const std::uint64_t own = std::uint64_t{d.lots} * d.reported, delivered = own + covered_[did];
        const std::uint64_t lacks = promised - std::min(promised, delivered);
        const std::uint64_t owed = short_of_sla(delivered, promised) ? lacks : 0;
        hold(d.settled_told == 2, "delivery {} was settled {} times towards its two sides", did,
             d.settled_told);
        hold(delivered <= promised, "delivery {}: {} lot-minutes of {} were delivered", did, delivered,
             promised);
        hold(d.promised == promised && d.delivered == delivered && d.short_of == owed,
             "delivery {}: settled {} of {} lot-minutes, {} refunded; reported were {} of {}, {} to refund",
             did, d.delivered, d.promised, d.short_of, delivered, promised, owed);
        hold(owed == lacks, "delivery {}: {} lot-minutes are inside the SLA and paid", did, lacks);
        hold(d.refund == refund_of(owed, d.price) && d.penalty == penalty_of(owed, d.price),
             "delivery {}: refund {} and penalty {} micro-CNY of {} lot-minutes at {} ticks", did,
             d.refund.value, d.penalty.value, owed, d.price.value);
        (d.replaces == 0 ? out_.deliveries : out_.replacements) += 1;
        (d.replaces == 0 ? out_.promised : out_.replaced) += promised;
        out_.failed += d.failed;
        out_.undelivered += lacks;
        out_.unpaid += d.short_of;
        out_.refunds += d.refund;
        out_.penalties += d.penalty;
        sold_[{d.seller, d.period}] += d.lots;
        if (d.replaces == 0) bought_[{d.buyer, d.period}] += d.lots;
        bool& failing = hours_[{d.seller, d.period}];
        failing = failing || d.silent_from < window_minutes;
    }

    // Every lot that was bought is delivered once: what standby providers add stands in for what is lost.
    void traded() {
        std::map<Deliveries::AccountHour, std::uint64_t> lots;
        for (std::uint32_t i = 0; i < orders_.size(); ++i) {
            const Order& order = orders_[i];
            if (order.side == engine::Side::sell || order.filled == 0) continue;
            for (std::uint32_t h = 0; h < order.hours; ++h)
                lots[{order.account, plus(order.period, h)}] += order.filled / order.hours;
        }
        hold(lots == bought_, "what was bought is not what is delivered: {} and {} account-hours",
             lots.size(), bought_.size());
    }

    // An account is paid once an hour, for the lots of its deliveries.
    void positions() {
        std::uint64_t sellers = 0;
        for (const auto& [key, position] : deliveries_.positions()) {
            const auto& [account, period] = key;
            hold(position.told == 1, "{} was settled {} times for one hour", scenario_.accounts[account],
                 position.told);
            if (position.sold == 0) continue;
            ++sellers;
            const auto sold = sold_.find(key);
            hold(sold != sold_.end() && sold->second == position.sold,
                 "{} was paid for {} lots of hour {} that it did not deliver", scenario_.accounts[account],
                 position.sold, period.value);
        }
        hold(sellers == sold_.size(), "{} of {} provider-hours were settled", sellers, sold_.size());
    }

    const Scenario& scenario_;
    const Orders& orders_;
    const Deliveries& deliveries_;
    std::vector<std::uint64_t> covered_;  // lot-minutes that others took over, by delivery
    std::map<Deliveries::AccountHour, std::uint64_t> sold_, bought_;  // lots
    std::map<Deliveries::AccountHour, bool> hours_;                   // whether the provider fails
    MonthCheck out_;
};

}  // namespace

bool short_of_sla(std::uint64_t delivered, std::uint64_t promised) {
    return delivered * 1'000 < promised * 995;
}

engine::Money refund_of(std::uint64_t lot_minutes, engine::Price price) {
    return half_to_even(static_cast<std::int64_t>(lot_minutes) * price.value * lot_hour_tick, 60);
}

engine::Money penalty_of(std::uint64_t lot_minutes, engine::Price price) {
    return half_to_even(static_cast<std::int64_t>(lot_minutes) * price.value * lot_hour_tick, 120);
}

MonthCheck MonthCheck::of(const Scenario& scenario, const Orders& orders, const Deliveries& deliveries) {
    return Checker(scenario, orders, deliveries).run();
}

}  // namespace gridbook::gateway::replay
