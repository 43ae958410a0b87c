// SPDX-License-Identifier: Apache-2.0
// What regulator, operator and participants send: bands, phases, time, money, capacity, catalogue.
#include <algorithm>
#include <string>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

using engine::Decimal;
using engine::Time;

// Guidance wanders, so that orders park and wake; now and then edges, dates and versions that are wrong.
engine::Command Flow::set_band() {
    engine::SetBand s;
    s.family = engine::FamilyId{
        static_cast<std::uint16_t>(between(0, static_cast<std::int64_t>(seen_.families().size())))};
    if (s.family.value >= seen_.families().size()) return from(some_account(), s);
    const Family& f = seen_.families()[s.family.value];
    const std::int64_t base = f.defined.guidance.value;
    const std::int64_t tick = engine::tick_decimal;
    const std::int64_t dice = between(1, 10);
    const auto share = [&](std::int64_t low, std::int64_t high) {
        return Decimal{base * between(low, high) / 100 / tick * tick};
    };
    if (dice <= 4)
        s.guidance = share(80, 120);
    else if (dice <= 6)
        s.floor = share(60, 95), s.ceiling = share(105, 150);
    else if (dice == 7)
        s.floor = share(97, 100), s.ceiling = share(100, 102);
    else if (dice == 8)
        s.floor = share(60, 130);
    else if (dice == 9)
        s.ceiling = share(70, 150);
    else
        s.guidance = share(90, 110), s.floor = share(70, 90), s.ceiling = share(110, 140);
    // Off the tick, negative, above every price, or wider than a book.
    if (one_in(25)) s.floor = Decimal{one_in(3) ? base + 1 : one_in(2) ? -base : tick << 30};
    if (one_in(40)) s.ceiling = Decimal{tick << 22};
    s.expect = one_in(15) ? static_cast<std::uint32_t>(between(0, 9)) : f.last_version;
    if (one_in(3)) s.effective = now_ + engine::second * between(0, 1'800);
    if (one_in(3)) s.effective = now_ + engine::minute * between(1, 3'000);
    if (one_in(12)) s.effective = now_ - engine::second * between(1, 100);
    if (one_in(6))
        s.effective = Time{now_.value - now_.value % engine::hour.value + engine::minute.value * 45};
    if (one_in(2)) s.blob.fill(7);
    s.rationale = engine::Text<24>{"R-" + std::to_string(f.last_version + 1)};
    // A floor under a declared cost wants one of the two.
    if (regulated_ && one_in(2)) s.rationale = {};
    if (regulated_ && one_in(3)) s.reasoned = true;
    return from(some_account(), s);
}

// Mostly what moves a pause: it begins, ends, is called; now and then where there is none.
engine::Command Flow::set_phase() {
    engine::SetPhase s;
    std::vector<engine::InstrumentId> paused;
    for (const auto& [i, hour] : seen_.hours())
        if (hour.phase == engine::Phase::paused) paused.push_back(i);
    s.scope = some_instrument();
    s.action = static_cast<engine::PhaseAction>(between(0, 2));
    if (paused.empty() && !one_in(5)) s.action = engine::PhaseAction::pause;
    if (s.action != engine::PhaseAction::pause && !paused.empty() && !one_in(8)) s.scope = any(paused);
    if (one_in(10)) s.scope.period = engine::Period{0};
    if (s.action == engine::PhaseAction::pause && one_in(2))
        s.until = now_ + engine::second * (one_in(8) ? -between(0, 5) : between(1, 90));
    return from(some_account(), s);
}

engine::Command Flow::suspend() {
    engine::SuspendDynamic s;
    s.family = engine::FamilyId{
        static_cast<std::uint16_t>(between(0, static_cast<std::int64_t>(seen_.families().size())))};
    if (!one_in(4)) s.until = now_ + engine::second * between(1, 400);
    if (one_in(6)) s.until = now_ + engine::minute * (one_in(2) ? -1 : 60 * 5);
    return from(some_account(), s);
}

// Only numbers that move nothing by themselves.
engine::Command Flow::set_rules() {
    rules_.soft_range = engine::BasisPoints{static_cast<std::int32_t>(between(300, 1'200))};
    rules_.reference_age_s = static_cast<std::uint32_t>(between(5, 40));
    rules_.takeover = engine::BasisPoints{static_cast<std::int32_t>(between(50, 120))};
    return from(engine::no_account, rules_);
}

engine::Command Flow::advance() {
    // Who reports each minute must have the time to; a day is over now and then.
    if (delivering_) {
        if (one_in(20)) now_ = now_ + engine::minute * between(1, 3);
        if (one_in(80)) now_ = now_ + engine::minute * between(10, 90);
        if (one_in(120)) now_ = now_ + engine::hour * between(20, 30);
        if (one_in(25)) sleep();
    } else if (one_in(3)) {
        now_ = now_ + engine::minute * between(1, one_in(8) ? 50 : 6);
    }
    if (!delivering_ && one_in(200)) now_ = now_ + engine::hour * between(1, 8);
    if (one_in(8))
        return engine::Command::of(engine::Checkpoint{}, engine::no_account, engine::no_key,
                                   {1, ++requests_});
    engine::AdvanceTime a;
    if (one_in(2)) return engine::Command::of(a);
    a.to = now_;
    return from(engine::no_account, a);  // asked for: the answer comes when all timers have fired
}

engine::Command Flow::participant() {
    const std::int64_t dice = between(1, 10);
    if (dice <= 7) {
        engine::Credit c;
        c.amount = engine::Money{one_in(4) ? -between(1, 200'000'000) : between(1, 3'000'000'000)};
        return from(some_account(), c);
    }
    if (dice <= 9) {
        engine::SetKey k;
        k.name = engine::Text<24>{"k-" + std::to_string(between(1, 40))};
        k.public_key.fill(static_cast<std::uint8_t>(between(1, 255)));
        k.roles = static_cast<std::uint8_t>(between(0, 31));
        k.on_behalf = one_in(5);
        return from(some_account(), k);
    }
    engine::OpenAccount o;
    o.name = engine::Text<32>{"late-" + std::to_string(between(1, 60))};
    if (one_in(2)) o.group = engine::Text<24>{"group-" + std::to_string(between(1, 12))};
    o.roles = engine::role::buyer | engine::role::provider;
    return from(engine::no_account, o);
}

engine::Command Flow::resource() {
    if (one_in(3)) {
        engine::WithdrawResource w;
        w.resource =
            static_cast<std::uint32_t>(between(0, static_cast<std::int64_t>(seen_.resources().size())));
        const bool known = w.resource != 0;
        return from(known && !one_in(10) ? seen_.resources()[w.resource - 1].account : some_account(), w);
    }
    engine::RegisterResource r;
    r.family = engine::FamilyId{
        static_cast<std::uint16_t>(between(0, static_cast<std::int64_t>(seen_.families().size())))};
    if (r.family.value >= seen_.families().size()) {
        r.family = engine::no_family;
        r.unknown_field = engine::RejectField::zone;
    }
    r.count = some_qty(r.family);
    r.green_share = 3'000;
    r.pue = 1'250;
    r.dense_given = one_in(2);
    r.dense = !one_in(20);
    if (one_in(5)) r.tflops = one_in(3) ? 1'979'000 : 989'400;
    if (regulated_ && one_in(3)) r.cost = some_cost(r.family);
    return from(some_account(), r);
}

// Around the floor, so that it matters.
Decimal Flow::some_cost(engine::FamilyId family) {
    if (family.value >= seen_.families().size() || one_in(20))
        return Decimal{one_in(2) ? -1 : engine::tick_decimal << 30};
    return Decimal{seen_.families()[family.value].band.lo * engine::tick_decimal * between(90, 110) / 100};
}

// Narrow enough to be met; now and then none, or wider than the market's.
engine::Command Flow::limits() {
    engine::SetLimits s;
    if (!one_in(3)) s.limits.qty = Decimal{between(1, 8) * engine::decimal_one};
    if (!one_in(3)) s.limits.notional = engine::Money{between(5, 120) * engine::decimal_one};
    if (!one_in(3)) s.limits.open_orders = static_cast<std::uint32_t>(between(1, 5));
    if (one_in(3)) s.limits.orders_per_s = static_cast<std::uint32_t>(between(1, 100));
    if (one_in(3)) s.limits = {};
    if (one_in(12)) s.limits.qty = Decimal{one_in(2) ? -1 : seen_.genesis().max_qty + 1};
    if (one_in(12)) s.limits.notional = engine::Money{one_in(2) ? -1 : seen_.genesis().max_notional + 1};
    if (one_in(12)) s.limits.open_orders = seen_.genesis().account_orders + 1;
    if (one_in(2)) s.blob.fill(4);
    return from(some_account(), s);
}

engine::Command Flow::catalogue() {
    const std::int64_t dice = between(1, 4);
    if (dice == 1) return from(engine::no_account, some_family(static_cast<std::uint16_t>(between(0, 4))));
    if (dice == 2) {
        engine::DefineZone z;
        z.name = engine::Text<16>{"ZONE-" + std::to_string(between(1, 40))};
        return from(engine::no_account, z);
    }
    if (dice == 3) {
        engine::DefineClass c;
        c.name = engine::Text<16>{"CLASS-" + std::to_string(between(1, 40))};
        c.tflops = 148'000;
        c.k_train = 279;
        return from(engine::no_account, c);
    }
    engine::DefineTier t;
    t.name = engine::Text<8>{"T" + std::to_string(between(1, 40))};
    t.product = one_in(2) ? engine::Product::gpu : engine::Product::token;
    return from(engine::no_account, t);
}

}  // namespace gridbook::twin
