// SPDX-License-Identifier: Apache-2.0
// Regulated markets (a benchmark, families that follow it, factors, two regulators): restored from a snapshot
// in the middle of a flow they are the same markets, effects above 4,096 events go on in follow-ons, and
// proposals have a limit.
#include <algorithm>
#include <catch2/catch.hpp>
#include <span>

#include "engine/snapshot/snapshot.hpp"
#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"
#include "tests/engine/snapshot_bytes.hpp"
#include "tests/twin/flow.hpp"
#include "tests/twin/pair.hpp"

namespace gridbook::twin {

namespace {

using tests::Bytes;

engine::DefineClass class_of(const char* name, std::uint16_t k, bool benchmark) {
    engine::DefineClass c = tests::h100_class();
    c.name = engine::Text<16>{name};
    c.k_train = c.k_infer = k;
    c.benchmark = benchmark;
    return c;
}

// H100 is the benchmark, A100 follows it; bert sells A100.
class Regulated {
  public:
    Regulated() {
        send(engine::Command::of(tests::small_genesis()));
        send(engine::Command::of(class_of("H100", 1'000, true)));
        send(engine::Command::of(class_of("A100", 500, false)));
        send(engine::Command::of(tests::east_zone()));
        send(engine::Command::of(tests::g2_tier()));
        send(engine::Command::of(tests::h100_family()));
        engine::DefineFamily follower = tests::h100_family();
        follower.class_id = engine::ClassId{1};
        follower.guidance = {};
        send(engine::Command::of(follower));
        for (const char* name : {"acme", "bert"}) send(engine::Command::of(tests::account(name)));
        send(tests::credit(tests::Market::bert, 1'000'000));
        send(tests::resource(tests::Market::bert, 9'000, engine::FamilyId{1}));
    }
    void send(const engine::Command& command) {
        const auto difference = pair.send({command, tests::day_one});
        INFO(difference.value_or(""));
        REQUIRE_FALSE(difference.has_value());
    }
    Pair pair;
};

}  // namespace

TEST_CASE("a regulated market restored in the middle of a flow is the same market", "[twin]") {
    std::size_t proposed = 0;
    for (const std::uint64_t seed : {3u, 6u, 9u}) {
        Pair pair;
        Flow flow(seed, pair.twin(), true);
        engine::Exchange restored;
        engine::EventBuffer buffer;
        std::size_t known = 0;  // commands of the journal that `restored` stands behind
        for (int i = 0; i < 3'000; ++i) {
            REQUIRE_FALSE(pair.send(flow.next()).has_value());
            const auto& journal = pair.driver().journal();
            for (; known != 0 && known < journal.size(); ++known) {
                engine::EventSink sink = buffer.sink();
                restored.apply(journal[known], sink);
            }
            const engine::Exchange& exchange = pair.driver().exchange();
            if (known != 0) REQUIRE(restored.state_hash() == exchange.state_hash());
            if (i % 750 != 500) continue;
            Bytes bytes;
            REQUIRE(exchange.save(bytes));
            REQUIRE(restored.restore(bytes) == engine::SnapshotError::none);
            REQUIRE(restored.next_timer() == exchange.next_timer());
            known = journal.size();
        }
        proposed += pair.twin().changes().size();
    }
    CHECK(proposed > 0);
}

TEST_CASE("a benchmark and a factor that park 4,500 orders of a follower go on in follow-ons", "[twin]") {
    Regulated r;
    for (int i = 0; i < 4'500; ++i)
        r.send(tests::sell("0.1")
                   .at("9.50")
                   .of(tests::hour_of(1, 12))
                   .from(tests::Market::bert)
                   .as("s-" + std::to_string(i)));
    r.send(tests::band().guidance("12.00").expecting(1));
    CHECK(r.pair.told().size() == 2 + 4'500);
    r.send(tests::band().guidance("14.00").expecting(2));
    CHECK(r.pair.follow_ons() >= 2);
    engine::SetFactors k;
    k.class_id = engine::ClassId{1};
    k.expect = 1;
    k.k_train = k.k_infer = 450;
    r.send(engine::Command::of(k));
    CHECK(r.pair.told().size() == 2 + 4'500);
    CHECK(r.pair.follow_ons() >= 3);
    CHECK_FALSE(r.pair.ask_everything().has_value());
}

TEST_CASE("256 changes wait for a second regulator, one more is refused by name", "[twin]") {
    Regulated r;
    engine::SetRules rules;
    rules.four_eyes = engine::BasisPoints{100};
    r.send(engine::Command::of(rules));
    for (int i = 0; i < 257; ++i) r.send(tests::band().guidance("15.00").expecting(1));
    const auto refused = r.pair.told().at(0).as<engine::Refused>();
    CHECK(refused.reason == engine::RejectReason::engine_limit);
    CHECK(refused.pool == engine::Pool::changes);
    // One that is done makes room, and is forgotten for the next.
    engine::DecideChange reject{.change = 7, .verdict = engine::Verdict::reject};
    r.send(engine::Command::of(reject, tests::Market::bert));
    r.send(tests::band().guidance("15.00").expecting(1));
    CHECK(r.pair.told().at(0).as<engine::ChangeProposed>().change.change == 257);
    CHECK_FALSE(r.pair.ask_everything().has_value());
}

}  // namespace gridbook::twin
