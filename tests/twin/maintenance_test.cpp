// SPDX-License-Identifier: Apache-2.0
// As much maintenance as may be declared, told to both: 256 of an account in a family, 16,384 in all, and the
// list that is too long for a page. What is over makes room again.
#include <catch2/catch.hpp>

#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"
#include "tests/twin/pair.hpp"

namespace gridbook::twin {

namespace {

constexpr std::uint32_t in_family = 256, in_all = 16'384;
constexpr std::uint16_t families = 4;
constexpr engine::AccountId first{0}, last{61};

// The first account has a resource in each of four families, then one more; each other one has one.
class Crowd {
  public:
    Crowd() {
        send(engine::Command::of(tests::small_genesis()));
        send(engine::Command::of(tests::h100_class()));
        send(engine::Command::of(tests::g2_tier()));
        for (std::uint16_t f = 0; f < families; ++f) list(f);
        for (std::uint32_t a = 0; a <= last.value; ++a)
            send(engine::Command::of(tests::account("member-" + std::to_string(a))));
        for (std::uint16_t f = 0; f < families; ++f) send(tests::resource(first, 500, engine::FamilyId{f}));
        send(tests::resource(first, 500));
        for (std::uint32_t a = 1; a <= last.value; ++a) send(tests::resource(engine::AccountId{a}, 500));
    }
    // A unit of the resource in the window that begins at noon.
    engine::Event declare(engine::AccountId who, std::uint32_t resource, int hour = 12) {
        send(tests::maintain(who, resource, tests::hour_of(0, hour).period, 1, 1));
        return pair_.told().back();
    }
    void fill(engine::AccountId who, std::uint32_t resource) {
        for (std::uint32_t k = 0; k < in_family; ++k)
            REQUIRE(declare(who, resource).kind() == engine::EventKind::maintenance);
    }
    void cancel(engine::AccountId who, std::uint32_t id) {
        engine::CancelMaintenance c;
        c.maintenance = engine::MaintenanceId{id};
        send(engine::Command::of(c, who, engine::no_key, tests::asked));
    }
    void at(engine::Time time) {
        now_ = time;
        send(engine::Command::of(engine::AdvanceTime{}));
    }
    // What the first account is told of its resources above this one.
    engine::RowsEnd page(std::uint32_t after) {
        engine::QueryResources q;
        q.after = after;
        q.limit = 1'000;
        NaiveExchange::Events rows;
        pair_.twin().answer(engine::Command::of(q, first, engine::no_key, tests::asked), rows);
        return rows.back().as<engine::RowsEnd>();
    }
    Pair& pair() { return pair_; }

  private:
    void list(std::uint16_t f) {
        engine::DefineZone zone = tests::east_zone();
        zone.name = engine::Text<16>{"ZONE-" + std::to_string(f)};
        send(engine::Command::of(zone));
        engine::DefineFamily family = tests::h100_family();
        family.zone_id = engine::ZoneId{f};
        send(engine::Command::of(family));
    }
    void send(const engine::Command& command) {
        const auto difference = pair_.send({command, now_});
        INFO(difference.value_or(""));
        REQUIRE_FALSE(difference.has_value());
    }

    Pair pair_;
    engine::Time now_ = tests::day_one;
};

std::int64_t limit_of(const engine::Event& told) {
    REQUIRE(told.kind() == engine::EventKind::refused);
    const auto r = told.as<engine::Refused>();
    CHECK(r.reason == engine::RejectReason::engine_limit);
    CHECK(r.pool == engine::Pool::maintenance);
    return r.limit_high;
}

}  // namespace

TEST_CASE("as much maintenance as may be declared, and no more until some is cancelled or over", "[twin]") {
    Crowd crowd;
    for (std::uint32_t resource = 1; resource <= families; ++resource) crowd.fill(first, resource);
    // The fifth resource is of the first family, where the account has declared all.
    CHECK(limit_of(crowd.declare(first, families + 1)) == in_family);
    CHECK(crowd.page(0).rows == families * (1 + in_family));
    CHECK(crowd.page(0).more);
    CHECK(crowd.page(families).rows == 1);
    CHECK_FALSE(crowd.page(families).more);
    CHECK_FALSE(crowd.pair().ask_everything().has_value());
    for (std::uint32_t a = 1; a <= in_all / in_family - families; ++a)
        crowd.fill(engine::AccountId{a}, families + 1 + a);
    REQUIRE(crowd.pair().twin().maintenances().size() == in_all);
    // All of it counts before the account's own.
    CHECK(limit_of(crowd.declare(last, families + 1 + last.value)) == in_all);
    CHECK(limit_of(crowd.declare(first, 1)) == in_all);
    crowd.cancel(first, 7);
    CHECK(crowd.declare(last, families + 1 + last.value).kind() == engine::EventKind::maintenance);
    // An hour after its window it is over, not before.
    crowd.at(tests::clock(13, 59, 59));
    CHECK(limit_of(crowd.declare(last, families + 1 + last.value, 20)) == in_all);
    crowd.at(tests::clock(14));
    CHECK(crowd.page(0).rows == families + 1);
    CHECK(crowd.declare(last, families + 1 + last.value, 20).kind() == engine::EventKind::maintenance);
    CHECK(crowd.pair().twin().maintenances().size() == 1);
    CHECK_FALSE(crowd.pair().ask_everything().has_value());
}

}  // namespace gridbook::twin
