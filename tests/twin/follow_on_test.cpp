// SPDX-License-Identifier: Apache-2.0
// Effects that do not fit into 4,096 events: the exchange goes on in follow-ons, the twin does all at once;
// joined, they must tell the same. And what a whole journal gives when it is applied again.
#include <catch2/catch.hpp>

#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"
#include "tests/twin/pair.hpp"

namespace gridbook::twin {

namespace {

using tests::Market;

class Large {
  public:
    Large() {
        send(engine::Command::of(tests::small_genesis()));
        send(engine::Command::of(tests::h100_class()));
        send(engine::Command::of(tests::east_zone()));
        send(engine::Command::of(tests::g2_tier()));
        send(engine::Command::of(tests::h100_family()));
        for (const char* name : {"acme", "bert"}) send(engine::Command::of(tests::account(name)));
        send(tests::credit(Market::acme, 1'000'000));
        send(tests::credit(Market::bert, 1'000'000));
        send(tests::resource(Market::bert, 9'000));
    }
    void send(const engine::Command& command) {
        const auto difference = pair_.send({command, now_});
        INFO(difference.value_or(""));
        REQUIRE_FALSE(difference.has_value());
    }
    void rest(int count, const char* price) {
        for (int i = 0; i < count; ++i)
            send(tests::sell("0.1").at(price).from(Market::bert).as("s-" + std::to_string(++orders_)));
    }
    void at(engine::Time time) {
        now_ = time;
        send(tests::advance());
    }
    Pair& pair() { return pair_; }

  private:
    Pair pair_;
    engine::Time now_ = tests::day_one;
    int orders_ = 0;
};

}  // namespace

TEST_CASE("a sweep of 2,500 makers goes on in follow-ons and tells what the twin tells", "[twin]") {
    Large large;
    large.rest(2'500, "14.00");
    large.send(tests::buy(250).at("14.10").from(Market::acme).as("sweep"));
    CHECK(large.pair().told().size() == 1 + 2 * 2'500);
    CHECK(large.pair().follow_ons() == 1);
    CHECK_FALSE(large.pair().ask_everything().has_value());
}

TEST_CASE("a band that parks 4,500 orders, wakes them, and a gate that cancels them go on in follow-ons",
          "[twin]") {
    Large large;
    large.rest(4'500, "14.00");
    large.send(tests::band().floor("14.50").ceiling("20.00").guidance("15.00").expecting(1));
    CHECK(large.pair().told().size() == 1 + 4'500);
    large.send(tests::band().floor("13.00").expecting(2));
    CHECK(large.pair().told().size() == 1 + 4'500);
    large.at(tests::clock(11, 45));
    CHECK(large.pair().told().size() > 4'500);
    CHECK(large.pair().follow_ons() >= 3);
    CHECK_FALSE(large.pair().ask_everything().has_value());
}

TEST_CASE("the same journal gives the same events and the same state hash", "[twin]") {
    Pair pair;
    Flow flow(7, pair.twin());
    for (int i = 0; i < 3'000; ++i) REQUIRE_FALSE(pair.send(flow.next()).has_value());
    engine::Exchange again;
    engine::EventBuffer buffer;
    tests::Events events;
    for (const engine::Command& command : pair.driver().journal()) {
        engine::EventSink sink = buffer.sink();
        again.apply(command, sink);
        for (std::size_t i = 0; i < sink.count(); ++i) events.push_back(buffer[i].event());
    }
    CHECK(again.state_hash() == pair.driver().exchange().state_hash());
    CHECK(events == pair.driver().all_events());
}

}  // namespace gridbook::twin
