// SPDX-License-Identifier: Apache-2.0
// Strips, any-of and self-trade prevention in the postings: the vectors of market-rules sections 4 and 6.
#include "ledger/postings.hpp"

#include "story.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using namespace gridbook::tests;

namespace {

constexpr engine::AccountId acme{0}, carl{2}, prov{3};

// The real exchange, its events posted as they come.
struct Books {
    Books() : story(folder.path()) {
        for (const engine::Event& e : story.told()) see(e);
        story.forge = [this](tests::Step& step) {
            for (const engine::Event& e : step.events) see(e);
        };
    }
    void see(const engine::Event& event) {
        for (const Entry& entry : postings.of(event)) {
            CHECK(entry.sum() == engine::Money{});
            balances.post(entry);
        }
        if (postings.difference()) differences.push_back(postings.difference()->text);
    }
    void offer(int hour, const char* price, const char* units, const char* cid) {
        story.send(sell(units).at(price).of(hour_of(0, hour)).from(prov).as(cid));
    }
    // The books of the strip vector: 09 to 12.
    void offer_all() {
        offer(9, "13.50", "8", "p1");
        offer(9, "14.20", "16", "p2");
        offer(10, "13.80", "16", "p3");
        offer(11, "14.00", "4", "p4");
        offer(11, "14.60", "20", "p5");
        offer(12, "13.90", "16", "p6");
    }

    TempFolder folder;
    Postings postings{small_genesis()};
    Balances balances;
    std::vector<std::string> differences;
    Story story;
};

}  // namespace

TEST_CASE("a strip at 14.00 holds 897.89952 and releases nothing", "[postings]") {
    Books books;
    books.offer_all();
    const engine::Money before = books.balances.of(acme).cash;
    const Events told =
        books.story.send(strip(engine::Side::buy, 16).from_hour(9).hours(4).at("14.00").from(acme));
    CHECK(told.at(0).as<engine::StripEvent>().hold == money("897.89952"));
    CHECK(books.balances.of(acme).hold == engine::Money{});
    CHECK(before - books.balances.of(acme).cash == money("897.89952"));
    CHECK(books.balances.house(MoneyAccount::clearing) == engine::Money{});
    CHECK(books.postings.strips().empty());
    CHECK(books.differences == std::vector<std::string>{});
}

TEST_CASE("a strip at 13.99 rests with 897.258164 and releases 8.978996 when it fills at 886.40",
          "[postings]") {
    Books books;
    books.offer_all();
    const engine::Money before = books.balances.of(acme).cash;
    books.story.send(strip(engine::Side::buy, 16).from_hour(9).hours(4).at("13.99").from(acme));
    CHECK(books.balances.of(acme).hold == money("897.258164"));
    REQUIRE(books.postings.strips().size() == 1);
    books.offer(11, "13.40", "8", "p7");
    CHECK(books.balances.of(acme).hold == engine::Money{});
    CHECK(before - books.balances.of(acme).cash == money("897.258164") - money("8.978996"));
    CHECK(books.differences == std::vector<std::string>{});
}

TEST_CASE("a sell strip takes the margin of every hour and gives it back", "[postings]") {
    Books books;
    const engine::Money before = books.balances.of(prov).margin;
    books.story.send(strip(engine::Side::sell, 16).from_hour(9).hours(4).at("13.50").from(prov).as("s"));
    CHECK(books.balances.of(prov).margin - before == money("179.2"));  // 4 x 44.80
    books.story.send(cancel("s", prov));
    CHECK(books.balances.of(prov).margin == before);
    CHECK(books.differences == std::vector<std::string>{});
}

TEST_CASE("an any-of holds its exact cost with fees and leaves nothing held", "[postings]") {
    Books books;
    books.offer(9, "13.80", "160", "p1");
    const engine::Money before = books.balances.of(acme).cash;
    books.story.send(any_of(16).among({0}).from_hour(9).at("15.00").from(acme).as("a"));
    // 220.80, fee 0.4416, tax 0.026496.
    CHECK(before - books.balances.of(acme).cash == money("221.268096"));
    CHECK(books.balances.of(acme).hold == engine::Money{});
    CHECK(books.differences == std::vector<std::string>{});
}

TEST_CASE("decrement takes the lesser leaves from both holds", "[postings]") {
    Books books;
    books.story.send(sell(10).at("14.00").from(carl).as("s"));
    engine::PlaceOrder own;
    own.cid = engine::Cid{"b"};
    own.instrument = noon;
    own.price = decimal("14.00");
    own.qty = decimal("4");
    own.self_trade = engine::SelfTrade::decrement;
    books.story.send(engine::Command::of(own, carl, engine::no_key, asked));
    CHECK(books.balances.of(carl).hold == engine::Money{});
    CHECK(books.balances.of(carl).margin == money("16.8"));  // of the 6 that are left
    CHECK(books.differences == std::vector<std::string>{});
}

TEST_CASE("a fok that finds too little never held anything", "[postings]") {
    Books books;
    engine::PlaceOrder all;
    all.cid = engine::Cid{"b"};
    all.instrument = noon;
    all.price = decimal("14.00");
    all.qty = decimal("4");
    all.tif = engine::TimeInForce::fok;
    books.story.send(engine::Command::of(all, acme, engine::no_key, asked));
    CHECK(books.balances.of(acme).hold == engine::Money{});
    CHECK(books.postings.orders().empty());
    CHECK(books.differences == std::vector<std::string>{});
}
