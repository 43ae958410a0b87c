// SPDX-License-Identifier: Apache-2.0
// What the flow sends once the market is set up: the draw of the next command, and orders.
#include "tests/twin/flow.hpp"

#include <algorithm>
#include <string>

namespace gridbook::twin {

using engine::Decimal;
using engine::OrderType;
using engine::Side;
using engine::Time;
using engine::TimeInForce;

std::int64_t Flow::between(std::int64_t low, std::int64_t high) {
    // Not std::uniform_int_distribution: its draws differ between standard libraries, and a seed is a bug
    // report.
    const auto span = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int64_t>(random_() % span);
}

Sent Flow::next() {
    if (!prepared_.empty()) {
        const Sent sent = prepared_.front();
        prepared_.pop_front();
        return sent;
    }
    // Mostly under a second between commands; now and then on a whole second or minute, so that instants
    // meet.
    now_ = std::max(now_, seen_.time()) + engine::millisecond * (one_in(4) ? 0 : between(1, 900));
    if (one_in(20)) now_ = now_ + engine::second * between(1, 20);
    if (one_in(12)) now_ = Time{now_.value - now_.value % engine::second.value + engine::second.value};
    if (one_in(delivering_ ? 150 : 40))
        now_ = Time{now_.value - now_.value % engine::minute.value + engine::minute.value};
    if (one_in(250)) lean_ = between(-450, 450);
    return {some_command(), now_};
}

engine::Command Flow::some_command() {
    // What is killed does not stay so for long.
    const KillSwitches& k = seen_.kills();
    const bool killed =
        k.market || !k.accounts.empty() || !k.groups.empty() || !k.families.empty() || !k.instruments.empty();
    if (killed && one_in(k.market ? 4 : 12)) return kill(true);
    if (maintaining() && one_in(90)) return maintenance();
    if (regulated_ && one_in(12)) return regulation();
    if (delivering_ && one_in(14)) return draw();
    if (delivering_ && one_in(150)) return payout();
    if (delivering_ && one_in(k.market ? 3 : 13)) return package();
    if (delivering_ && between(1, 5) <= 2) return delivery();
    using Make = engine::Command (Flow::*)();
    constexpr std::pair<int, Make> shares[] = {
        {30, &Flow::place_again}, {110, &Flow::replace},    {80, &Flow::cancel},      {60, &Flow::strip},
        {25, &Flow::any_of},      {7, &Flow::cancel_all},   {8, &Flow::cancel_after}, {16, &Flow::session},
        {22, &Flow::set_band},    {12, &Flow::set_phase},   {5, &Flow::suspend},      {2, &Flow::set_rules},
        {25, &Flow::advance},     {25, &Flow::participant}, {20, &Flow::resource},    {6, &Flow::catalogue}};
    std::int64_t dice = between(1, 1'000);
    if (dice <= 5) return kill(false);
    dice -= 5;
    for (const auto& [share, make] : shares) {
        if (dice <= share) return (this->*make)();
        dice -= share;
    }
    return place();
}

// ---- draws ----

engine::AccountId Flow::some_account() {
    if (one_in(200)) return one_in(2) ? engine::no_account : engine::AccountId{1'000};
    if (seen_.accounts().empty()) return engine::AccountId{0};
    // Mostly those that began with money and capacity.
    const auto known = static_cast<std::int64_t>(seen_.accounts().size());
    return engine::AccountId{static_cast<std::uint32_t>(
        between(0, one_in(6) ? known - 1 : std::min<std::int64_t>(known, 12) - 1))};
}

engine::FamilyId Flow::some_gpu_family() {
    for (;;) {
        const engine::FamilyId f{
            static_cast<std::uint16_t>(between(0, static_cast<std::int64_t>(seen_.families().size()) - 1))};
        if (seen_.product(f) == engine::Product::gpu) return f;
    }
}

// Mostly the next few hours of a family; now and then gated, not yet listed, or no family at all.
engine::InstrumentId Flow::some_instrument() {
    if (one_in(100) || seen_.families().empty()) return engine::no_instrument;
    const engine::FamilyId f{
        static_cast<std::uint16_t>(between(0, static_cast<std::int64_t>(seen_.families().size()) - 1))};
    // What is paused is sought out: orders that cross in a pause are what calls and waking are made of.
    if (one_in(5))
        for (const auto& [i, hour] : seen_.hours())
            if (hour.phase == engine::Phase::paused && one_in(2)) return i;
    // The first hour whose gate lies ahead is one ahead.
    const std::uint32_t current = engine::period_at(now_ + engine::gate_lead, seen_.product(f)).value;
    const auto horizon = std::int64_t{seen_.families()[f.value].defined.horizon};
    const std::int64_t ahead = one_in(40) ? between(-3, horizon + 3)
                                          : between(1, std::min<std::int64_t>(one_in(3) ? 3 : 2, horizon));
    return engine::instrument(f, engine::Period{static_cast<std::uint32_t>(current + ahead)});
}

// Around the reference, leaning; or at the edge of the effective band, or just beyond it.
Decimal Flow::near_price(engine::InstrumentId i, Side side) {
    const Band& band = seen_.families()[i.family.value].band;
    const std::int64_t tick = engine::tick_decimal;
    const auto hour = seen_.hours().find(i);
    const bool listed = hour != seen_.hours().end() && hour->second.listed();
    const std::int64_t reference =
        listed && hour->second.standing_reference != 0 ? hour->second.standing_reference : band.guidance;
    if (listed && one_in(4)) {
        const Edges now = seen_.effective(i);
        const bool far = one_in(3);
        const std::int64_t edge = (side == Side::buy) != far ? now.hi : now.lo;
        return Decimal{(edge + (one_in(3) ? between(-2, 2) : 0)) * tick};
    }
    return Decimal{(reference * (10'000 + lean_) / 10'000 + between(-6, 6)) * tick};
}

Decimal Flow::some_price(engine::InstrumentId i, Side side) {
    if (i.family.value >= seen_.families().size()) return Decimal{14'000'000};
    const Band& band = seen_.families()[i.family.value].band;
    const std::int64_t tick = engine::tick_decimal;
    const std::int64_t dice = between(1, 100);
    if (dice <= 80) return near_price(i, side);
    if (dice <= 91) return Decimal{between(band.lo, band.hi) * tick};
    if (dice <= 95) return Decimal{(one_in(2) ? band.lo + between(-2, 2) : band.hi + between(-2, 2)) * tick};
    if (dice <= 96) return Decimal{band.guidance * tick + between(1, tick - 1)};
    if (dice <= 98) return Decimal{(one_in(2) ? 1 : 1'000'000) * tick};
    if (one_in(2)) return Decimal{between(INT32_MAX, INT64_MAX / tick) * tick};
    return Decimal{one_in(2) ? 0 : -tick * between(1, 2'000)};
}

Decimal Flow::some_qty(engine::FamilyId family) {
    const engine::Product product =
        family.value < seen_.families().size() ? seen_.product(family) : engine::Product::gpu;
    const std::int64_t lot = engine::lot_decimal(product);
    const std::int64_t dice = between(1, 100);
    if (dice <= 90) return Decimal{between(1, 40) * lot};
    if (dice <= 94) return Decimal{between(1, 400) * lot};
    if (dice <= 96) {
        const std::int64_t whole = lot * between(1, 5);
        return Decimal{whole + between(1, lot - 1)};
    }
    if (dice <= 98) return Decimal{seen_.genesis().max_qty + (one_in(2) ? 0 : lot * between(1, 5))};
    if (one_in(2)) return Decimal{between(1, INT64_MAX / lot) * lot};
    return Decimal{one_in(2) ? 0 : -lot * between(1, 50)};
}

engine::Cid Flow::new_cid() { return engine::Cid{"c-" + std::to_string(++cids_)}; }

// Mostly an open order, else a done one, a strip or an any-of; 0 when there is none.
engine::OrderId Flow::some_order() {
    const auto last = [&](const auto& done) {
        // Done orders grow without end: look among the last.
        const auto back = std::min<std::int64_t>(40, static_cast<std::int64_t>(done.size()));
        return std::prev(done.end(), between(1, back))->first;
    };
    if (!seen_.strips().empty() && one_in(25)) return any(seen_.strips()).first;
    if (delivering_ && !seen_.standbys().empty() && one_in(25)) return any(seen_.standbys()).first;
    if (!seen_.done_strips().empty() && one_in(100)) return last(seen_.done_strips());
    if (!seen_.any_ofs().empty() && one_in(100)) return last(seen_.any_ofs());
    if (!seen_.live().empty() && !one_in(8)) return any(seen_.live()).first;
    return seen_.done().empty() ? engine::OrderId{} : last(seen_.done());
}

// ---- orders ----

engine::Command Flow::place() {
    engine::PlaceOrder p;
    p.instrument = some_instrument();
    p.side = one_in(2) ? Side::buy : Side::sell;
    p.price = some_price(p.instrument, p.side);
    p.qty = some_qty(p.instrument.family);
    p.cid = new_cid();
    p.self_trade = static_cast<engine::SelfTrade>(between(0, 3));
    p.on_band = one_in(4) ? engine::OnBand::cap : engine::OnBand::reject;
    if (one_in(2)) p.reason = engine::Text<16>{"HEDGE"};
    const std::int64_t dice = between(1, 100);
    if (dice <= 12)
        p.tif = TimeInForce::ioc;
    else if (dice <= 20)
        p.tif = TimeInForce::fok;
    else if (dice <= 32)
        p.tif = TimeInForce::gtt;
    if (p.tif == TimeInForce::gtt) p.expire = now_ + engine::second * (one_in(20) ? 0 : between(1, 300));
    if (p.tif == TimeInForce::gtt && one_in(4))  // at a whole minute, with other timers
        p.expire = Time{now_.value - now_.value % engine::minute.value + engine::minute.value};
    if (one_in(12)) {
        p.type = OrderType::market;
        p.price = {};
    }
    const std::int64_t lot = engine::lot_decimal(p.instrument.family.value < seen_.families().size()
                                                     ? seen_.product(p.instrument.family)
                                                     : engine::Product::gpu);
    const bool rests =
        p.type == OrderType::limit && (p.tif == TimeInForce::gate || p.tif == TimeInForce::gtt);
    const auto hour = seen_.hours().find(p.instrument);
    const bool paused = hour != seen_.hours().end() && hour->second.phase == engine::Phase::paused;
    if (rests && one_in(paused ? 2 : 6))
        p.post_only = true;
    else if (one_in(14))
        p.min_qty = Decimal{one_in(20) ? lot / 2 : one_in(15) ? lot * 500 : lot * between(1, 12)};
    const engine::Command c = from(some_account(), p);
    recent_.push_back(c);
    if (recent_.size() > 400) recent_.pop_front();
    return c;
}

// The same cid again: the same body, another body, or another account's.
engine::Command Flow::place_again() {
    if (recent_.empty()) return place();
    engine::Command c = any(recent_);
    const auto account = c.header.account;
    if (c.kind() != engine::CommandKind::place_order) {
        if (one_in(5)) c.body[40] ^= std::byte{1};
        c.header.origin = {1, ++requests_};
        return c;
    }
    auto p = c.as<engine::PlaceOrder>();
    const std::int64_t dice = between(1, 12);
    if (dice == 1) return from(some_account(), p);
    if (dice == 2)
        p.price = some_price(p.instrument, p.side);
    else if (dice == 3)
        p.qty = some_qty(p.instrument.family);
    else if (dice == 4)
        p.side = engine::opposite(p.side);
    else if (dice == 5)
        p.instrument = some_instrument();
    else if (dice == 6)
        p.self_trade = static_cast<engine::SelfTrade>(between(0, 3));
    return from(account, p);
}

engine::Command Flow::replace() {
    engine::ReplaceOrder r;
    const engine::OrderId id = some_order();
    const auto live = seen_.live().find(id), done = seen_.done().find(id);
    if (live == seen_.live().end() && done == seen_.done().end()) {
        r.order = one_in(2) ? id : engine::OrderId{static_cast<std::uint64_t>(between(1, 1'000'000))};
        r.price = Decimal{14'000'000};
        r.qty = Decimal{1'000'000};
        const auto s = seen_.strips().find(id);
        const auto offer = seen_.standbys().find(id);
        if (offer != seen_.standbys().end()) return from(offer->second.account, r);
        return from(s == seen_.strips().end() ? some_account() : s->second.account, r);
    }
    const Order& order = live != seen_.live().end() ? live->second : done->second;
    const std::int64_t lot = engine::lot_decimal(seen_.product(order.instrument.family));
    if (one_in(2))
        r.cid = order.cid;
    else
        r.order = order.id;
    const std::int64_t dice = between(1, 10);
    r.price =
        dice <= 5 ? Decimal{order.price * engine::tick_decimal} : some_price(order.instrument, order.side);
    if (dice <= 3)
        r.qty = Decimal{between(std::min<std::int64_t>(order.cum, order.qty - 1), order.qty) * lot};
    else if (dice <= 6)
        r.qty = Decimal{(order.qty + between(0, 20)) * lot};
    else if (dice == 7)
        r.qty = Decimal{between(0, order.cum) * lot};
    else
        r.qty = some_qty(order.instrument.family);
    return from(one_in(50) ? some_account() : order.account, r);
}

engine::Command Flow::cancel() {
    engine::CancelOrder c;
    c.order = some_order();
    engine::AccountId owner = some_account();
    if (one_in(40)) {
        c.order = one_in(2) ? engine::OrderId{}
                            : engine::OrderId{static_cast<std::uint64_t>(between(1, INT64_MAX))};
        c.cid = engine::Cid{"never"};
        return from(owner, c);
    }
    engine::Cid cid{};
    const auto look = [&](const auto& all) {
        if (const auto it = all.find(c.order); it != all.end())
            owner = it->second.account, cid = it->second.cid;
    };
    look(seen_.live());
    look(seen_.done());
    look(seen_.standbys());
    look(seen_.strips());
    look(seen_.done_strips());
    if (const auto it = seen_.any_ofs().find(c.order); it != seen_.any_ofs().end())
        owner = it->second.account, cid = it->second.told.cid;
    if (one_in(2) && !cid.empty()) c.cid = cid, c.order = {};
    return from(one_in(50) ? some_account() : owner, c);
}

}  // namespace gridbook::twin
