// SPDX-License-Identifier: Apache-2.0
// What the flow sends beside orders: strips and any-ofs, and what ends many orders at once.
#include <algorithm>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

using engine::Decimal;
using engine::Side;

// Few shapes, so that strips meet strips.
engine::Command Flow::strip() {
    engine::PlaceStrip p;
    p.cid = new_cid();
    p.family = one_in(60) ? engine::FamilyId{static_cast<std::uint16_t>(between(0, 9))} : some_gpu_family();
    const bool known = p.family.value < seen_.families().size();
    const std::uint32_t current = engine::period_at(now_ + engine::gate_lead, engine::Product::gpu).value;
    p.start = engine::Period{static_cast<std::uint32_t>(current + between(one_in(30) ? 0 : 1, 2))};
    p.hours = static_cast<std::uint16_t>(one_in(60) ? (one_in(2) ? 1 : 169) : one_in(4) ? 3 : 2);
    p.side = one_in(3) ? Side::sell : Side::buy;
    p.qty = Decimal{engine::gpu_lot_decimal * (one_in(2) ? 5 : between(1, 12))};
    const engine::InstrumentId first = engine::instrument(p.family, p.start);
    if (known) {
        // Usually generous, so that it may fill; else it rests.
        const std::int64_t near = near_price(first, p.side).value / engine::tick_decimal;
        const std::int64_t give = one_in(3) ? between(-10, 10) : between(0, 60);
        p.price = Decimal{(p.side == Side::buy ? near + give : near - give) * engine::tick_decimal};
        if (one_in(25)) p.price = some_price(first, p.side);
        if (one_in(25)) p.qty = some_qty(p.family);
    }
    p.tif = one_in(4) ? engine::TimeInForce::fok : engine::TimeInForce::gate;
    if (!seen_.strips().empty() && one_in(4)) {
        const Strip& other = any(seen_.strips()).second;
        p.family = other.family;
        p.start = other.start;
        p.hours = other.hours;
        p.side = engine::opposite(other.side);
        p.qty = Decimal{other.lots * engine::gpu_lot_decimal};
        p.price =
            Decimal{(other.price + (p.side == Side::buy ? 1 : -1) * between(-1, 12)) * engine::tick_decimal};
    }
    const engine::Command c = from(some_account(), p);
    recent_.push_back(c);
    return c;
}

engine::Command Flow::any_of() {
    engine::PlaceAnyOf p;
    p.cid = new_cid();
    p.count = static_cast<std::uint8_t>(one_in(40) ? (one_in(2) ? 0 : 17) : between(1, 3));
    for (std::size_t k = 0; k < std::min<std::size_t>(p.count, p.families.size()); ++k)
        p.families[k] =
            one_in(80) ? engine::FamilyId{static_cast<std::uint16_t>(between(0, 9))} : some_gpu_family();
    const std::uint32_t current = engine::period_at(now_ + engine::gate_lead, engine::Product::gpu).value;
    const std::int64_t soonest = one_in(30) ? -1 : 1;
    p.start = engine::Period{static_cast<std::uint32_t>(current + between(soonest, one_in(20) ? 7 : 2))};
    p.hours = static_cast<std::uint16_t>(one_in(40) ? (one_in(2) ? 0 : 169) : between(1, 2));
    p.profile = one_in(2) ? engine::Profile::train : engine::Profile::infer;
    p.need = Decimal{between(1, 25) * engine::gpu_lot_decimal};
    if (one_in(40)) p.need = Decimal{one_in(2) ? 150'000 : seen_.genesis().max_qty * 2};
    p.price = Decimal{between(800, 1'900) * engine::tick_decimal};
    if (one_in(3)) p.price = Decimal{between(1'500, 3'000) * engine::tick_decimal};
    if (one_in(40)) p.price = Decimal{one_in(2) ? 14'000'001 : 900'000'000};
    if (one_in(2)) p.tif = engine::TimeInForce::ioc;
    const engine::Command c = from(some_account(), p);
    recent_.push_back(c);
    return c;
}

engine::Command Flow::cancel_all() {
    engine::CancelAll c;
    c.side = static_cast<engine::SideFilter>(between(0, 2));
    if (!one_in(4)) c.scope = some_instrument();
    if (one_in(3)) c.scope.period = engine::Period{0};
    if (one_in(20)) c.scope.family = engine::FamilyId{500};
    return from(some_account(), c);
}

engine::Command Flow::cancel_after() {
    engine::CancelAfter c;
    c.ms = one_in(4) ? 0 : static_cast<std::uint32_t>(between(1, 60) * 500);
    return from(some_account(), c);
}

engine::Command Flow::session() {
    const std::uint32_t connection = static_cast<std::uint32_t>(between(one_in(20) ? 0 : 1, 4));
    const Session* lost = nullptr;
    for (const Session& s : seen_.sessions())
        if (s.lost) lost = &s;
    if (one_in(2) && lost == nullptr) {
        return engine::Command::of(engine::CloseSession{}, engine::no_account, engine::no_key,
                                   {connection, ++requests_});
    }
    engine::OpenSession o;
    o.grace_ms = static_cast<std::uint32_t>(between(0, 120) * 500);
    o.mode = one_in(3) ? engine::CancelOnDisconnect::account : engine::CancelOnDisconnect::connection;
    // One that was lost comes back before its grace is over.
    const engine::AccountId account = lost != nullptr && one_in(2) ? lost->account : some_account();
    return engine::Command::of(o, account, engine::no_key, {connection, ++requests_});
}

engine::Command Flow::kill(bool clear) {
    engine::Kill k;
    k.on = !clear;
    k.scope = static_cast<engine::KillScope>(between(0, one_in(2) ? 4 : 2));
    const KillSwitches& killed = seen_.kills();
    if (clear) {
        if (killed.market) {
            k.scope = engine::KillScope::market;
        } else if (!killed.accounts.empty()) {
            k.scope = engine::KillScope::account;
            k.target = *killed.accounts.begin();
        } else if (!killed.groups.empty()) {
            k.scope = engine::KillScope::group;
            for (std::uint32_t a = 0; a < seen_.accounts().size(); ++a)
                if (seen_.accounts()[a].group == *killed.groups.begin()) k.target = engine::AccountId{a};
        } else if (!killed.families.empty()) {
            k.scope = engine::KillScope::family;
            k.instrument = engine::instrument(*killed.families.begin(), engine::Period{0});
        } else {
            k.scope = engine::KillScope::instrument;
            k.instrument = *killed.instruments.begin();
        }
        return from(some_account(), k);
    }
    const bool of_account = k.scope == engine::KillScope::account || k.scope == engine::KillScope::group;
    const bool of_book = k.scope == engine::KillScope::instrument || k.scope == engine::KillScope::family;
    if (of_account) k.target = some_account();
    if (of_book) k.instrument = some_instrument();
    if (k.scope == engine::KillScope::family) k.instrument.period = engine::Period{0};
    return from(some_account(), k);
}

}  // namespace gridbook::twin
