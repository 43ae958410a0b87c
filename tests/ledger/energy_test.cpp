// SPDX-License-Identifier: Apache-2.0
// What resources declare of their energy, then and now, and the carbon of a unit-hour.
#include "ledger/energy/resource_book.hpp"

#include "told.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

constexpr engine::FamilyId family{0}, elsewhere{1};
constexpr std::uint16_t usual_pue = 1'500;

engine::Time at(int minute) { return tests::day_one + engine::minute * minute; }

// Resources of the first account but one, registered and withdrawn by the minute.
struct Registered {
    ResourceBook book;

    explicit Registered(std::size_t kept = ResourceBook::withdrawn_kept) : book(kept) {}

    void add(std::uint32_t id, int minute, std::int64_t lots, std::uint16_t green, std::uint16_t pue,
             engine::AccountId account = seller, engine::FamilyId of = family) {
        engine::ResourceRegistered r;
        r.resource = id;
        r.family = of;
        r.count = engine::Quantity{lots};
        r.green_share = green;
        r.pue = pue;
        hear(r, minute, account);
    }
    void withdraw(std::uint32_t id, int minute) {
        engine::ResourceWithdrawn w;
        w.resource = id;
        w.family = family;
        hear(w, minute, seller);
    }
    std::optional<Energy> energy(int minute, engine::AccountId account = engine::no_account) const {
        return book.of(family, at(minute), usual_pue, account);
    }

  private:
    template <class Body>
    void hear(const Body& body, int minute, engine::AccountId account) {
        engine::Event event = Told{}.event(body, account);
        event.header.time = at(minute);
        book.hear(event);
    }
};

}  // namespace

TEST_CASE("A family's green share is its least, its PUE its most, and its carbon the mean", "[energy]") {
    Registered r;
    CHECK(r.energy(0) == std::nullopt);
    r.add(1, 0, 100, 4'000, 1'250);
    r.add(2, 0, 300, 2'000, 0, other);
    r.add(3, 0, 50, 9'000, 1'100, seller, elsewhere);
    const auto all = r.energy(5);
    REQUIRE(all);
    CHECK(all->count == engine::Quantity{400});
    CHECK(all->green_least == 2'000);
    CHECK(all->green_mean == 2'500);
    CHECK(all->pue_most == usual_pue);
    CHECK(all->drawn == 1'437'500);  // (1.25 · 100 + 1.5 · 300) / 400
    CHECK(all->grey == 10'875'000);  // (1.25 · 0.6 · 100 + 1.5 · 0.8 · 300) / 400
    const auto one = r.energy(5, seller);
    REQUIRE(one);
    CHECK(one->green_least == 4'000);
    CHECK(one->grey == 7'500'000);
    CHECK(r.energy(5, buyer) == std::nullopt);
}

TEST_CASE("What was registered then is told of then, also when it is gone", "[energy]") {
    Registered r(2);
    r.add(1, 10, 100, 9'000, 1'250);
    r.add(2, 20, 100, 1'000, 1'250);
    r.withdraw(1, 30);
    CHECK(r.energy(9) == std::nullopt);
    CHECK(r.energy(10)->green_least == 9'000);
    CHECK(r.energy(25)->green_least == 1'000);
    CHECK(r.energy(25)->green_mean == 5'000);
    CHECK(r.energy(30)->green_mean == 1'000);
    // Of three withdrawn ones the oldest is forgotten.
    r.withdraw(2, 40);
    CHECK(r.energy(25)->green_mean == 5'000);
    r.add(4, 50, 100, 7'000, 1'250);
    r.withdraw(4, 60);
    CHECK(r.energy(15) == std::nullopt);
    CHECK(r.energy(25)->green_mean == 1'000);
    CHECK(r.energy(70) == std::nullopt);
}

TEST_CASE("0.7 kW, PUE and green share of the mean, 561.7 g/kWh: 427.594125 g an hour", "[energy]") {
    const std::int64_t hour = carbon_a_unit_hour(700, 10'875'000, 561'700);
    CHECK(hour == 427'594'125);
    CHECK(carbon_of(hour, 16 * 10 * 60) == 6'841'506'000);
    CHECK(carbon_of(hour, 1) == 712'657);  // 712,656.875
    CHECK(carbon_of(hour, 0) == 0);
    CHECK(carbon_a_unit_hour(700, 0, 561'700) == 0);
}
