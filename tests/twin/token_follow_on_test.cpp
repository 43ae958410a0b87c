// SPDX-License-Identifier: Apache-2.0
// Token days of hundreds of sellers: one draw takes the first 256 holdings of a class and no more, and what
// the end of a day has to tell goes on in follow-ons. And markets with draws, out of a snapshot.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"
#include "tests/engine/snapshot_bytes.hpp"
#include "tests/twin/pair.hpp"

namespace gridbook::twin {

namespace {

constexpr std::uint32_t sellers = 300;
constexpr std::uint16_t families = 4;
constexpr engine::AccountId buyer{sellers};

engine::Genesis large_genesis() {
    engine::Genesis g = tests::small_genesis();
    g.accounts = sellers + 1;
    g.resources = sellers * families;
    g.deliveries = g.positions;
    g.draws_log2 = 4;
    return g;
}

// Each seller sells a block of one class in each of four zones, one account buys them all.
class Blocks {
  public:
    Blocks() {
        send(engine::Command::of(large_genesis()));
        send(engine::Command::of(tests::h100_class()));
        engine::DefineTier tier;
        tier.name = engine::Text<8>{"T1"};
        tier.product = engine::Product::token;
        send(engine::Command::of(tier));
        for (std::uint16_t f = 0; f < families; ++f) list(f);
        for (std::uint32_t a = 0; a <= sellers; ++a) {
            send(engine::Command::of(tests::account("member-" + std::to_string(a))));
            send(tests::credit(engine::AccountId{a}, 100'000));
            for (std::uint16_t f = 0; f < families && a < sellers; ++f)
                send(tests::resource(engine::AccountId{a}, 1, engine::FamilyId{f}));
        }
    }
    void trade() {
        for (std::uint16_t f = 0; f < families; ++f) {
            const auto day = engine::instrument(engine::FamilyId{f},
                                                engine::period_at(tests::clock(24), engine::Product::token));
            for (std::uint32_t a = 0; a < sellers; ++a) order(tests::sell(1).of(day), engine::AccountId{a});
            order(tests::buy(sellers).of(day), buyer);
        }
    }
    void at(engine::Time time) {
        now_ = time;
        send(engine::Command::of(engine::AdvanceTime{}));
    }
    void draw(const char* usage, std::uint64_t uncached) {
        engine::DrawTokens d;
        d.uncached = uncached;
        d.usage = engine::Text<32>{usage};
        send(engine::Command::of(d, buyer, engine::no_key, tests::asked));
    }
    Pair& pair() { return pair_; }

  private:
    void list(std::uint16_t f) {
        engine::DefineZone zone = tests::east_zone();
        zone.name = engine::Text<16>{"ZONE-" + std::to_string(f)};
        send(engine::Command::of(zone));
        engine::DefineFamily family = tests::h100_family("2.00", 3);
        family.zone_id = engine::ZoneId{f};
        family.product = engine::Product::token;
        send(engine::Command::of(family));
    }
    void order(tests::OrderBuilder order, engine::AccountId account) {
        send(order.at("2.00").from(account).as("o-" + std::to_string(++orders_)));
    }
    void send(const engine::Command& command) {
        auto difference = pair_.send({command, now_});
        if (!difference) difference = broken_invariant(pair_.twin());
        INFO(difference.value_or(""));
        REQUIRE_FALSE(difference.has_value());
    }

    Pair pair_;
    engine::Time now_ = tests::day_one;
    int orders_ = 0;
};

std::size_t told(const Pair& pair, engine::EventKind kind) {
    return static_cast<std::size_t>(std::count_if(pair.told().begin(), pair.told().end(),
                                                  [&](const auto& e) { return e.kind() == kind; }));
}

}  // namespace

TEST_CASE("a draw looks at 256 holdings; what 1,200 token days have to tell goes on in follow-ons",
          "[twin]") {
    Blocks b;
    b.trade();
    b.at(tests::clock(24));
    REQUIRE(b.pair().twin().deliveries().size() == sellers * families);
    b.draw("too much", 256'000'001);
    const auto refused = b.pair().told().at(0).as<engine::Refused>();
    CHECK(refused.reason == engine::RejectReason::quota_exhausted);
    CHECK(refused.limit_high == 256 * static_cast<std::int64_t>(engine::block_quarters));
    b.draw("all", 256'000'000);
    REQUIRE(b.pair().told().size() == 1 + 2 * 256);
    CHECK(b.pair().told().at(0).as<engine::TokensDrawn>().holdings == 256);
    CHECK(b.pair().told().at(0).as<engine::TokensDrawn>().remaining == 0);
    b.draw("those behind them", 1);
    CHECK(b.pair().told().at(0).as<engine::TokensDrawn>().holding.value == 257);
    CHECK_FALSE(b.pair().ask_everything().has_value());
    b.at(tests::clock(46));
    CHECK(told(b.pair(), engine::EventKind::holding) == sellers * families - 256);
    const std::size_t before = b.pair().follow_ons();
    b.at(tests::clock(48));
    CHECK(told(b.pair(), engine::EventKind::delivery) == 2 * sellers * families);
    CHECK(told(b.pair(), engine::EventKind::holding) == 2 * (sellers * families - 256));
    CHECK(b.pair().follow_ons() > before);
    b.at(tests::clock(49));
    CHECK(b.pair().twin().deliveries().empty());
}

TEST_CASE("a market with draws restored in the middle of a flow is the same market", "[twin]") {
    std::size_t drawn = 0;
    for (const std::uint64_t seed : {2u, 4u, 8u}) {
        Pair pair;
        Flow flow(seed, pair.twin(), false, true);
        engine::Exchange restored;
        engine::EventBuffer buffer;
        std::size_t known = 0;  // commands of the journal that `restored` stands behind
        for (int i = 0; i < 5'000; ++i) {
            const auto difference = pair.send(flow.next());
            INFO(difference.value_or(""));
            REQUIRE_FALSE(difference.has_value());
            drawn += told(pair, engine::EventKind::tokens_drawn);
            const auto& journal = pair.driver().journal();
            for (; known != 0 && known < journal.size(); ++known) {
                engine::EventSink sink = buffer.sink();
                restored.apply(journal[known], sink);
            }
            const engine::Exchange& exchange = pair.driver().exchange();
            if (known != 0 && i % 10 == 0) REQUIRE(restored.state_hash() == exchange.state_hash());
            if (i % 600 != 500) continue;
            tests::Bytes bytes;
            REQUIRE(exchange.save(bytes));
            REQUIRE(restored.restore(bytes) == engine::SnapshotError::none);
            REQUIRE(restored.next_timer() == exchange.next_timer());
            known = journal.size();
        }
    }
    CHECK(drawn > 0);
}

}  // namespace gridbook::twin
