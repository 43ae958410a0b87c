// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/placement.hpp"

#include <algorithm>
#include <functional>

namespace gridbook::gateway::replay {

namespace {

struct Hour {
    std::vector<Pairing> pairings;
    std::vector<Holding> holdings;
    Net net;
};
using Hours = std::map<engine::Period, Hour>;

void add_to(std::vector<std::pair<std::uint32_t, std::uint32_t>>& accounts, std::uint32_t account,
            std::uint32_t lots) {
    const auto found = std::ranges::find(accounts, account, [](const auto& a) { return a.first; });
    if (found == accounts.end())
        accounts.emplace_back(account, lots);
    else
        found->second += lots;
}

// Orders stand in the order in which they came, so the accounts of each hour do.
void add_orders(const Orders& orders, Hours& hours) {
    for (std::uint32_t i = 0; i < orders.size(); ++i) {
        const Order& order = orders[i];
        if (order.filled == 0) continue;
        const bool sells = order.side == engine::Side::sell;
        // A strip is filled whole; a single hour may be filled in part.
        const std::uint32_t lots = order.filled / order.hours;
        for (std::uint32_t h = 0; h < order.hours; ++h) {
            Hour& hour = hours[plus(order.period, h)];
            add_to(sells ? hour.net.sellers : hour.net.buyers, order.account, lots);
            if (!sells) hour.holdings.push_back({order.owner, order.account, lots});
        }
    }
}

}  // namespace

void Placement::place(const std::vector<Pairing>& pairings, const std::vector<Holding>& holdings) {
    std::map<std::uint32_t, Left> left;  // by buyer
    for (const Pairing& p : pairings) left[p.buyer][p.seller] += p.lots;
    std::vector<Holding> others;
    for (const Holding& holding : holdings) {
        Left& mine = left[holding.buyer];
        const auto known = seats_.find(holding.job);
        const auto place = known == seats_.end() ? mine.end() : mine.find(known->second.provider);
        if (place == mine.end() || place->second < holding.lots)
            others.push_back(holding);
        else
            place->second -= holding.lots;
    }
    std::ranges::stable_sort(others, std::greater<>(), &Holding::lots);
    for (const Holding& holding : others) seat(left[holding.buyer], holding);
}

void Placement::seat(Left& left, const Holding& holding) {
    auto best = left.end();
    for (auto it = left.begin(); it != left.end(); ++it)
        if (it->second >= holding.lots && (best == left.end() || it->second < best->second)) best = it;
    const bool whole = best != left.end();
    const auto [seat, is_new] = seats_.try_emplace(holding.job);
    seat->second.moved = seat->second.moved || !is_new || !whole;
    if (whole) {
        seat->second.provider = best->first;
        best->second -= holding.lots;
        return;
    }
    for (std::uint32_t wanted = holding.lots; wanted > 0;) {
        const auto most = std::ranges::max_element(left, {}, [](const auto& l) { return l.second; });
        if (most == left.end() || most->second == 0) return;
        const std::uint32_t part = std::min(wanted, most->second);
        seat->second.provider = most->first;
        most->second -= part;
        wanted -= part;
    }
}

bool Placement::throughout(std::uint32_t job) const {
    const auto found = seats_.find(job);
    return found != seats_.end() && !found->second.moved;
}

std::vector<Pairing> first_come(Net net) {
    std::vector<Pairing> pairings;
    for (std::size_t s = 0, b = 0; s < net.sellers.size() && b < net.buyers.size();) {
        auto& [seller, offered] = net.sellers[s];
        auto& [buyer, wanted] = net.buyers[b];
        const std::uint32_t lots = std::min(offered, wanted);
        if (lots > 0) pairings.push_back({seller, buyer, lots});
        offered -= lots;
        wanted -= lots;
        if (offered == 0) ++s;
        if (wanted == 0) ++b;
    }
    return pairings;
}

OneProvider OneProvider::of(const Orders& orders, const Deliveries& deliveries) {
    Hours hours;
    add_orders(orders, hours);
    for (const Delivery& d : deliveries.all())
        if (d.lots > 0 && d.replaces == 0) hours[d.period].pairings.push_back({d.seller, d.buyer, d.lots});
    Placement paired, naive;
    std::map<std::uint32_t, std::uint32_t> hours_of;  // by job
    for (const auto& [period, hour] : hours) {
        paired.place(hour.pairings, hour.holdings);
        naive.place(replay::first_come(hour.net), hour.holdings);
        for (const Holding& holding : hour.holdings) ++hours_of[holding.job];
    }
    OneProvider share;
    for (const auto& [job, count] : hours_of) {
        if (count < 2) continue;
        ++share.jobs;
        share.paired += paired.throughout(job);
        share.first_come += naive.throughout(job);
    }
    return share;
}

}  // namespace gridbook::gateway::replay
