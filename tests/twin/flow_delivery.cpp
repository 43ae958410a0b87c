// SPDX-License-Identifier: Apache-2.0
// What those who deliver and are delivered to send: ready and meter reports in time, late, wrong and not at
// all, so that deliveries are kept, fail, and are taken over by those who stand by.
#include <algorithm>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

using engine::Decimal;
using engine::DeliveryState;

namespace {

// Some sellers report every minute, some never do, by the id of the delivery.
bool diligent(const Delivery& d) { return d.id.value % 6 == 3; }
bool silent(const Delivery& d) { return d.id.value % 6 == 0; }

engine::Time start_of(const Delivery& d) {
    return engine::window_start(d.instrument.period, engine::Product::gpu);
}
std::int64_t last_report(const Delivery& d) {
    return d.by_seller.empty() ? d.first - 1 : d.by_seller.rbegin()->first;
}

}  // namespace

// The tiers of the rules, one a flow; the last one is a tier whose penalty is cut at the hour's notional.
engine::DefineTier Flow::delivering_tier() const {
    struct Promise {
        std::uint32_t availability, start_by_s;
        std::int32_t penalty;
    };
    constexpr Promise promises[] = {{100'000, 0, 0},
                                    {98'000, 600, 2'500},
                                    {99'500, 300, 5'000},
                                    {99'900, 120, 10'000},
                                    {50'000, 210, 25'000}};
    const Promise& p = promises[tier()];
    engine::DefineTier t;
    t.name = engine::Text<8>{"GX"};
    t.availability = p.availability;
    t.start_by_s = p.start_by_s;
    t.penalty = engine::BasisPoints{p.penalty};
    return t;
}

engine::Command Flow::delivery() {
    if (!seen_.disputes().empty() && one_in(20)) return decide_dispute();
    if (seen_.deliveries().empty() && !one_in(10)) return one_in(12) ? standby() : place();
    const std::int64_t dice = between(1, 100);
    if (dice <= 8) return standby();
    if (dice <= 11) return withdraw_all();
    if (dice <= 22) return ready();
    if (dice <= 32) return some_report();
    if (dice <= 35) return open_dispute();
    return meter();
}

// Mostly who is waited for; now and then too late, the buyer, or nobody.
engine::Command Flow::ready() {
    engine::ReportReady r;
    r.endpoint = engine::Text<32>{"host-" + std::to_string(between(1, 9)) + ":22"};
    engine::AccountId who = some_account();
    for (const auto& [id, d] : seen_.deliveries()) {
        const bool waits = d.state == DeliveryState::gated || d.state == DeliveryState::failing;
        if (!waits || (silent(d) && !one_in(12)) || (!diligent(d) && one_in(2))) continue;
        r.delivery = id;
        return from(d.seller, r);
    }
    if (!one_in(4)) return meter();
    if (!seen_.deliveries().empty() && !one_in(8)) {
        const Delivery& d = any(seen_.deliveries()).second;
        r.delivery = d.id;
        if (!one_in(6)) who = one_in(5) ? d.buyer : d.seller;
    }
    return from(who, r);
}

// The seller's report of the minute that runs, of a diligent one first, then of whoever said nothing for the
// longest time; of a diligent one the gaps too.
engine::Command Flow::meter() {
    const Delivery* chosen = nullptr;
    std::int64_t minute = 0;
    for (const auto& [id, d] : seen_.deliveries()) {
        if (d.failed() || silent(d) || seen_.product(d.instrument.family) == engine::Product::token) continue;
        const std::int64_t last = d.first + d.minutes - 1;
        const auto since = now_ - start_of(d);
        if (since.value < 0) continue;
        const std::int64_t running = std::min(since.value / engine::minute.value, last);
        const bool over = d.state == DeliveryState::delivered;
        if (diligent(d)) {
            for (std::int64_t k = running; k >= d.first; --k)
                if (d.by_seller.count(k) == 0 && d.state != DeliveryState::provisional)
                    return from(d.seller, report(d, k, true));
        } else if (!over && d.state != DeliveryState::provisional && last_report(d) < running &&
                   (chosen == nullptr || last_report(d) < last_report(*chosen))) {
            chosen = &d;
            minute = running;
        }
    }
    return chosen == nullptr || one_in(8) ? some_report()
                                          : from(chosen->seller, report(*chosen, minute, !one_in(8)));
}

engine::ReportMeter Flow::report(const Delivery& d, std::int64_t minute, bool full) {
    engine::ReportMeter m;
    m.delivery = d.id;
    m.minute = static_cast<std::uint32_t>(minute);
    const std::int64_t lots = full ? d.qty + (one_in(10) ? between(0, 20) : 0) : between(0, d.qty);
    m.available = Decimal{lots * engine::gpu_lot_decimal};
    m.power_w = static_cast<std::uint32_t>(between(0, 9'000));
    m.utilisation = static_cast<std::uint16_t>(between(0, 10'000));
    return m;
}

// Either side, any minute: buyers, duplicates, gaps; and what is refused.
engine::Command Flow::some_report() {
    engine::ReportMeter m;
    m.delivery = engine::DeliveryId{static_cast<std::uint32_t>(between(0, 2'000))};
    if (seen_.deliveries().empty() || one_in(25)) return from(some_account(), m);
    const Delivery* d = &any(seen_.deliveries()).second;
    // Mostly one whose window runs.
    const auto reported = [&](const Delivery& x) {
        return seen_.product(x.instrument.family) == engine::Product::gpu && now_ >= start_of(x) &&
               !x.failed();
    };
    for (int k = 0; k < 6 && !reported(*d); ++k) d = &any(seen_.deliveries()).second;
    if (!reported(*d) && !one_in(4)) return place();
    const std::int64_t running =
        std::max<std::int64_t>(0, (now_ - start_of(*d)).value / engine::minute.value);
    const std::int64_t dice = between(1, 20);
    std::int64_t minute = between(d->first, std::min<std::int64_t>(std::max(running, d->first), 59));
    if (dice <= 2) minute = running + between(0, 3);
    if (dice == 3) minute = between(0, 100);
    m = report(*d, minute, one_in(2));
    if (dice == 4) m.available = Decimal{m.available.value + between(1, engine::gpu_lot_decimal - 1)};
    if (dice == 5) m.available = Decimal{-engine::gpu_lot_decimal * between(1, 9)};
    return from(one_in(20) ? some_account() : one_in(2) ? d->buyer : d->seller, m);
}

// Offers for the next hours, at a price that may be charged; now and then what no offer may be.
engine::Command Flow::standby() {
    engine::PlaceOrder p;
    p.standby = true;
    p.cid = new_cid();
    p.side = engine::Side::sell;
    p.instrument = some_instrument();
    const bool known = p.instrument.family.value < seen_.families().size();
    if (known && seen_.product(p.instrument.family) == engine::Product::token && !one_in(4))
        p.instrument = engine::instrument(
            some_gpu_family(),
            engine::Period{engine::period_at(now_ + engine::gate_lead, engine::Product::gpu).value + 1});
    p.price = some_price(p.instrument, p.side);
    if (p.instrument.family.value < seen_.families().size() && !one_in(5)) {
        const Band& band = seen_.families()[p.instrument.family.value].band;
        // Cheap in some flows, dear in others, so that what was to be received does not pay for it.
        const std::int64_t middle = band.guidance * 5 / 4;
        const std::int64_t ticks = tier() < 2 ? between(band.lo, std::max(band.lo, middle))
                                              : between(std::min(middle, band.hi), band.hi);
        p.price = Decimal{ticks * engine::tick_decimal};
    }
    p.qty = one_in(8) ? some_qty(p.instrument.family) : Decimal{between(1, 150) * engine::gpu_lot_decimal};
    const std::int64_t dice = between(1, 40);
    if (dice == 1) p.side = engine::Side::buy;
    if (dice == 2) p.type = engine::OrderType::market;
    if (dice == 3) p.tif = engine::TimeInForce::ioc;
    if (dice == 4) p.post_only = true;
    if (dice == 5) p.min_qty = p.qty;
    const engine::Command c = from(some_account(), p);
    recent_.push_back(c);
    return c;
}

// A seller takes all its money away, so that others must advance what it owes; or whoever would pay if a
// dispute is upheld.
engine::Command Flow::withdraw_all() {
    engine::Credit c;
    engine::AccountId who = some_account();
    if (!seen_.disputes().empty() && one_in(2)) {
        const auto& [key, dispute] = any(seen_.disputes());
        who = key.second == engine::Side::sell ? dispute.buyer : dispute.seller;
        c.amount = engine::Money{-seen_.accounts()[who.value].cash};
        return from(who, c);
    }
    // Mostly one that is about to fail, and has money.
    for (int k = 0; k < 30 && !seen_.deliveries().empty(); ++k) {
        const Delivery& d = any(seen_.deliveries()).second;
        who = d.seller;
        const bool fails = d.state == DeliveryState::failing && d.by_seller.empty();
        if (fails && seen_.accounts()[who.value].cash != 0) break;
    }
    if (who.value < seen_.accounts().size()) c.amount = engine::Money{-seen_.accounts()[who.value].cash};
    return from(who, c);
}

}  // namespace gridbook::twin
