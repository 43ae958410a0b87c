// SPDX-License-Identifier: Apache-2.0
// What the flow sends once the market is set up.
#include "tests/twin/flow.hpp"

#include <algorithm>
#include <string>

namespace gridbook::twin {

using engine::Decimal;
using engine::Time;

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
    // Mostly under a second between commands; now and then on a whole second, so that instants meet.
    now_ = now_ + engine::millisecond * between(0, 900);
    if (one_in(20)) now_ = Time{now_.value - now_.value % engine::minute.value + engine::minute.value};
    const std::int64_t dice = between(1, 1000);
    engine::Command c;
    if (dice <= 560)
        c = place();
    else if (dice <= 600)
        c = place_again();
    else if (dice <= 760)
        c = replace();
    else if (dice <= 900)
        c = cancel();
    else if (dice <= 930)
        c = set_band();
    else if (dice <= 950)
        c = advance();
    else if (dice <= 970)
        c = participant();
    else if (dice <= 992)
        c = resource();
    else
        c = catalogue();
    return {c, now_};
}

engine::Command Flow::from(engine::AccountId account, const auto& body) {
    const engine::Origin origin{one_in(10) ? 0u : 1u, ++requests_};
    return engine::Command::of(body, account, engine::no_key, origin);
}

// ---- draws ----

engine::AccountId Flow::some_account() {
    if (one_in(200)) return one_in(2) ? engine::no_account : engine::AccountId{1'000};
    if (seen_.accounts().empty()) return engine::AccountId{0};
    return engine::AccountId{
        static_cast<std::uint32_t>(between(0, static_cast<std::int64_t>(seen_.accounts().size()) - 1))};
}

// Mostly the next few hours of a family; now and then gated, not yet listed, or no family at all.
engine::InstrumentId Flow::some_instrument() {
    if (one_in(100) || seen_.families().empty()) return engine::no_instrument;
    const engine::FamilyId f{
        static_cast<std::uint16_t>(between(0, static_cast<std::int64_t>(seen_.families().size()) - 1))};
    const std::uint32_t current = engine::period_at(now_, seen_.product(f)).value;
    const auto horizon = std::int64_t{seen_.families()[f.value].defined.horizon};
    const std::int64_t ahead =
        one_in(40) ? between(-3, horizon + 3) : between(1, std::min<std::int64_t>(3, horizon));
    return engine::instrument(f, engine::Period{static_cast<std::uint32_t>(current + ahead)});
}

Decimal Flow::some_price(engine::FamilyId family) {
    if (family.value >= seen_.families().size()) return Decimal{14'000'000};
    const Band& band = seen_.families()[family.value].band;
    const std::int64_t tick = engine::tick_decimal;
    const std::int64_t middle = (band.lo + band.hi) / 2;
    const std::int64_t dice = between(1, 100);
    if (dice <= 78) return Decimal{(middle + between(-6, 6)) * tick};
    if (dice <= 90) return Decimal{between(band.lo, band.hi) * tick};
    if (dice <= 94) return Decimal{(one_in(2) ? band.lo + between(-2, 2) : band.hi + between(-2, 2)) * tick};
    if (dice <= 96) return Decimal{middle * tick + between(1, tick - 1)};
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
    if (dice <= 96) return Decimal{lot * between(1, 5) + between(1, lot - 1)};
    if (dice <= 98) return Decimal{seen_.genesis().max_qty + (one_in(2) ? 0 : lot * between(1, 5))};
    if (one_in(2)) return Decimal{between(1, INT64_MAX / lot) * lot};
    return Decimal{one_in(2) ? 0 : -lot * between(1, 50)};
}

engine::Cid Flow::new_cid() { return engine::Cid{"c-" + std::to_string(++cids_)}; }

// Mostly an open order, else a done one; null when there is none.
const Order* Flow::some_order() {
    if (!seen_.live().empty() && !one_in(8)) return &any(seen_.live()).second;
    if (seen_.done().empty()) return nullptr;
    // Done orders grow without end: look among the last.
    const auto back = std::min<std::int64_t>(40, static_cast<std::int64_t>(seen_.done().size()));
    return &std::prev(seen_.done().end(), between(1, back))->second;
}

// ---- commands ----

engine::Command Flow::place() {
    engine::PlaceOrder p;
    p.instrument = some_instrument();
    p.side = one_in(2) ? engine::Side::buy : engine::Side::sell;
    p.tif = one_in(8) ? engine::TimeInForce::ioc : engine::TimeInForce::gate;
    p.price = some_price(p.instrument.family);
    p.qty = some_qty(p.instrument.family);
    p.cid = new_cid();
    const engine::AccountId account = some_account();
    recent_.emplace_back(account, p);
    if (recent_.size() > 400) recent_.pop_front();
    return from(account, p);
}

// The same cid again: the same body, another body, or another account's.
engine::Command Flow::place_again() {
    if (recent_.empty()) return place();
    auto [account, p] = any(recent_);
    const std::int64_t dice = between(1, 10);
    if (dice == 1)
        account = some_account();
    else if (dice == 2)
        p.price = some_price(p.instrument.family);
    else if (dice == 3)
        p.qty = some_qty(p.instrument.family);
    else if (dice == 4)
        p.side = engine::opposite(p.side);
    else if (dice == 5)
        p.instrument = some_instrument();
    return from(account, p);
}

engine::Command Flow::replace() {
    engine::ReplaceOrder r;
    const Order* order = some_order();
    if (order == nullptr || one_in(40)) {
        r.order = engine::OrderId{static_cast<std::uint64_t>(between(1, 1'000'000))};
        r.price = Decimal{14'000'000};
        r.qty = Decimal{1'000'000};
        return from(some_account(), r);
    }
    const std::int64_t lot = engine::lot_decimal(seen_.product(order->instrument.family));
    if (one_in(2))
        r.cid = order->cid;
    else
        r.order = order->id;
    const std::int64_t dice = between(1, 10);
    r.price = dice <= 5 ? Decimal{order->price * engine::tick_decimal} : some_price(order->instrument.family);
    if (dice <= 3)
        r.qty = Decimal{between(std::min<std::int64_t>(order->cum, order->qty - 1), order->qty) * lot};
    else if (dice <= 6)
        r.qty = Decimal{(order->qty + between(0, 20)) * lot};
    else if (dice == 7)
        r.qty = Decimal{between(0, order->cum) * lot};
    else
        r.qty = some_qty(order->instrument.family);
    return from(one_in(50) ? some_account() : order->account, r);
}

engine::Command Flow::cancel() {
    engine::CancelOrder c;
    const Order* order = some_order();
    if (order == nullptr || one_in(40)) {
        if (one_in(2))
            c.cid = engine::Cid{"never"};
        else
            c.order = engine::OrderId{static_cast<std::uint64_t>(between(1, INT64_MAX))};
        return from(some_account(), c);
    }
    if (one_in(2))
        c.cid = order->cid;
    else
        c.order = order->id;
    return from(one_in(50) ? some_account() : order->account, c);
}

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
    // Off the tick, negative, or wider than a book.
    if (one_in(25)) s.floor = Decimal{one_in(3) ? base + 1 : one_in(2) ? -base : tick << 21};
    s.expect = one_in(15) ? static_cast<std::uint32_t>(between(0, 9)) : f.last_version;
    if (one_in(3)) s.effective = now_ + engine::second * between(0, 1'800);
    if (one_in(4)) s.effective = now_ + engine::minute * between(1, 3'000);
    if (one_in(12)) s.effective = now_ - engine::second * between(1, 100);
    if (one_in(6))
        s.effective = Time{now_.value - now_.value % engine::hour.value + engine::minute.value * 45};
    if (one_in(2)) s.blob.fill(7);
    s.rationale = engine::Text<24>{"R-" + std::to_string(f.last_version + 1)};
    return from(some_account(), s);
}

engine::Command Flow::advance() {
    if (one_in(3)) now_ = now_ + engine::minute * between(1, 50);
    if (one_in(20)) now_ = now_ + engine::hour * between(1, 30);
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
    return from(some_account(), r);
}

engine::Command Flow::catalogue() {
    const std::int64_t dice = between(1, 4);
    if (dice == 1) return from(engine::no_account, some_family(static_cast<std::uint16_t>(between(0, 3))));
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
