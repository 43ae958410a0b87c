// SPDX-License-Identifier: Apache-2.0
// Maintenance of a seeded flow: small and soon, so that trading goes on; now and then the whole resource, or
// far ahead; cancelled before it begins, while it runs and when it is over; and whatever is refused.
#include <algorithm>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

using engine::Decimal;
using engine::DeclareMaintenance;
using engine::Period;

engine::Command Flow::maintenance() {
    if (seen_.resources().empty()) return place();
    if (crowding() && one_in(25)) return crowd();
    if (seen_.maintenances().empty()) return declare();
    switch (between(1, 12)) {
        case 1:
        case 2:
        case 3: return cancel_maintenance();
        case 4: return declare_again();
        case 5:
        case 6: return sell_what_is_gone();
        case 7: return withdraw_beside();
        default: return declare();
    }
}

// Mostly one that is not withdrawn.
std::uint32_t Flow::some_resource() {
    const auto known = static_cast<std::int64_t>(seen_.resources().size());
    auto id = static_cast<std::uint32_t>(between(1, known));
    for (int k = 0; k < 20 && !seen_.resources()[id - 1].live && !one_in(15); ++k)
        id = static_cast<std::uint32_t>(between(1, known));
    return id;
}

engine::Command Flow::declare() {
    DeclareMaintenance m;
    m.resource = some_resource();
    const Resource& r = seen_.resources()[m.resource - 1];
    const engine::Product product = seen_.product(r.family);
    const std::uint32_t now = engine::period_at(now_, product).value;
    m.start = Period{now + static_cast<std::uint32_t>(between(1, one_in(8) ? 360 : 4))};
    m.windows = static_cast<std::uint32_t>(between(1, 3));
    m.count = Decimal{between(1, product == engine::Product::gpu ? 40 : 4) * engine::lot_decimal(product)};
    if (one_in(10))
        m.windows = static_cast<std::uint32_t>(between(4, engine::most_maintained));
    else if (one_in(6))
        m.count = {};
    spoil(m, r);
    const engine::AccountId stranger = one_in(3) ? engine::no_account : some_account();
    return from(one_in(20) ? stranger : r.account, m);
}

// What no declaration may be, and what it may just be: of another resource or none, with no windows or too
// many, too early, too late, off the lot, of nothing and of more than there is.
void Flow::spoil(DeclareMaintenance& m, const Resource& r) {
    const engine::Product product = seen_.product(r.family);
    const std::int64_t lot = engine::lot_decimal(product);
    const std::uint32_t now = engine::period_at(now_, product).value;
    const std::uint32_t last = engine::period_at(now_ + engine::maintenance_horizon, product).value;
    const auto some = static_cast<std::uint32_t>(between(0, 1));
    switch (between(1, 36)) {
        case 1: m.resource = some == 0 ? 0 : static_cast<std::uint32_t>(seen_.resources().size()) + 1; return;
        case 2: m.windows = 0; return;
        case 3: m.windows = some == 0 ? engine::most_maintained + 1 : UINT32_MAX; return;
        case 4: m.start = Period{now - some}; return;
        case 5: m.start = Period{last - m.windows + 1 + some}; return;
        case 6: m.start = Period{some == 0 ? UINT32_MAX : last + 1}; return;
        case 7: m.count = Decimal{m.count.value + between(1, lot - 1)}; return;
        case 8: m.count = Decimal{-lot * between(1, 9)}; return;
        case 9: m.count = Decimal{(r.lots + between(0, 1)) * lot}; return;
        case 10: m.count = Decimal{INT64_MAX / lot * lot}; return;
        default: return;
    }
}

// Of a resource of which something is gone already, in the same windows: all of it.
engine::Command Flow::declare_again() {
    const Maintenance& known = any(seen_.maintenances()).second;
    DeclareMaintenance m;
    m.resource = known.resource;
    m.start = Period{known.start};
    m.windows = known.windows;
    const std::int64_t lot = engine::lot_decimal(seen_.product(known.family));
    if (one_in(2)) m.count = Decimal{seen_.resources()[m.resource - 1].lots * lot};
    return from(known.account, m);
}

// As many declarations of one account in one family as fit, and some more; a few in each window.
engine::Command Flow::crowd() {
    constexpr std::int64_t most = 256;
    const auto& resources = seen_.resources();
    const auto large = std::find_if(resources.begin(), resources.end(), [&](const Resource& r) {
        return r.live && r.lots >= 80 && seen_.product(r.family) == engine::Product::gpu;
    });
    if (large == resources.end()) return declare();
    DeclareMaintenance m;
    m.resource = static_cast<std::uint32_t>(large - resources.begin()) + 1;
    m.windows = 1;
    m.count = Decimal{engine::gpu_lot_decimal};
    const std::uint32_t now = engine::period_at(now_, engine::Product::gpu).value;
    for (std::uint32_t k = 0; k < most + 4; ++k) {
        m.start = Period{now + 1 + k / 16};
        prepared_.push_back({from(large->account, m), now_});
    }
    return from(large->account, m);
}

// More than is there of a window, but no more than would be there without maintenance: an order, an offer to
// stand by, or a replace of an order that stands.
engine::Command Flow::sell_what_is_gone() {
    for (int k = 0; k < 20; ++k) {
        const Maintenance& m = any(seen_.maintenances()).second;
        const auto window = static_cast<std::uint32_t>(between(0, std::min<std::int64_t>(m.windows, 3) - 1));
        const engine::InstrumentId i = engine::instrument(m.family, Period{m.start + window});
        const auto hour = seen_.hours().find(i);
        if (hour == seen_.hours().end() || hour->second.phase != engine::Phase::open) continue;
        const auto at = seen_.positions().find({m.account, i});
        const Position p = at == seen_.positions().end() ? Position{} : at->second;
        const std::int64_t room = seen_.capacity(m.account, i) + p.bought - p.sold - p.open_sells;
        return sell_beyond(m.account, i, room, m.lots);
    }
    return declare();
}

engine::Command Flow::sell_beyond(engine::AccountId who, engine::InstrumentId i, std::int64_t room,
                                  std::int64_t gone) {
    const engine::Product product = seen_.product(i.family);
    const std::int64_t beyond = room + between(1, gone);
    const std::int64_t lot = engine::lot_decimal(product);
    if (!one_in(3))
        for (const auto& [id, order] : seen_.live()) {
            if (order.account != who || order.instrument != i || order.side != engine::Side::sell) continue;
            engine::ReplaceOrder r;
            r.order = id;
            r.price = Decimal{order.price * engine::tick_decimal};
            r.qty = Decimal{(order.cum + order.left + beyond) * lot};
            return from(who, r);
        }
    engine::PlaceOrder p;
    p.cid = new_cid();
    p.side = engine::Side::sell;
    p.instrument = i;
    p.standby = delivering_ && product == engine::Product::gpu && one_in(2);
    p.price = Decimal{seen_.families()[i.family.value].band.guidance * engine::tick_decimal};
    p.qty = Decimal{beyond * lot};
    p.reason = engine::Text<16>{"HEDGE"};
    return from(who, p);
}

// A resource without which too little is left, but only because another of its account and family is gone.
engine::Command Flow::withdraw_beside() {
    for (std::uint32_t id = 1; id <= seen_.resources().size(); ++id) {
        const Resource& r = seen_.resources()[id - 1];
        const std::int64_t all = seen_.registered(r.account, r.family) - r.lots;
        const auto others_miss = [&](const auto& known) {
            const auto& [key, p] = known;
            const std::int64_t owed = p.open_sells + p.sold - p.bought;
            if (key.first != r.account || key.second.family != r.family || owed > all) return false;
            std::int64_t left = all;
            for (const auto& [declared, m] : seen_.maintenances())
                if (m.account == r.account && m.family == r.family && m.resource != id &&
                    m.covers(key.second.period))
                    left -= m.lots;
            return owed > left;
        };
        if (!r.live || std::none_of(seen_.positions().begin(), seen_.positions().end(), others_miss))
            continue;
        engine::WithdrawResource w;
        w.resource = id;
        return from(r.account, w);
    }
    return declare();
}

// Mostly one that is there; the oldest may be over. Now and then another's, or none.
engine::Command Flow::cancel_maintenance() {
    engine::CancelMaintenance c;
    const auto& known = seen_.maintenances();
    const auto& [id, m] = one_in(4) ? *known.begin() : any(known);
    c.maintenance = id;
    if (one_in(12)) c.maintenance = engine::MaintenanceId{static_cast<std::uint32_t>(between(0, 60))};
    const engine::AccountId stranger = one_in(3) ? engine::no_account : some_account();
    return from(one_in(10) ? stranger : m.account, c);
}

}  // namespace gridbook::twin
