// SPDX-License-Identifier: Apache-2.0
// Deliveries whose clock has more to tell than 4,096 events: thirty sellers and thirty buyers of many hours,
// nobody reports, some stand by. The exchange goes on in follow-ons and must tell what the twin tells at
// once.
#include <catch2/catch.hpp>

#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"
#include "tests/twin/pair.hpp"

namespace gridbook::twin {

namespace {

constexpr std::uint32_t sellers = 30;

class Crowd {
  public:
    explicit Crowd(std::uint32_t positions) {
        engine::Genesis g = tests::small_genesis();
        g.deliveries = g.positions = positions;
        send(engine::Command::of(g));
        send(engine::Command::of(tests::h100_class()));
        send(engine::Command::of(tests::east_zone()));
        send(engine::Command::of(tests::g2_tier()));
        send(engine::Command::of(tests::h100_family()));
        for (std::uint32_t a = 0; a < 2 * sellers; ++a) {
            send(engine::Command::of(tests::account("member-" + std::to_string(a))));
            send(tests::credit(engine::AccountId{a}, 100'000));
            if (a < sellers) send(tests::resource(engine::AccountId{a}, 100));
        }
    }
    // Each seller sells another quantity, each buyer buys another; the last seller stands by.
    void trade(int hour) {
        for (std::uint32_t a = 0; a < sellers; ++a) {
            const int lots = 1 + static_cast<int>(a * 7 % 11);
            order(tests::sell(lots).at("14.00").of(tests::hour_of(0, hour)), a);
            order(tests::buy(lots).at("14.00").of(tests::hour_of(0, hour)),
                  2 * sellers - 1 - a * 3 % sellers);
        }
        stand_by(80, hour);
    }
    void stand_by(tests::Amount qty, int hour) {
        engine::PlaceOrder p;
        p.side = engine::Side::sell;
        p.instrument = tests::hour_of(0, hour);
        p.price = tests::decimal("14.50");
        p.qty = qty.value;
        p.standby = true;
        p.cid = cid();
        send(engine::Command::of(p, engine::AccountId{sellers - 1}, engine::no_key, tests::asked));
    }
    void at(engine::Time time) {
        now_ = time;
        send(engine::Command::of(engine::AdvanceTime{}));
    }
    void order(tests::OrderBuilder order, std::uint32_t account) {
        send(order.from(engine::AccountId{account}).as("o-" + std::to_string(++orders_)));
    }
    const Pair& pair() const { return pair_; }

  private:
    engine::Cid cid() { return engine::Cid{"o-" + std::to_string(++orders_)}; }
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

}  // namespace

TEST_CASE("what two days do to hundreds of deliveries goes on in follow-ons", "[twin]") {
    Crowd crowd(1u << 14);
    for (int hour = 2; hour < 22; ++hour) crowd.trade(hour);
    crowd.at(tests::clock(48));
    CHECK(crowd.pair().follow_ons() > 0);
    CHECK(crowd.pair().told().size() > 7'000);
    CHECK(crowd.pair().twin().deliveries().empty());
    CHECK(crowd.pair().twin().positions().empty());
    std::size_t replaced = 0;
    for (const engine::Event& e : crowd.pair().told()) replaced += e.kind() == engine::EventKind::replaced;
    CHECK(replaced > 100);
}

TEST_CASE("when no delivery is free nothing more is replaced", "[twin]") {
    Crowd crowd(8);
    crowd.order(tests::sell(2).at("14.00").of(tests::hour_of(0, 2)), 0);
    crowd.order(tests::buy(2).at("14.00").of(tests::hour_of(0, 2)), 40);
    crowd.order(tests::sell(2).at("14.00").of(tests::hour_of(0, 3)), 1);
    crowd.order(tests::buy(2).at("14.00").of(tests::hour_of(0, 3)), 41);
    for (int offer = 0; offer < 20; ++offer) crowd.stand_by("0.1", 2);
    crowd.at(tests::clock(2, 30));
    CHECK(crowd.pair().twin().deliveries().size() == 8);
    CHECK(crowd.pair().twin().standbys().size() == 13);
    crowd.at(tests::clock(2, 45));  // what is paired finds its place all the same
    CHECK(crowd.pair().twin().deliveries().size() == 9);
    crowd.at(tests::clock(6));
    CHECK(crowd.pair().twin().deliveries().empty());
}

}  // namespace gridbook::twin
