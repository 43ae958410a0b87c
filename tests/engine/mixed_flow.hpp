// SPDX-License-Identifier: Apache-2.0
#pragma once
// A seeded flow of commands of every kind for five accounts and two families of 24 hours, drawn beforehand:
// it looks at no answer, so it can be applied as it stands to any market. The flow that knows what is open
// belongs to the twin (tests/twin/flow.hpp).

#include <algorithm>
#include <random>

#include "tests/engine/bands_story.hpp"

namespace gridbook::tests {

// Each command carries the time that it comes at.
class MixedFlow {
  public:
    explicit MixedFlow(std::uint32_t seed) : random_(seed) {}

    std::vector<engine::Command> commands(std::size_t count) {
        std::vector<engine::Command> all;
        for (std::size_t i = 0; i < count; ++i) {
            now_ = now_ + engine::millisecond * (one_in(30) ? below(900'000) : below(4'000));
            all.push_back(some());
            all.back().header.time = now_;
        }
        return all;
    }

  private:
    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random_() % n); }
    bool one_in(std::int64_t n) { return below(n) == 0; }
    engine::AccountId who() { return engine::AccountId{static_cast<std::uint32_t>(below(5))}; }
    engine::FamilyId family() { return engine::FamilyId{static_cast<std::uint16_t>(below(2))}; }
    engine::Side side() { return one_in(2) ? engine::Side::buy : engine::Side::sell; }
    engine::Period period() {
        const auto first = engine::period_at(now_ + engine::gate_lead, engine::Product::gpu).value + 1;
        return engine::Period{first + static_cast<std::uint32_t>(one_in(20) ? below(26) : below(3))};
    }
    engine::InstrumentId hour() { return engine::instrument(family(), period()); }
    engine::Decimal price() {
        const std::int64_t ticks = one_in(30) ? 900 + below(1'200) : 1'400 + lean_ + below(30) - 15;
        return engine::Decimal{ticks * engine::tick_decimal + (one_in(200) ? 1 : 0)};
    }
    engine::Decimal qty() { return engine::Decimal{(1 + below(one_in(20) ? 4'000 : 60)) * 100'000}; }
    engine::Cid fresh() { return engine::Cid{fmt::format("c-{}", ++cids_)}; }
    engine::Cid known() {
        return engine::Cid{fmt::format("c-{}", cids_ - below(std::min<std::int64_t>(cids_ + 1, 200)))};
    }
    template <class Body>
    engine::Command of(const Body& body, engine::Origin origin = asked) {
        return engine::Command::of(body, who(), engine::no_key, origin);
    }

    engine::Command some();
    engine::Command place();
    engine::Command strip();
    engine::Command any_of();
    engine::Command regulator();
    engine::Command session();
    engine::Command participant();

    std::mt19937 random_;
    engine::Time now_ = day_one;
    std::int64_t lean_ = 0;
    std::int64_t cids_ = 0;
    std::uint32_t connection_ = 1;
};

inline engine::Command MixedFlow::some() {
    if (one_in(150)) lean_ = below(500) - 250;
    const std::int64_t dice = below(100);
    if (dice < 55) return place();
    if (dice < 65) return of(engine::CancelOrder{.cid = known(), .order = {}});
    if (dice < 75) return of(engine::ReplaceOrder{known(), {}, price(), qty()});
    if (dice < 81) return strip();
    if (dice < 84) return any_of();
    if (dice < 85)
        return of(engine::CancelAll{.scope = one_in(2) ? hour() : engine::no_instrument,
                                    .side = static_cast<engine::SideFilter>(below(3))});
    if (dice < 87) return of(engine::CancelAfter{static_cast<std::uint32_t>(below(3) * 20'000)});
    if (dice < 90) return session();
    if (dice < 94) return regulator();
    if (dice < 97) return participant();
    return one_in(3) ? engine::Command::of(engine::Checkpoint{}) : advance();
}

inline engine::Command MixedFlow::place() {
    engine::PlaceOrder p;
    p.cid = one_in(25) ? known() : fresh();
    p.instrument = hour();
    p.side = side();
    p.price = price();
    p.qty = qty();
    p.self_trade = static_cast<engine::SelfTrade>(below(4));
    p.on_band = one_in(3) ? engine::OnBand::cap : engine::OnBand::reject;
    p.tif = one_in(2) ? engine::TimeInForce::gate : static_cast<engine::TimeInForce>(below(4));
    if (p.tif == engine::TimeInForce::gtt) p.expire = now_ + engine::second * below(300);
    if (one_in(10)) p.type = engine::OrderType::market, p.price = {};
    const bool rests = p.tif == engine::TimeInForce::gate || p.tif == engine::TimeInForce::gtt;
    if (rests && p.type == engine::OrderType::limit)
        p.post_only = one_in(6);
    else if (one_in(8))
        p.min_qty = engine::Decimal{100'000};
    return of(p, {connection_ > 5 ? connection_ - static_cast<std::uint32_t>(below(5)) : 1, 1});
}

inline engine::Command MixedFlow::strip() {
    engine::PlaceStrip s;
    s.cid = fresh();
    s.family = family();
    s.start = period();
    s.hours = static_cast<std::uint16_t>(2 + below(2));
    s.price = price();
    s.qty = engine::Decimal{(1 + below(20)) * 100'000};
    s.side = side();
    s.tif = one_in(3) ? engine::TimeInForce::fok : engine::TimeInForce::gate;
    return of(s);
}

inline engine::Command MixedFlow::any_of() {
    engine::PlaceAnyOf a;
    a.cid = fresh();
    a.families = {engine::FamilyId{0}, engine::FamilyId{1}};
    a.count = 2;
    a.start = period();
    a.hours = static_cast<std::uint16_t>(1 + below(2));
    a.need = engine::Decimal{(1 + below(3)) * engine::decimal_one};
    a.price = engine::Decimal{price().value + 2 * engine::decimal_one};
    return of(a);
}

inline engine::Command MixedFlow::regulator() {
    switch (below(8)) {
        case 0: {
            engine::SuspendDynamic s;
            s.family = family();
            s.until = one_in(2) ? engine::Time{} : now_ + engine::second * below(600);
            return of(s);
        }
        case 1: {
            engine::Kill k;
            k.scope = one_in(2) ? engine::KillScope::account : engine::KillScope::instrument;
            k.target = engine::AccountId{4};
            k.instrument = hour();
            k.on = one_in(2);
            return of(k);
        }
        case 2:
        case 3:
        case 4: return phase(static_cast<engine::PhaseAction>(below(3)), hour(), now_ + engine::minute * 2);
        default:
            // The version is a guess that is right now and then: the changes count up from one.
            BandBuilder change = band().of(family()).guidance(engine::Decimal{(1'370 + below(60)) * 10'000});
            change.expecting(static_cast<std::uint32_t>(1 + below(60)));
            if (one_in(2)) change.effective(now_ + engine::minute * below(90));
            return change;
    }
}

inline engine::Command MixedFlow::session() {
    if (!one_in(2) && connection_ > 1)
        return of(engine::CloseSession{}, {connection_ - static_cast<std::uint32_t>(below(3)), 1});
    engine::OpenSession open;
    open.grace_ms = static_cast<std::uint32_t>(below(3) * 5'000);
    open.mode = static_cast<engine::CancelOnDisconnect>(below(3));
    return of(open, {++connection_, 1});
}

inline engine::Command MixedFlow::participant() {
    if (one_in(3)) return credit(who(), static_cast<int>(below(1'000)));
    if (one_in(2)) return resource(who(), static_cast<int>(1 + below(5)), family());
    return withdraw(who(), static_cast<std::uint32_t>(below(60)));
}

}  // namespace gridbook::tests
