// SPDX-License-Identifier: Apache-2.0
#pragma once
// A market for worked vectors, told to the twin or to the exchange: the same commands, the same questions. It
// promises that `send` gives what the command told, with what its time told before it.

#include <catch2/catch.hpp>

#include "tests/engine/setup.hpp"
#include "tests/twin/alone.hpp"

namespace gridbook::twin {

// Behind the one interface of a story: the twin.
class TwinMarket {
  public:
    NaiveExchange::Events send(const engine::Command& c, engine::Time at) { return alone_.send({c, at}); }
    NaiveExchange::Events ask(const engine::Command& q) { return alone_.ask(q); }

  private:
    Alone alone_;
};

// And the exchange.
class EngineMarket {
  public:
    NaiveExchange::Events send(const engine::Command& c, engine::Time at) { return driver_.send(c, at); }
    NaiveExchange::Events ask(const engine::Command& q) { return driver_.ask(q); }

  private:
    tests::Driver driver_;
};

// Families: 0 is H100 with G 14.00; 1 H200, 2 910C, all with the width that the story asks for. A story of
// tokens has CHAT-L as family 3.
template <class Behind>
class Story {
  public:
    using Events = NaiveExchange::Events;
    static constexpr engine::AccountId acme{0}, bert{1}, carl{2};

    explicit Story(std::int32_t width, tests::Amount guidance = "14.00", bool delivers = false,
                   std::uint8_t draws_log2 = 0, std::uint16_t packages = 0) {
        engine::Genesis g = tests::small_genesis();
        if (delivers) g.deliveries = g.positions;
        g.draws_log2 = draws_log2;
        g.packages = packages;
        g.strips = 64;
        g.sessions = 16;
        send(engine::Command::of(g));
        send(engine::Command::of(tests::h100_class()));
        define_class("H200", 1'137);
        define_class("910C", 879);
        send(engine::Command::of(tests::east_zone()));
        send(engine::Command::of(tests::g2_tier()));
        const tests::Amount prices[] = {guidance, "15.92", "12.31"};
        for (std::uint16_t k = 0; k < 3; ++k) {
            engine::DefineFamily f = tests::h100_family(prices[k]);
            f.class_id = engine::ClassId{k};
            f.dynamic_width = engine::BasisPoints{width};
            send(engine::Command::of(f));
        }
        for (const char* name : {"acme", "bert", "carl"}) send(engine::Command::of(tests::account(name)));
        for (std::uint32_t a = 0; a < 3; ++a) {
            send(tests::credit(engine::AccountId{a}, 1'000'000));
            for (std::uint16_t f = 0; f < 3; ++f)
                send(tests::resource(engine::AccountId{a}, 9'000, engine::FamilyId{f}));
        }
    }
    Events send(const engine::Command& command) { return behind_.send(command, now_); }
    Events at(engine::Time time) {
        now_ = time;
        return send(tests::advance());
    }
    Events after(engine::Duration d) { return at(now_ + d); }
    Events ask(const engine::Command& question) { return behind_.ask(question); }
    engine::Time now() const { return now_; }

    // Orders with a cid of their own.
    Events buy(tests::Amount qty, tests::Amount price, engine::InstrumentId i, engine::AccountId who = acme) {
        return send(tests::buy(qty).at(price).of(i).from(who).as(next()));
    }
    Events sell(tests::Amount qty, tests::Amount price, engine::InstrumentId i,
                engine::AccountId who = bert) {
        return send(tests::sell(qty).at(price).of(i).from(who).as(next()));
    }
    Events strip(int first, std::uint16_t hours, tests::Amount qty, tests::Amount price,
                 engine::Side side = engine::Side::buy, engine::AccountId who = acme) {
        engine::PlaceStrip p;
        p.cid = engine::Cid{next()};
        p.family = engine::FamilyId{0};
        p.start = tests::hour_of(0, first).period;
        p.hours = hours;
        p.qty = qty.value;
        p.price = price.value;
        p.side = side;
        return send(engine::Command::of(p, who, engine::no_key, tests::asked));
    }
    // Deliveries: reports of either side, and an offer of who stands by.
    Events ready(engine::DeliveryId d, engine::AccountId who = bert) {
        engine::ReportReady r;
        r.delivery = d;
        r.endpoint = engine::Text<32>{"host-1:22"};
        return send(engine::Command::of(r, who, engine::no_key, tests::asked));
    }
    Events meter(engine::DeliveryId d, std::uint32_t minute, tests::Amount available,
                 engine::AccountId who = bert) {
        engine::ReportMeter m;
        m.delivery = d;
        m.minute = minute;
        m.available = available.value;
        return send(engine::Command::of(m, who, engine::no_key, tests::asked));
    }
    Events stand_by(tests::Amount qty, tests::Amount price, engine::InstrumentId i, engine::AccountId who) {
        engine::PlaceOrder p;
        p.cid = engine::Cid{next()};
        p.side = engine::Side::sell;
        p.instrument = i;
        p.qty = qty.value;
        p.price = price.value;
        p.standby = true;
        return send(engine::Command::of(p, who, engine::no_key, tests::asked));
    }
    // Tokens: days of CHAT-L at 2.00 a block; whoever tells this story has 1,000 blocks a day. And their use.
    void list_tokens() {
        define_class("CHAT-L", 1'000);
        engine::DefineTier t;
        t.name = engine::Text<8>{"T1"};
        t.product = engine::Product::token;
        t.availability = 99'000;
        send(engine::Command::of(t));
        engine::DefineFamily f = tests::h100_family("2.00", 5);
        f.class_id = engine::ClassId{3};
        f.tier_id = engine::TierId{1};
        f.product = engine::Product::token;
        send(engine::Command::of(f));
        for (std::uint32_t a = 0; a < 3; ++a)
            send(tests::resource(engine::AccountId{a}, 1'000, engine::FamilyId{3}));
    }
    Events draw(const engine::DrawTokens& d, engine::AccountId who = acme) {
        return send(engine::Command::of(d, who, engine::no_key, tests::asked));
    }
    // Packages: any of their commands.
    template <class Body>
    Events ask_for(const Body& body, engine::AccountId who) {
        return send(engine::Command::of(body, who, engine::no_key, tests::asked));
    }
    engine::BalanceRow balance(engine::AccountId who) {
        return ask(engine::Command::of(engine::QueryBalance{}, who, engine::no_key, tests::asked))
            .at(0)
            .template as<engine::BalanceRow>();
    }
    // What stands behind an order: its last cid is asked.
    engine::ExplainRow explain(engine::AccountId who) {
        engine::QueryExplain q;
        q.cid = engine::Cid{last_};
        return ask(engine::Command::of(q, who, engine::no_key, tests::asked))
            .at(0)
            .template as<engine::ExplainRow>();
    }
    engine::StripEvent strip_row(engine::OrderId id, engine::AccountId who = acme) {
        engine::QueryOrder q;
        q.order = id;
        const auto rows = ask(engine::Command::of(q, who, engine::no_key, tests::asked));
        return rows.at(0).template as<engine::StripRow>().strip;
    }

  private:
    void define_class(const char* name, std::uint16_t k) {
        engine::DefineClass c = tests::h100_class();
        c.name = engine::Text<16>{name};
        c.k_train = c.k_infer = k;
        send(engine::Command::of(c));
    }
    std::string next() { return last_ = "o-" + std::to_string(++cids_); }

    Behind behind_;
    engine::Time now_ = tests::day_one;
    int cids_ = 0;
    std::string last_;
};

// The bodies of one kind, in their order.
template <class Body>
std::vector<Body> all(const NaiveExchange::Events& events) {
    std::vector<Body> bodies;
    for (const engine::Event& e : events)
        if (e.kind() == Body::kind) bodies.push_back(e.as<Body>());
    return bodies;
}

// The one event that was told: a refusal.
inline engine::Refused refusal(const NaiveExchange::Events& events) {
    REQUIRE(events.size() == 1);
    REQUIRE(events[0].kind() == engine::EventKind::refused);
    return events[0].as<engine::Refused>();
}

}  // namespace gridbook::twin
