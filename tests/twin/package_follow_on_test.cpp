// SPDX-License-Identifier: Apache-2.0
// Thousands of grants that are noticed, carried over and expire at one instant: what is to be told goes on in
// follow-ons, and a snapshot in the middle is the same market.
#include <catch2/catch.hpp>

#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"
#include "tests/engine/snapshot_bytes.hpp"
#include "tests/twin/pair.hpp"

namespace gridbook::twin {

namespace {

constexpr engine::AccountId seller{0}, issuer{1}, buyer{2};
constexpr std::uint32_t grants = 4'500;
constexpr int blocks = 3'600;  // four fifths

class Grants {
  public:
    Grants() {
        engine::Genesis g = tests::small_genesis();
        g.deliveries = g.positions;
        g.draws_log2 = 4;
        g.packages = 300;
        send(engine::Command::of(g));
        send(engine::Command::of(tests::h100_class()));
        send(engine::Command::of(tests::east_zone()));
        engine::DefineTier tier;
        tier.name = engine::Text<8>{"T1"};
        tier.product = engine::Product::token;
        send(engine::Command::of(tier));
        engine::DefineFamily family = tests::h100_family("2.00", 3);
        family.product = engine::Product::token;
        send(engine::Command::of(family));
        for (const char* name : {"seller", "issuer", "buyer"})
            send(engine::Command::of(tests::account(name)));
        for (const engine::AccountId a : {seller, issuer, buyer}) send(tests::credit(a, 100'000));
        send(tests::resource(seller, blocks, engine::FamilyId{0}));
        hold();
        sell();
    }
    void at(engine::Time time) {
        now_ = time;
        send(engine::Command::of(engine::AdvanceTime{}));
    }
    // The changes that were told to the buyer, all of this kind.
    std::size_t told(engine::GrantChange change) const {
        std::size_t n = 0;
        for (const engine::Event& e : pair_.told())
            if (e.kind() == engine::EventKind::grant && e.header.account == buyer)
                n += e.as<engine::GrantChanged>().change == change;
        return n;
    }
    Pair& pair() { return pair_; }

  private:
    void hold() {
        const auto day = engine::instrument(engine::FamilyId{0},
                                            engine::period_at(tests::clock(24), engine::Product::token));
        for (int k = 0; k < 6; ++k) {
            const std::string cid = std::to_string(k);
            send(tests::sell(blocks / 6).of(day).at("2.00").from(seller).as("s-" + cid));
            send(tests::buy(blocks / 6).of(day).at("2.00").from(issuer).as("b-" + cid));
        }
    }
    void sell() {
        engine::OfferPackage o;
        o.blocks = 1;
        o.days = 2;
        o.carry = 50;
        o.price = tests::money("1");
        send(engine::Command::of(o, issuer, engine::no_key, tests::asked));
        engine::BuyPackage b;
        b.package = engine::PackageId{1};
        b.qty = 1;
        for (std::uint32_t k = 1; k <= grants; ++k) {
            b.purchase = engine::Text<32>{"p-" + std::to_string(k)};
            send(engine::Command::of(b, buyer, engine::no_key, tests::asked));
        }
    }
    void send(const engine::Command& command) {
        const auto difference = pair_.send({command, now_});
        INFO(difference.value_or(""));
        REQUIRE_FALSE(difference.has_value());
    }

    Pair pair_;
    engine::Time now_ = tests::day_one;
};

}  // namespace

TEST_CASE("4,500 grants are noticed, carried over and expire, each at one instant", "[twin]") {
    Grants g;
    REQUIRE(g.pair().twin().grants().size() == grants);
    g.at(tests::clock(24));
    CHECK(g.told(engine::GrantChange::notice) == grants);
    tests::Bytes bytes;
    REQUIRE(g.pair().driver().exchange().save(bytes));
    const std::size_t from = g.pair().driver().journal().size();
    std::size_t before = g.pair().follow_ons();
    g.at(tests::clock(48));
    CHECK(g.told(engine::GrantChange::carried) == grants);
    CHECK(g.pair().follow_ons() > before);
    CHECK_FALSE(g.pair().ask_everything().has_value());
    before = g.pair().follow_ons();
    g.at(tests::clock(72));
    CHECK(g.told(engine::GrantChange::notice) == grants);
    CHECK(g.pair().follow_ons() > before);
    g.at(tests::clock(96));
    CHECK(g.told(engine::GrantChange::expired) == grants);
    CHECK(g.pair().twin().grants().empty());
    CHECK(g.pair().twin().packages().size() == 1);
    engine::Exchange restored;
    engine::EventBuffer buffer;
    REQUIRE(restored.restore(bytes) == engine::SnapshotError::none);
    const auto& journal = g.pair().driver().journal();
    for (std::size_t k = from; k < journal.size(); ++k) {
        engine::EventSink sink = buffer.sink();
        restored.apply(journal[k], sink);
    }
    CHECK(restored.state_hash() == g.pair().driver().exchange().state_hash());
}

}  // namespace gridbook::twin
