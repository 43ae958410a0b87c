// SPDX-License-Identifier: Apache-2.0
// Maintenance: capacity is not there in the windows that were declared, what is owed is never taken away, and
// nothing outside of them changes (engine README, Capacity).
#include <catch2/catch.hpp>

#include "engine/state.hpp"
#include "tests/engine/setup.hpp"
#include "tests/engine/snapshot_bytes.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId prov = Market::prov, acme = Market::acme;
constexpr std::uint32_t own = 4;  // prov's resource: the fourth, of 9,000 units
constexpr FamilyId family{0};

Period in_hours(std::uint32_t hours) { return Period{period_at(day_one, Product::gpu).value + hours}; }

Command cancel_of(AccountId who, std::uint32_t maintenance) {
    CancelMaintenance c;
    c.maintenance = MaintenanceId{maintenance};
    return Command::of(c, who, no_key, asked);
}
MaintenanceChanged told(Market& m, const Command& command) {
    const Events events = m.send(command);
    REQUIRE(events.size() == 1);
    REQUIRE(events[0].kind() == EventKind::maintenance);
    CHECK(events[0].header.flags == event_flag::reply);
    CHECK(events[0].header.number != StreamNumber{});
    return events[0].as<MaintenanceChanged>();
}
Refused refused(Market& m, const Command& command) {
    const Events events = m.send(command);
    REQUIRE(events.size() == 1);
    REQUIRE(events[0].kind() == EventKind::refused);
    return events[0].as<Refused>();
}
std::int64_t units(std::int64_t n) { return n * decimal_one; }
// What prov may still sell in the hour: the limit of the refusal of more.
std::int64_t left_in(Market& m, Period hour, std::string_view cid) {
    const Refused r = refused(m, sell(9'001).at("14.00").of(instrument(family, hour)).from(prov).as(cid));
    REQUIRE(r.reason == RejectReason::capacity);
    return r.limit_high;
}

}  // namespace

TEST_CASE("what is in maintenance cannot be sold, in its windows alone", "[maintenance]") {
    Market m;
    const MaintenanceChanged declared = told(m, maintain(prov, own, in_hours(3), 2, 8'990));
    CHECK(declared.maintenance == MaintenanceId{1});
    CHECK(declared.state == MaintenanceState::declared);
    CHECK(decimal_of(declared.capacity, Product::gpu).value == units(10));
    CHECK(left_in(m, in_hours(2), "a") == units(9'000));
    CHECK(left_in(m, in_hours(3), "b") == units(10));
    CHECK(left_in(m, in_hours(4), "c") == units(10));
    CHECK(left_in(m, in_hours(5), "d") == units(9'000));
    m.send(sell(10).at("14.00").of(instrument(family, in_hours(3))).from(prov).as("e"));
    CHECK(left_in(m, in_hours(3), "f") == 0);
    // Another's capacity is its own.
    CHECK(m.send(sell(100).at("14.00").of(instrument(family, in_hours(3))).from(acme).as("g"))[0].kind() ==
          EventKind::order);
}

TEST_CASE("a sell strip needs capacity in every hour, those of maintenance too", "[maintenance]") {
    Market m;
    told(m, maintain(prov, own, in_hours(3), 1, 8'990));
    const auto three_hours = [](Amount qty, std::string_view cid) {
        return strip(Side::sell, qty).from_hour(2).hours(3).at("14.00").from(prov).as(cid);
    };
    const Refused r = refused(m, three_hours(11, "s-1"));
    CHECK(r.reason == RejectReason::capacity);
    CHECK(r.instrument == instrument(family, in_hours(3)));
    CHECK(r.limit_high == units(10));
    CHECK(m.send(three_hours(10, "s-2"))[0].kind() == EventKind::strip);
}

TEST_CASE("what is owed is never taken away", "[maintenance]") {
    Market m;
    m.send(sell(100).at("14.00").of(instrument(family, in_hours(4))).from(prov).as("a"));
    Refused r = refused(m, maintain(prov, own, in_hours(3), 3, 8'901));
    CHECK(r.reason == RejectReason::obligation);
    CHECK(r.field == RejectField::count);
    CHECK(r.instrument == instrument(family, in_hours(4)));
    CHECK(r.limit_high == units(99));
    CHECK(r.got == units(100));
    told(m, maintain(prov, own, in_hours(3), 3, 8'900));
    // Beside it nothing more, and the whole resource neither.
    r = refused(m, maintain(prov, own, in_hours(4), 1, "0.1"));
    CHECK(r.reason == RejectReason::obligation);
    CHECK(refused(m, withdraw(prov, own)).reason == RejectReason::obligation);
}

TEST_CASE("another resource may only be withdrawn where the rest suffices beside maintenance",
          "[maintenance]") {
    Market m;
    const auto more = m.send(resource(prov, 50))[0].as<ResourceRegistered>().resource;
    told(m, maintain(prov, own, in_hours(3), 1));  // the whole of it
    m.send(sell(20).at("14.00").of(instrument(family, in_hours(3))).from(prov).as("a"));
    const Refused r = refused(m, withdraw(prov, more));
    CHECK(r.reason == RejectReason::obligation);
    CHECK(r.limit_high == 0);
    CHECK(r.got == units(20));
    // The one in maintenance may go, and what was declared of it goes with it.
    CHECK(m.send(withdraw(prov, own))[0].kind() == EventKind::resource_withdrawn);
    CHECK(left_in(m, in_hours(3), "b") == units(30));
    CHECK(m.exchange().state().resources.maintenances().used() == 0);
}

TEST_CASE("what is cancelled is there again, also while it runs", "[maintenance]") {
    Market m;
    told(m, maintain(prov, own, in_hours(1), 8, 8'990));
    m.at(window_start(in_hours(2), Product::gpu));
    CHECK(left_in(m, in_hours(4), "a") == units(10));
    const MaintenanceChanged cancelled = told(m, cancel_of(prov, 1));
    CHECK(cancelled.state == MaintenanceState::cancelled);
    CHECK(cancelled.count == lots_of(Decimal{units(8'990)}, Product::gpu));
    CHECK(decimal_of(cancelled.capacity, Product::gpu).value == units(9'000));
    CHECK(left_in(m, in_hours(4), "b") == units(9'000));
    CHECK(refused(m, cancel_of(prov, 1)).field == RejectField::maintenance);
}

TEST_CASE("the capacity told is of the windows that are not final", "[maintenance]") {
    // Whether what is over was forgotten in between or not.
    const bool forgotten = GENERATE(false, true);
    Market m;
    told(m, maintain(prov, own, in_hours(1), 2, 8'990));
    told(m, maintain(prov, own, in_hours(1), 10, 5));
    m.at(window_end(in_hours(2), Product::gpu) + final_after);
    if (forgotten) told(m, maintain(prov, own, in_hours(100), 1));
    CHECK(m.exchange().state().resources.maintenances().used() == 2);
    CHECK(decimal_of(told(m, cancel_of(prov, 2)).capacity, Product::gpu).value == units(9'000));
}

TEST_CASE("what no maintenance may be", "[maintenance]") {
    Market m;
    const auto check = [&](const Command& command, RejectField field, std::int64_t low, std::int64_t high) {
        const Refused r = refused(m, command);
        CHECK(r.reason == RejectReason::format_value);
        CHECK(r.field == field);
        CHECK(r.limit_low == low);
        CHECK(r.limit_high == high);
    };
    check(maintain(prov, 99, in_hours(3), 1), RejectField::resource, 0, 0);
    check(maintain(acme, own, in_hours(3), 1), RejectField::resource, 0, 0);
    check(maintain(prov, own, in_hours(3), 0), RejectField::windows, 1, 744);
    check(maintain(prov, own, in_hours(3), 745), RejectField::windows, 1, 744);
    const std::int64_t next = window_start(in_hours(1), Product::gpu).value;
    const std::int64_t horizon = (day_one + maintenance_horizon).value;
    check(maintain(prov, own, in_hours(0), 1), RejectField::start, next, horizon);  // it runs
    check(maintain(prov, own, in_hours(366 * 24), 2), RejectField::start, next, horizon);
    check(maintain(prov, own, Period{UINT32_MAX}, 744), RejectField::start, next, horizon);
    CHECK(told(m, maintain(prov, own, in_hours(366 * 24), 1, 1)).windows == 1);
    CHECK(refused(m, maintain(prov, own, in_hours(3), 1, "0.05")).reason == RejectReason::lot);
    CHECK(refused(m, maintain(prov, own, in_hours(3), 1, "-1")).reason == RejectReason::qty_limit);
    CHECK(refused(m, maintain(AccountId{99}, own, in_hours(3), 1)).reason == RejectReason::account_unknown);
    check(cancel_of(acme, 1), RejectField::maintenance, 0, 0);
}

TEST_CASE("a resource is never in maintenance twice", "[maintenance]") {
    Market m;
    told(m, maintain(prov, own, in_hours(3), 4, 5'000));
    told(m, maintain(prov, own, in_hours(6), 4, 3'000));
    const Refused r = refused(m, maintain(prov, own, in_hours(2), 6, 1'001));
    CHECK(r.reason == RejectReason::qty_limit);
    CHECK(r.field == RejectField::count);
    CHECK(r.limit_low == decimal_one / 10);
    CHECK(r.limit_high == units(1'000));
    CHECK(r.got == units(1'001));
    // Without a count: the whole, and that is not there.
    CHECK(refused(m, maintain(prov, own, in_hours(2), 6)).got == units(9'000));
    CHECK(told(m, maintain(prov, own, in_hours(2), 6, 1'000)).capacity == Quantity{});
}

TEST_CASE("256 may be declared by one provider of a family; what is over makes room", "[maintenance]") {
    Market m;
    for (std::uint32_t i = 0; i < Maintenances::limit_of_family; ++i)
        told(m, maintain(prov, own, in_hours(3 + i), 1, 1));
    const Refused r = refused(m, maintain(prov, own, in_hours(300), 1, 1));
    CHECK(r.reason == RejectReason::engine_limit);
    CHECK(r.pool == Pool::maintenance);
    CHECK(r.limit_high == 256);
    // The first is final an hour after its end; one nanosecond before it is not.
    const Time over = window_end(in_hours(3), Product::gpu) + final_after;
    m.at(Time{over.value - 1});
    CHECK(refused(m, maintain(prov, own, in_hours(300), 1, 1)).reason == RejectReason::engine_limit);
    CHECK(m.exchange().state().resources.maintenances().used() == 256);
    m.at(over);
    CHECK(refused(m, cancel_of(prov, 1)).field == RejectField::maintenance);
    told(m, maintain(prov, own, in_hours(300), 1, 1));
    CHECK(m.exchange().state().resources.maintenances().used() == 256);
}

TEST_CASE("resources are listed with what is declared of them", "[maintenance]") {
    Market m;
    const auto more = m.send(resource(prov, 50))[0].as<ResourceRegistered>().resource;
    told(m, maintain(prov, own, in_hours(3), 2, 1'000));
    told(m, maintain(prov, more, in_hours(3), 1));
    told(m, maintain(prov, own, in_hours(3), 1, 500));
    QueryResources q;
    q.limit = 10;
    Events rows = m.ask(question(q, prov));
    REQUIRE(rows.size() == 6);
    CHECK(rows[0].as<ResourceRow>().resource.resource == own);
    CHECK(rows[1].as<MaintenanceRow>().maintenance.maintenance == MaintenanceId{1});
    CHECK(rows[2].as<MaintenanceRow>().maintenance.maintenance == MaintenanceId{3});
    CHECK(decimal_of(rows[2].as<MaintenanceRow>().maintenance.capacity, Product::gpu).value == units(7'500));
    CHECK(rows[3].as<ResourceRow>().resource.resource == more);
    CHECK(rows[3].as<ResourceRow>().resource.registered == lots_of(Decimal{units(9'050)}, Product::gpu));
    CHECK(rows[5].as<RowsEnd>().more == false);
    q.limit = 1;
    rows = m.ask(question(q, prov));
    REQUIRE(rows.size() == 4);
    CHECK(rows[3].as<RowsEnd>().more);
    q.after = own;
    CHECK(m.ask(question(q, prov))[0].as<ResourceRow>().resource.resource == more);
    q.after = 0;
    CHECK(m.ask(question(q, acme)).size() == 2);
}

TEST_CASE("what is declared is in a snapshot and in the hash", "[maintenance]") {
    Market m;
    const std::uint64_t before = m.exchange().state_hash();
    told(m, maintain(prov, own, in_hours(3), 2, 1'000));
    const std::uint64_t after = m.exchange().state_hash();
    CHECK(after != before);
    Bytes bytes;
    REQUIRE(m.exchange().save(bytes));
    Exchange restored;
    REQUIRE(restored.restore(bytes) == SnapshotError::none);
    CHECK(restored.state_hash() == after);
    const Maintenances& all = restored.state().resources.maintenances();
    REQUIRE(all.used() == 1);
    CHECK(all[all.first()].account == prov);
    CHECK(all[all.first()].family == family);
    CHECK(all.last_id() == MaintenanceId{1});
}
