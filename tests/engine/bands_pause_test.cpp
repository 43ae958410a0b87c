// SPDX-License-Identifier: Apache-2.0
// Limit states, walls, and the pause that follows a limit state (market-rules section 5).
#include <catch2/catch.hpp>

#include "tests/engine/bands_story.hpp"

namespace gridbook::tests {

namespace {

using engine::PhaseAction;

// A bid at the upper edge and an offer behind it: the limit state begins at 01:00:00.
Market limit_up() {
    Market m = dynamic_market();
    m.at(clock(1));
    m.send(buy(5).at("14.70").from(Market::acme).as("b"));
    m.send(sell(5).at("15.30").from(Market::prov).as("s"));
    return m;
}

}  // namespace

TEST_CASE("a limit state needs an unparked order on the other side", "[pause]") {
    Market m = dynamic_market();
    CHECK(story(m.send(buy(5).at("14.70").from(Market::acme).as("b"))) == Story{"b open"});
    CHECK(story(m.send(sell(5).at("15.30").from(Market::prov).as("s"))) ==
          Story{"s open", "limit_up on 14.70"});
    CHECK(story(m.send(cancel("s", Market::prov))) == Story{"s cancelled USER", "limit_up off 14.70"});
    CHECK(story(m.at(clock(0, 1))).empty());
    Market down = dynamic_market();
    down.send(sell(5).at("13.30").from(Market::prov).as("s"));
    // It lies below the effective band and is never executable; that it is there is enough.
    CHECK(story(down.send(buy(5).at("10.00").from(Market::acme).as("b"))) ==
          Story{"b open", "limit_down on 13.30"});
    // What takes the offer ends it; no bid stands at the edge then.
    CHECK(story(down.send(buy(5).at("13.30").from(Market::bert).as("b-2"))) ==
          Story{"b-2 open", "s fills 5 @ 13.30 maker", "b-2 fills 5 @ 13.30 taker", "limit_down off 13.30"});
}

TEST_CASE("the pause begins when the limit state lasted fifteen seconds without a gap", "[pause]") {
    Market m = limit_up();
    m.at(clock(1, 0, 10));
    // A gap: at the end of this command the best bid is gone. The next one begins anew.
    CHECK(story(m.send(cancel("b", Market::acme))).back() == "limit_up off 14.70");
    CHECK(story(m.send(buy(5).at("14.70").from(Market::acme).as("b-2"))).back() == "limit_up on 14.70");
    CHECK(m.exchange().next_timer() == clock(1, 0, 25));
    CHECK(story(m.at(clock(1, 0, 24))).empty());
    CHECK(story(m.at(clock(1, 0, 25))) == Story{"paused limit_state", "R 14.00 paused 12.60-15.40"});
    // Orders that can rest enter under the collar, nothing trades.
    CHECK(story(m.send(sell(1).at("14.00").from(Market::prov).as("s-2"))) == Story{"s-2 open"});
    CHECK(story(m.send(buy(1).at("15.41").from(Market::acme).as("b-3"))) ==
          Story{"refused PRICE_BAND_DYNAMIC"});
    CHECK(story(m.send(buy(1).at("14.00").from(Market::acme).as("b-4").ioc())) ==
          Story{"refused PHASE_CLOSED"});
}

TEST_CASE("a pause with nothing to trade at the old edge is extended three times, then R is that price",
          "[pause]") {
    Market m = limit_up();
    CHECK(story(m.at(clock(1, 0, 15))).front() == "paused limit_state");
    m.send(cancel("b", Market::acme));
    m.send(buy(5).at("14.75").from(Market::acme).as("b-2"));
    CHECK(story(m.at(clock(1, 5, 15))) == Story{"paused extended 1", "R 14.00 paused 11.90-16.10"});
    CHECK(story(m.at(clock(1, 10, 15))) == Story{"paused extended 2", "R 14.00 paused 11.20-16.80"});
    CHECK(story(m.at(clock(1, 15, 15))) == Story{"paused extended 3", "R 14.00 paused 10.50-17.50"});
    CHECK(story(m.at(clock(1, 20, 15))) == Story{"open reopened", "R 14.75 reopened 14.02-15.48"});
    CHECK(story(m.at(clock(2))).empty());
}

TEST_CASE("a pause whose pressure is gone reopens with R unchanged", "[pause]") {
    Market m = limit_up();
    m.at(clock(1, 0, 15));
    m.send(cancel("b", Market::acme));
    CHECK(story(m.at(clock(1, 5, 15))) == Story{"open reopened", "R 14.00 resumed 13.30-14.70"});
}

TEST_CASE("a pause that ends with something executable calls", "[pause]") {
    Market m = limit_up();
    m.at(clock(1, 0, 15));
    m.send(sell(2).at("14.70").from(Market::prov).as("s-2"));
    CHECK(story(m.at(clock(1, 5, 15))) == Story{"call called", "s-2 fills 2 @ 14.70 call",
                                                "b fills 2 @ 14.70 call", "open called",
                                                "R 14.70 call 13.97-15.43"});
}

TEST_CASE("indicative prices are told each second of a pause", "[pause]") {
    Market m = limit_up();
    m.at(clock(1, 0, 15));
    const Tell all{.instrument = noon, .indicative = true};
    CHECK(story(m.at(clock(1, 0, 17)), all) ==
          Story{"indicative 0 @ 0.00 surplus 0", "indicative 0 @ 0.00 surplus 0"});
    m.send(sell(2).at("14.60").from(Market::prov).as("s-2"));
    CHECK(story(m.at(clock(1, 0, 18)), all) == Story{"indicative 2 @ 14.70 surplus 3"});
    m.send(phase(PhaseAction::resume));
    CHECK(story(m.at(clock(1, 0, 30)), all).empty());
}

TEST_CASE("what rests at the hard edge is a wall: trading goes on", "[pause]") {
    Market m;
    CHECK(story(m.send(buy(5).at("19.60").from(Market::acme).as("b"))) ==
          Story{"b open", "wall_up on 19.60"});
    CHECK(story(m.at(clock(0, 1))).empty());
    CHECK(story(m.send(sell(5).at("19.60").from(Market::prov).as("s"))).back() == "wall_up off 19.60");
    CHECK(story(m.send(sell(5).at("9.80").from(Market::prov).as("s-2"))).back() == "wall_down on 9.80");
    // In a dynamic family a wall stands where the effective edge is the hard one.
    Market d = dynamic_market();
    d.send(band().ceiling("14.50").expecting(1));
    d.send(sell(5).at("14.50").from(Market::prov).as("s"));
    CHECK(story(d.send(buy(6).at("14.50").from(Market::acme).as("b"))).back() == "wall_up on 14.50");
    // The ceiling rises: nobody offers, so it is no limit state.
    CHECK(story(d.send(band().ceiling("19.00").expecting(2))).back() == "wall_up off 14.50");
}

TEST_CASE("a pause that reaches the gate ends with it, without a call", "[pause]") {
    Market m = dynamic_market();
    m.at(clock(11, 43));
    m.send(phase(PhaseAction::pause));
    m.send(buy(1).at("14.00").from(Market::acme).as("b"));
    m.send(sell(1).at("14.00").from(Market::prov).as("s"));
    CHECK(story(m.at(clock(11, 50))) ==
          Story{"gated gate", "b cancelled GATE_CLOSED", "s cancelled GATE_CLOSED"});
}

TEST_CASE("a suspended family has no limit state, a wall at most", "[pause]") {
    Market m = limit_up();
    CHECK(story(m.send(suspend(clock(2)))) ==
          Story{"suspended", "R 14.00 suspended 9.80-19.60", "limit_up off 14.70"});
    CHECK(story(m.at(clock(1, 1))).empty());
    CHECK(story(m.send(suspend(engine::Time{}))) ==
          Story{"in force", "R 14.00 suspended 13.30-14.70", "limit_up on 14.70"});
}

TEST_CASE("a hard band that moves in a pause moves the collar, and wakes nothing", "[pause]") {
    Market m = limit_up();
    m.at(clock(1, 0, 15));
    m.send(sell(1).at("13.00").from(Market::prov).as("s-2"));
    CHECK(story(m.send(band().floor("13.50").ceiling("15.00").expecting(1))) ==
          Story{"band 2", "R 14.00 guidance 13.50-15.00", "s-2 parked", "s parked"});
    CHECK(story(m.send(band().floor("9.80").expecting(2))) ==
          Story{"band 3", "R 14.00 guidance 12.60-15.00", "s-2 open"});
}

TEST_CASE("a bid behind the far edge of the collar still presses at the old edge", "[pause]") {
    // Seed 815 of the twin: the ceiling comes down below R, the pause begins, the ceiling goes up again.
    const auto traded_at = [](std::string_view price) {
        Market m = dynamic_market();
        m.at(clock(1));
        m.send(buy(1).at(price).from(Market::acme).as("b"));
        m.send(sell(1).at(price).from(Market::prov).as("s"));
        return m;
    };
    Market up = traded_at("14.50");
    up.send(band().guidance("10.00").ceiling("10.00").expecting(1));
    CHECK(story(up.send(buy(5).at("10.00").from(Market::acme).as("b-2"))) ==
          Story{"b-2 open", "wall_up on 10.00"});
    up.send(phase(PhaseAction::pause, noon, clock(1, 5)));
    CHECK(story(up.send(band().ceiling("19.60").expecting(2))).back() == "R 14.50 guidance 13.05-15.95");
    up.send(sell(5).at("15.00").from(Market::prov).as("s-2"));
    CHECK(story(up.at(clock(1, 5))) == Story{"paused extended 1", "R 14.50 paused 12.33-16.67"});

    Market down = traded_at("13.50");
    down.send(band().guidance("18.00").floor("18.00").expecting(1));
    CHECK(story(down.send(sell(5).at("18.00").from(Market::prov).as("s-2"))) ==
          Story{"s-2 open", "wall_down on 18.00"});
    down.send(phase(PhaseAction::pause, noon, clock(1, 5)));
    CHECK(story(down.send(band().floor("9.80").expecting(2))).back() == "R 13.50 guidance 12.15-14.85");
    down.send(buy(5).at("13.00").from(Market::acme).as("b-2"));
    CHECK(story(down.at(clock(1, 5))) == Story{"paused extended 1", "R 13.50 paused 11.48-15.52"});
}

TEST_CASE("the operator pauses, resumes and calls", "[pause]") {
    Market m = dynamic_market();
    CHECK(story(m.send(phase(PhaseAction::resume))) == Story{"refused PHASE_CLOSED"});
    const Events paused = m.send(phase(PhaseAction::pause, noon, clock(0, 30)));
    CHECK(story(paused) == Story{"paused operator", "R 14.00 paused 12.60-15.40"});
    CHECK(paused.front().header.flags == engine::event_flag::reply);
    CHECK(paused.front().as<engine::PhaseChanged>().origin == asked);
    CHECK(paused.front().as<engine::PhaseChanged>().until == clock(0, 30));
    CHECK(story(m.send(phase(PhaseAction::pause))) == Story{"refused PHASE_CLOSED"});
    m.send(buy(2).at("14.00").from(Market::acme).as("b"));
    m.send(sell(3).at("13.90").from(Market::prov).as("s"));
    // Without a call what crosses wakes: the older one's price.
    CHECK(story(m.send(phase(PhaseAction::resume))) == Story{"open operator", "R 14.00 resumed 13.30-14.70",
                                                             "b fills 2 @ 14.00 maker",
                                                             "s fills 2 @ 14.00 taker"});
    m.send(phase(PhaseAction::pause));
    CHECK(story(m.send(phase(PhaseAction::call))) == Story{"open operator", "R 14.00 resumed 13.30-14.70"});
    m.send(phase(PhaseAction::pause));
    m.send(buy(1).at("13.95").from(Market::acme).as("b-2"));
    const Events called = m.send(phase(PhaseAction::call));
    CHECK(story(called) == Story{"call called", "s fills 1 @ 13.95 call", "b-2 fills 1 @ 13.95 call",
                                 "open called", "R 13.95 call 13.26-14.64"});
    CHECK(called.front().header.flags == engine::event_flag::reply);
    CHECK(called[3].header.flags == 0);
    CHECK(story(m.send(phase(PhaseAction::pause, noon, m.now()))) == Story{"refused FORMAT_VALUE"});
    CHECK(story(m.send(phase(PhaseAction::pause, hour_of(0, 60)))) == Story{"refused SYMBOL_UNKNOWN"});
    m.at(clock(13));
    CHECK(story(m.send(phase(PhaseAction::pause))) == Story{"refused GATE_CLOSED"});
}

TEST_CASE("a whole family pauses instrument by instrument, the first answers", "[pause]") {
    Market m = dynamic_market();
    m.send(phase(PhaseAction::pause));
    const engine::InstrumentId family = engine::instrument(engine::FamilyId{0}, engine::Period{0});
    const Events paused = m.send(phase(PhaseAction::pause, family));
    CHECK(paused.size() == 2 * 23);
    std::size_t answers = 0;
    for (const engine::Event& e : paused) answers += e.header.flags == engine::event_flag::reply;
    CHECK(answers == 1);
    CHECK(story(m.send(phase(PhaseAction::pause, family))) == Story{"refused PHASE_CLOSED"});
    CHECK(m.send(phase(PhaseAction::resume, family)).size() == 2 * 24);
}

}  // namespace gridbook::tests
