// SPDX-License-Identifier: Apache-2.0
// Names and ids, built from events.
#include "gateway/directory.hpp"

#include <catch2/catch.hpp>

#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

struct Named {
    Directory directory;
    Journal journal{directory};
    Named() {
        journal.start(engine::ClockMode::replay);
        journal.catalogue();
    }
};

engine::InstrumentId gpu(std::uint32_t hours) {
    return engine::instrument(engine::FamilyId{0}, engine::Period{hours});
}

}  // namespace

TEST_CASE("a symbol names a family and a window", "[directory]") {
    const Named n;
    constexpr std::uint32_t day = 20'788;  // 2026-12-01, counted from the epoch
    CHECK(n.directory.instrument("H100.CN-EAST.G2.20261201T01Z") == gpu(day * 24 + 1));
    CHECK(n.directory.instrument("H100.CN-EAST.G2.19700101T00Z") == gpu(0));
    CHECK(n.directory.instrument("CHAT-L.CN-EAST.T1.20261201") ==
          engine::instrument(engine::FamilyId{1}, engine::Period{day}));
    CHECK(n.directory.symbol(gpu(day * 24 + 1)) == "H100.CN-EAST.G2.20261201T01Z");
    CHECK(n.directory.symbol(engine::instrument(engine::FamilyId{1}, engine::Period{day})) ==
          "CHAT-L.CN-EAST.T1.20261201");
}

TEST_CASE("what is written as a symbol is read back the same", "[directory]") {
    const Named n;
    for (std::uint32_t hours = 0; hours < 3'000'000; hours += 977) {
        const std::string symbol = n.directory.symbol(gpu(hours));
        INFO(symbol);
        REQUIRE(n.directory.instrument(symbol) == gpu(hours));
    }
    for (std::uint32_t days = 0; days < 80'000; days += 31) {
        const auto token = engine::instrument(engine::FamilyId{1}, engine::Period{days});
        REQUIRE(n.directory.instrument(n.directory.symbol(token)) == token);
    }
}

TEST_CASE("a symbol that could not exist names nothing", "[directory]") {
    const Named n;
    for (const char* symbol : {"",
                               ".",
                               "H100",
                               "H100.CN-EAST.G2",
                               "H100.CN-EAST.G2.",
                               "H100.CN-EAST.G2.20261201",
                               "H100.CN-EAST.G2.20261201T1Z",
                               "H100.CN-EAST.G2.20261201T24Z",
                               "H100.CN-EAST.G2.20261201T01",
                               "H100.CN-EAST.G2.20261201t01Z",
                               "H100.CN-EAST.G2.20261201T01z",
                               "H100.CN-EAST.G2.20261301T01Z",
                               "H100.CN-EAST.G2.20260229T01Z",
                               "H100.CN-EAST.G2.20260431T01Z",
                               "H100.CN-EAST.G2.20261200T01Z",
                               "H100.CN-EAST.G2.19691231T23Z",
                               "H100.CN-EAST.G2.00000101T00Z",
                               "H100.CN-EAST.G2.2026120-T01Z",
                               "H100.CN-EAST.G2.20261201T0AZ",
                               "H100.CN-EAST.G2.20261201T01Z ",
                               " H100.CN-EAST.G2.20261201T01Z",
                               "H100.CN-EAST.G3.20261201T01Z",
                               "h100.CN-EAST.G2.20261201T01Z",
                               "CHAT-L.CN-EAST.T1.20261201T01Z",
                               "CHAT-L.CN-EAST.T1.2026120"}) {
        INFO(symbol);
        CHECK_FALSE(n.directory.instrument(symbol));
    }
    CHECK(n.directory.instrument("H100.CN-EAST.G2.20280229T01Z"));
}

TEST_CASE("accounts and keys are learnt from events, and a key may change", "[directory]") {
    Named n;
    const auto acme = n.journal.account("acme", engine::role::buyer);
    n.journal.key("k-1", acme, PublicKey{1}, engine::role::buyer);
    n.journal.key("k-2", acme, PublicKey{2}, engine::role::observer);
    REQUIRE(n.directory.key_index("k-2") == engine::KeyIndex{1});
    CHECK(n.directory.account_id("acme") == acme);
    CHECK_FALSE(n.directory.account_id("nobody"));
    n.journal.key("k-1", acme, PublicKey{3}, 0);
    CHECK(n.directory.keys().size() == 2);
    CHECK(n.directory.keys()[0].roles == 0);
    CHECK(n.directory.keys()[0].public_key == PublicKey{3});
}

TEST_CASE("whose a resource is and of which family is known until it is withdrawn", "[directory]") {
    Named n;
    const auto prov = n.journal.account("prov", engine::role::provider);
    n.journal.apply(engine::ResourceRegistered{.resource = 4, .family = engine::FamilyId{1}}, prov, 1);
    n.journal.apply(engine::ResourceRegistered{.resource = 7, .family = engine::FamilyId{0}}, prov, 2);
    REQUIRE(n.directory.resource(4));
    CHECK(n.directory.resource(4)->account == prov);
    CHECK(n.directory.resource(4)->family == engine::FamilyId{1});
    CHECK_FALSE(n.directory.resource(5));
    n.journal.apply(engine::ResourceWithdrawn{.resource = 4, .family = engine::FamilyId{1}}, prov, 3);
    CHECK_FALSE(n.directory.resource(4));
    CHECK(n.directory.resource(7));
}

TEST_CASE("counters move with every event", "[directory]") {
    Named n;
    const auto acme = n.journal.account("acme", engine::role::buyer);
    n.journal.apply(engine::Credited{.amount = engine::Money{1}}, acme, 7);
    CHECK(n.directory.accounts()[acme.value].number == 7);
    CHECK(n.directory.sequence() == engine::Sequence{10});
    CHECK(n.directory.time() == engine::Time{1'000'010});
    CHECK(n.directory.clock() == engine::ClockMode::replay);
    CHECK(n.directory.epoch() == engine::Time{1'000'001});
}

TEST_CASE("a band is in force, or waits for its time", "[directory]") {
    Named n;
    const auto told = [&](engine::BandStatus status, std::uint32_t version) {
        n.journal.apply(
            engine::BandChanged{.family = engine::FamilyId{0}, .status = status, .version = version});
    };
    const Directory::Family& family = n.directory.families()[0];
    told(engine::BandStatus::applied, 1);
    told(engine::BandStatus::scheduled, 2);
    CHECK(family.band.version == 1);
    REQUIRE(family.scheduled);
    CHECK(family.scheduled->version == 2);
    told(engine::BandStatus::in_force, 2);
    CHECK(family.band.version == 2);
    CHECK_FALSE(family.scheduled);
}

}  // namespace gridbook::gateway::rim
