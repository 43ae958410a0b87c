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
    Crowd() {
        engine::Genesis g = tests::small_genesis();
        g.deliveries = g.positions;
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
        engine::PlaceOrder p;
        p.side = engine::Side::sell;
        p.instrument = tests::hour_of(0, hour);
        p.price = tests::decimal("14.50");
        p.qty = tests::decimal("80");
        p.standby = true;
        p.cid = cid();
        send(engine::Command::of(p, engine::AccountId{sellers - 1}, engine::no_key, tests::asked));
    }
    void at(engine::Time time) {
        now_ = time;
        send(engine::Command::of(engine::AdvanceTime{}));
    }
    const Pair& pair() const { return pair_; }

  private:
    engine::Cid cid() { return engine::Cid{"o-" + std::to_string(++orders_)}; }
    void order(tests::OrderBuilder order, std::uint32_t account) {
        send(order.from(engine::AccountId{account}).as("o-" + std::to_string(++orders_)));
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

}  // namespace

TEST_CASE("what two days do to hundreds of deliveries goes on in follow-ons", "[twin]") {
    Crowd crowd;
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

}  // namespace gridbook::twin
