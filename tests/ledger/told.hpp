// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events made by hand: what an exchange might tell, right or wrong. The rates are those of market-rules
// section 6.

#include "ledger/audit/market_checks.hpp"
#include "support.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::ledger::test {

inline constexpr engine::AccountId buyer{0}, seller{1}, other{2};

struct Told {
    engine::Sequence sequence{1};
    std::map<engine::AccountId, std::uint64_t> numbers;

    template <class Body>
    engine::Event event(const Body& body, engine::AccountId account, bool numbered = false) {
        engine::Event e;
        e.header.sequence = sequence;
        e.header.time = tests::day_one;
        e.header.account = account;
        if (numbered) e.header.number = engine::StreamNumber{++numbers[account]};
        e.set(body);
        return e;
    }
    engine::Event family() { return event(engine::FamilyDefined{}, engine::no_account); }
    engine::Event band(const char* floor, const char* guidance, const char* ceiling,
                       engine::BandStatus status = engine::BandStatus::applied) {
        const auto price = [](const char* text) {
            return engine::Price{static_cast<std::int32_t>(engine::ticks_of(tests::decimal(text)))};
        };
        engine::BandChanged b;
        b.family = engine::FamilyId{0};
        b.status = status;
        b.version = 1;
        b.floor = price(floor);
        b.guidance = price(guidance);
        b.ceiling = price(ceiling);
        return event(b, engine::no_account);
    }
    engine::Event phase(engine::Phase phase) {
        engine::PhaseChanged p;
        p.instrument = tests::noon;
        p.phase = phase;
        return event(p, engine::no_account);
    }
    engine::Event opened(engine::AccountId account) {
        engine::AccountOpened a;
        a.group = engine::GroupId{account.value};
        return event(a, account);
    }
    engine::Event credited(engine::AccountId account, const char* amount) {
        engine::Credited c;
        c.amount = tests::money(amount);
        return event(c, account, true);
    }
    engine::Event resource(engine::AccountId account, std::int64_t lots) {
        engine::ResourceRegistered r;
        r.family = engine::FamilyId{0};
        r.count = r.registered = engine::Quantity{lots};
        return event(r, account, true);
    }

    // A tier as H100.CN-EAST.G2 has it, told before the family.
    engine::Event tier(std::uint32_t availability, std::int32_t penalty) {
        engine::TierDefined t;
        t.availability = availability;
        t.penalty = engine::BasisPoints{penalty};
        return event(t, engine::no_account);
    }

    struct Order {
        std::uint64_t id;
        engine::AccountId account;
        engine::Side side;
        const char* price;
        std::uint32_t qty;  // lots
        const char* hold;   // as the event tells it
    };
    engine::OrderEvent body(const Order& o) {
        engine::OrderEvent e;
        e.order = engine::OrderId{o.id};
        e.cid = engine::Cid{"cid-" + std::to_string(o.id)};
        e.hold = tests::money(o.hold);
        e.instrument = tests::noon;
        e.price = engine::Price{static_cast<std::int32_t>(engine::ticks_of(tests::decimal(o.price)))};
        e.qty = e.leaves = o.qty;
        e.side = o.side;
        e.state = engine::OrderState::open;
        return e;
    }
    engine::Event order(const Order& o) { return event(body(o), o.account, true); }
    engine::Event replaced(const Order& o, std::uint32_t cum, bool kept) {
        auto e = body(o);
        e.cum = cum;
        e.leaves = o.qty - cum;
        e.replaced = true;
        e.priority_kept = kept;
        return event(e, o.account, true);
    }
    engine::Event parked(const Order& o) {
        auto e = body(o);
        e.state = engine::OrderState::parked;
        return event(e, o.account, true);
    }
    engine::Event cancelled(const Order& o) {
        auto e = body(o);
        e.state = engine::OrderState::cancelled;
        e.leaves = 0;
        e.hold = {};
        return event(e, o.account, true);
    }

    struct Match {
        std::uint64_t trade, order;
        engine::AccountId account;
        engine::Side side;
        engine::Liquidity liquidity;
        const char* price;
        std::uint32_t qty, leaves;
        const char *fee, *tax, *released;
    };
    engine::Event fill(const Match& m) {
        engine::Fill f;
        f.order = engine::OrderId{m.order};
        f.cid = engine::Cid{"cid-" + std::to_string(m.order)};
        f.trade = engine::TradeId{m.trade};
        f.fee = tests::money(m.fee);
        f.tax = tests::money(m.tax);
        f.released = tests::money(m.released);
        f.instrument = tests::noon;
        f.price = engine::Price{static_cast<std::int32_t>(engine::ticks_of(tests::decimal(m.price)))};
        f.qty = m.qty;
        f.leaves = m.leaves;
        f.side = m.side;
        f.liquidity = m.liquidity;
        return event(f, m.account, true);
    }
};

}  // namespace gridbook::ledger::test
