// SPDX-License-Identifier: Apache-2.0
// The vectors of market-rules section 6, from events made by hand.
#include "ledger/postings.hpp"

#include "told.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using engine::Liquidity;
using engine::Side;
using tests::money;

namespace {

struct Books {
    Books() {
        see(told.family());
        see(told.band("9.80", "14.00", "19.60"));
        see(told.credited(buyer, "1000"));
        see(told.credited(seller, "1000"));
    }
    void see(const engine::Event& event) {
        for (const Entry& entry : postings.of(event)) {
            CHECK(entry.sum() == engine::Money{});
            balances.post(entry);
        }
        if (postings.difference()) differences.push_back(postings.difference()->text);
        CHECK(balances.total() == engine::Money{});
    }
    Balances::Participant of(engine::AccountId a) const { return balances.of(a); }

    Told told;
    Postings postings{tests::small_genesis()};
    Balances balances;
    std::vector<std::string> differences;
};

const Told::Order buy16{1, buyer, Side::buy, "14.20", 160, "227.681664"};
const Told::Order sell16{2, seller, Side::sell, "13.50", 160, "44.80"};

}  // namespace

TEST_CASE("a credit moves from the bank to cash, and a payout back", "[postings]") {
    Books books;
    books.see(books.told.credited(buyer, "-400.5"));
    CHECK(books.of(buyer).cash == money("599.5"));
    CHECK(books.balances.house(MoneyAccount::bank) == money("-1599.5"));
}

TEST_CASE("buy 16 at 14.20 holds 227.681664", "[postings]") {
    Books books;
    books.see(books.told.order(buy16));
    CHECK(books.of(buyer).hold == money("227.681664"));
    CHECK(books.of(buyer).cash == money("772.318336"));
    CHECK(books.differences.empty());
}

TEST_CASE("sell 16 at 13.50 with guidance 14.00 takes a margin of 44.80", "[postings]") {
    Books books;
    books.see(books.told.order(sell16));
    CHECK(books.of(seller).margin == money("44.80"));
    CHECK(books.of(seller).cash == money("955.20"));
    CHECK(books.differences.empty());
}

TEST_CASE("16 filled at 13.50 cost 216.45792 and release 11.223744", "[postings]") {
    Books books;
    books.see(books.told.order(sell16));
    books.see(books.told.order(buy16));
    books.see(books.told.fill(
        {1, 2, seller, Side::sell, Liquidity::maker, "13.50", 160, 0, "0.108", "0.00648", "0"}));
    CHECK(books.balances.house(MoneyAccount::clearing) == money("-216"));
    books.see(books.told.fill(
        {1, 1, buyer, Side::buy, Liquidity::taker, "13.50", 160, 0, "0.432", "0.02592", "11.223744"}));
    CHECK(books.balances.house(MoneyAccount::clearing) == money("0"));
    CHECK(books.balances.house(MoneyAccount::fee_income) == money("0.432"));
    CHECK(books.balances.house(MoneyAccount::tax_payable) == money("0.02592"));
    CHECK(books.of(buyer).hold == money("0"));
    CHECK(books.of(buyer).cash == money("783.54208"));
    CHECK(books.of(seller).receivable == money("216"));
    CHECK(books.of(seller).margin == money("44.80"));  // stays with the sold units
    CHECK(books.postings.orders().empty());
    CHECK(books.differences.empty());
}

TEST_CASE("two fills of a hold release what one fill of it does, to the micro-CNY", "[postings]") {
    Books books;
    books.see(books.told.order(sell16));
    books.see(books.told.order(buy16));
    books.see(books.told.fill(
        {1, 2, seller, Side::sell, Liquidity::maker, "13.50", 10, 150, "0.00675", "0.000405", "0"}));
    books.see(books.told.fill(
        {1, 1, buyer, Side::buy, Liquidity::taker, "13.50", 10, 150, "0.027", "0.00162", "0.701484"}));
    CHECK(books.differences.empty());
    CHECK(books.of(buyer).hold == money("213.45156"));
    books.see(books.told.cancelled(buy16));
    CHECK(books.of(buyer).hold == money("0"));
    CHECK(books.of(buyer).cash == money("986.47138"));  // 1000 - 13.50 - 0.027 - 0.00162
}

TEST_CASE("parking and waking move no money", "[postings]") {
    Books books;
    books.see(books.told.order(buy16));
    CHECK(books.postings.of(books.told.parked(buy16)).empty());
    CHECK(books.postings.order(engine::OrderId{1})->state == engine::OrderState::parked);
}

TEST_CASE("a replace posts the difference of the two holds", "[postings]") {
    Books books;
    books.see(books.told.order(buy16));
    books.see(books.told.replaced({1, buyer, Side::buy, "14.00", 80, "112.23744"}, 0, false));
    CHECK(books.of(buyer).hold == money("112.23744"));
    CHECK(books.of(buyer).cash == money("887.76256"));
    CHECK(books.differences.empty());
}

TEST_CASE("bought lots are resold without margin, first of all", "[postings]") {
    Books books;
    books.see(books.told.order(sell16));
    books.see(books.told.order(buy16));
    books.see(books.told.fill(
        {1, 2, seller, Side::sell, Liquidity::maker, "13.50", 160, 0, "0.108", "0.00648", "0"}));
    books.see(books.told.fill(
        {1, 1, buyer, Side::buy, Liquidity::taker, "13.50", 160, 0, "0.432", "0.02592", "11.223744"}));
    // 20 of which 16 were bought: margin for 4 units at max(15, 14).
    const Told::Order resale{3, buyer, Side::sell, "15.00", 200, "12"};
    books.see(books.told.order(resale));
    CHECK(books.of(buyer).margin == money("12"));
    // Nothing is left to resell while that order stands.
    const Told::Order second{4, buyer, Side::sell, "15.00", 10, "3"};
    books.see(books.told.order(second));
    CHECK(books.of(buyer).margin == money("15"));
    books.see(books.told.order({5, other, Side::buy, "15.00", 160, "240.5088"}));
    books.see(books.told.fill(
        {2, 3, buyer, Side::sell, Liquidity::maker, "15.00", 160, 40, "0.12", "0.0072", "0"}));
    CHECK(books.of(buyer).margin == money("15"));
    books.see(books.told.cancelled(resale));
    CHECK(books.of(buyer).margin == money("3"));
    CHECK(books.differences.empty());
}

TEST_CASE("a smaller total in the same place gives up the lots with margin first", "[postings]") {
    Books books;
    books.see(books.told.order(sell16));
    books.see(books.told.order(buy16));
    books.see(books.told.fill(
        {1, 2, seller, Side::sell, Liquidity::maker, "13.50", 160, 0, "0.108", "0.00648", "0"}));
    books.see(books.told.fill(
        {1, 1, buyer, Side::buy, Liquidity::taker, "13.50", 160, 0, "0.432", "0.02592", "11.223744"}));
    books.see(books.told.order({3, buyer, Side::sell, "15.00", 200, "12"}));
    books.see(books.told.replaced({3, buyer, Side::sell, "15.00", 170, "3"}, 0, true));
    CHECK(books.of(buyer).margin == money("3"));
    books.see(books.told.replaced({3, buyer, Side::sell, "15.00", 100, "0"}, 0, true));
    CHECK(books.of(buyer).margin == money("0"));
    // The six units that it gave up may be offered again without margin.
    books.see(books.told.order({4, buyer, Side::sell, "15.00", 60, "0"}));
    CHECK(books.differences.empty());
}

TEST_CASE("margin keeps the guidance of its entry; a new place takes the present one", "[postings]") {
    Books books;
    books.see(books.told.order(sell16));
    books.see(books.told.band("9.80", "15.00", "19.60"));
    books.see(books.told.parked(sell16));
    CHECK(books.differences.empty());
    books.see(books.told.replaced({2, seller, Side::sell, "13.50", 80, "22.40"}, 0, true));
    books.see(books.told.replaced({2, seller, Side::sell, "13.40", 80, "24"}, 0, false));
    CHECK(books.of(seller).margin == money("24"));
    CHECK(books.differences.empty());
}

TEST_CASE("a scheduled band does not yet count", "[postings]") {
    Books books;
    books.see(books.told.band("9.80", "15.00", "19.60", engine::BandStatus::scheduled));
    books.see(books.told.order(sell16));
    CHECK(books.differences.empty());
}

TEST_CASE("what an event tells otherwise than the rules is named", "[postings]") {
    Books books;
    books.see(books.told.order({1, buyer, Side::buy, "14.20", 160, "227.681663"}));
    REQUIRE(books.differences.size() == 1);
    CHECK(books.differences[0] == "order 1: hold is 227681664 by the rules and 227681663 in the event");
    books.see(books.told.fill({1, 9, buyer, Side::buy, Liquidity::taker, "13.50", 10, 0, "0", "0", "0"}));
    CHECK(books.differences.size() == 2);
    books.see(books.told.fill({1, 1, buyer, Side::buy, Liquidity::taker, "13.50", 161, 0, "0", "0", "0"}));
    CHECK(books.differences.size() == 3);
}

TEST_CASE("a duplicate reply posts nothing", "[postings]") {
    Books books;
    books.see(books.told.order(buy16));
    auto again = books.told.order(buy16);
    again.header.flags = engine::event_flag::reply | engine::event_flag::duplicate;
    books.see(again);
    CHECK(books.of(buyer).hold == money("227.681664"));
}
