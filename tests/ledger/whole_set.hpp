// SPDX-License-Identifier: Apache-2.0
#pragma once
// A day of the whole order set by seed, in a market with a dynamic band: market, fok, gtt, post-only, minimum
// quantity, every mode of self-trade prevention, strips, any-of, mass cancels, pauses, calls, kills.

#include "story.hpp"

namespace gridbook::ledger::test {

class WholeSet {
  public:
    WholeSet(Story& story, std::uint64_t seed) : story_(story), random_(seed) {
        using namespace tests;
        engine::DefineClass second = h100_class();
        second.name = engine::Text<16>{"H200"};
        second.k_train = second.k_infer = 1'137;
        story_.send(engine::Command::of(second));
        engine::DefineFamily family = h100_family("15.00");
        family.class_id = engine::ClassId{1};
        family.dynamic_width = engine::BasisPoints{500};
        story_.send(engine::Command::of(family));
        for (std::uint32_t a = 0; a < 4; ++a)
            story_.send(resource(engine::AccountId{a}, 3'000, engine::FamilyId{1}));
        // One more of the group of carl, so that there are own orders of another account.
        story_.send(engine::Command::of(account("dora", "carl")));
        story_.send(credit(engine::AccountId{4}, 100'000));
    }

    void trade(int commands) {
        for (int i = 0; i < commands; ++i) act();
    }

  private:
    std::int64_t draw(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool chance(std::int64_t one_in) { return draw(1, one_in) == 1; }
    engine::AccountId who() { return engine::AccountId{static_cast<std::uint32_t>(draw(0, 4))}; }
    engine::InstrumentId hour() {
        const int now = static_cast<int>((story_.now() - tests::day_one).value / engine::hour.value);
        return tests::hour_of(chance(3) ? 1 : 0, now + static_cast<int>(draw(1, 5)));
    }
    engine::Decimal price() { return engine::Decimal{draw(1'320, 1'560) * engine::tick_decimal}; }
    engine::Decimal lots(std::int64_t most) {
        return engine::Decimal{draw(1, most) * engine::gpu_lot_decimal};
    }
    engine::Cid next_cid() { return engine::Cid{"w" + std::to_string(++cids_)}; }
    engine::Cid some_cid() { return engine::Cid{"w" + std::to_string(draw(1, std::max(1, cids_)))}; }
    template <class Body>
    void send(const Body& body, engine::AccountId account) {
        story_.send(engine::Command::of(body, account, engine::no_key, tests::asked));
    }

    void place() {
        engine::PlaceOrder o;
        o.cid = next_cid();
        o.instrument = hour();
        o.price = price();
        o.qty = lots(200);
        o.side = static_cast<engine::Side>(draw(0, 1));
        o.self_trade = static_cast<engine::SelfTrade>(draw(0, 3));
        o.on_band = static_cast<engine::OnBand>(draw(0, 1));
        if (chance(8)) o.tif = engine::TimeInForce::ioc;
        if (chance(8)) o.tif = engine::TimeInForce::fok;
        if (chance(8)) {
            o.tif = engine::TimeInForce::gtt;
            o.expire = story_.now() + engine::minute * draw(1, 60);
        }
        if (chance(10))
            o.post_only = true;
        else if (chance(8))
            o.min_qty = lots(20);
        if (chance(12)) {
            o.type = engine::OrderType::market;
            o.price = {};
        }
        send(o, who());
    }
    void strip() {
        engine::PlaceStrip s;
        s.cid = next_cid();
        const engine::InstrumentId first = hour();
        s.family = first.family;
        s.start = first.period;
        s.hours = static_cast<std::uint16_t>(draw(2, 4));
        s.price = price();
        s.qty = engine::Decimal{draw(1, 3) * 10 * engine::gpu_lot_decimal};
        s.side = static_cast<engine::Side>(draw(0, 1));
        if (chance(4)) s.tif = engine::TimeInForce::fok;
        send(s, who());
    }
    void any_of() {
        engine::PlaceAnyOf a;
        a.cid = next_cid();
        a.families[0] = engine::FamilyId{0};
        a.families[1] = engine::FamilyId{1};
        a.count = 2;
        a.start = hour().period;
        a.hours = static_cast<std::uint16_t>(draw(1, 3));
        a.need = lots(60);
        a.price = price();
        send(a, who());
    }
    void oversee() {
        const engine::AccountId nobody = engine::no_account;
        switch (draw(0, 4)) {
            case 0:
                return send(engine::SetPhase{.scope = hour(), .action = engine::PhaseAction::pause}, nobody);
            case 1:
                return send(engine::SetPhase{.scope = hour(), .action = engine::PhaseAction::call}, nobody);
            case 2:
                return send(engine::SuspendDynamic{.family = engine::FamilyId{0},
                                                   .until = story_.now() + engine::minute * 20},
                            nobody);
            case 3: return send(engine::CancelAll{.scope = hour()}, who());
            default: {
                const engine::AccountId target = who();
                send(engine::Kill{.target = target, .scope = engine::KillScope::account}, nobody);
                send(engine::Kill{.target = target, .scope = engine::KillScope::account, .on = false},
                     nobody);
            }
        }
    }
    void move_band() {
        // Some change what the version of the moment is not; they are refused.
        story_.send(tests::band()
                        .guidance(tests::Amount(engine::Decimal{draw(1'380, 1'480) * engine::tick_decimal}))
                        .expecting(version_++));
    }
    void act() {
        switch (draw(0, 15)) {
            case 0: return send(engine::CancelOrder{.cid = some_cid()}, who());
            case 1:
            case 2:
                return send(engine::ReplaceOrder{.cid = some_cid(), .price = price(), .qty = lots(200)},
                            who());
            case 3:
            case 4: return strip();
            case 5: return any_of();
            case 6:
                story_.at(story_.now() + engine::second * draw(0, 90));
                if (chance(6)) story_.checkpoint();
                return;
            case 7:
                if (chance(6)) oversee();
                return;
            case 8:
                if (chance(20)) move_band();
                return;
            default: return place();
        }
    }

    Story& story_;
    std::mt19937_64 random_;
    int cids_ = 0;
    std::uint32_t version_ = 1;
};

}  // namespace gridbook::ledger::test
