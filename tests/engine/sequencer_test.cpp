// SPDX-License-Identifier: Apache-2.0
// The engine's stage: what it stamps, what it enters by itself, when it stops for want of room, and where
// questions are answered.
#include <catch2/catch.hpp>

#include "engine/pipeline/sequencer.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::tests {

namespace {

using engine::Command;
using engine::CommandKind;
using engine::EventKind;

// A sequencer between two rings; the test is both neighbours.
class Stage {
  public:
    explicit Stage(std::size_t out_capacity = 1u << 14, const engine::Genesis& genesis = small_genesis())
        : in(1u << 12), out(out_capacity), sequencer(exchange, in, out) {
        in.push(Command::of(genesis));
        // A replay begins at no time at all: it is told when before anything is listed.
        engine::AdvanceTime begin;
        begin.to = clock(9);
        if (genesis.clock == engine::ClockMode::replay) in.push(Command::of(begin));
        for (const Command& c :
             {Command::of(h100_class()), Command::of(east_zone()), Command::of(g2_tier()),
              Command::of(h100_family()), Command::of(account("acme")), Command::of(account("prov")),
              credit(engine::AccountId{0}, 1'000'000), credit(engine::AccountId{1}, 1'000'000),
              resource(engine::AccountId{1}, 9'000)})
            in.push(c);
        run(clock(9));
        drain();
    }
    void run(engine::Time now) {
        while (sequencer.step(now) > 0) {
        }
    }
    // What came out since the last look: kinds of commands and events.
    std::vector<engine::Record> drain() {
        std::vector<engine::Record> all;
        const std::size_t count = out.refresh();
        for (std::size_t i = 0; i < count; ++i) all.push_back(out.peek(i));
        out.release(count);
        return all;
    }
    engine::Exchange exchange;
    engine::Ring<Command> in;
    engine::Ring<engine::Record> out;
    engine::Sequencer sequencer;
};

std::vector<Command> commands_of(const std::vector<engine::Record>& records) {
    std::vector<Command> all;
    for (const auto& r : records)
        if (r.is_command()) all.push_back(r.command());
    return all;
}

}  // namespace

TEST_CASE("sequences count up by one and times never go back", "[sequencer]") {
    Stage stage;
    const auto before = stage.exchange.sequence();
    stage.in.push(buy(1).at("13.00").as("a-1"));
    stage.run(clock(9, 0, 1));
    stage.in.push(buy(1).at("13.00").as("a-2"));
    stage.run(clock(9));  // the machine's clock was set back
    const auto commands = commands_of(stage.drain());
    REQUIRE(commands.size() == 2);
    CHECK(commands[0].header.sequence.value == before.value + 1);
    CHECK(commands[1].header.sequence.value == before.value + 2);
    CHECK(commands[0].header.time == clock(9, 0, 1));
    CHECK(commands[1].header.time == clock(9, 0, 1));
}

TEST_CASE("a command comes out in one piece with its events behind it", "[sequencer]") {
    Stage stage;
    stage.in.push(sell(2).at("13.00").from(engine::AccountId{1}).as("p-1"));
    stage.in.push(buy(1).at("13.00").as("a-1"));
    stage.run(clock(9, 0, 1));
    const auto records = stage.drain();
    REQUIRE(records.size() == 6);  // command, order; command, order, two fills
    CHECK(records[0].is_command());
    CHECK(records[1].event().kind() == EventKind::order);
    CHECK(records[2].is_command());
    CHECK(records[3].event().kind() == EventKind::order);
    CHECK(records[4].event().kind() == EventKind::fill);
    CHECK(records[5].event().kind() == EventKind::fill);
    CHECK(records[5].event().header.sequence == records[2].command().header.sequence);
}

TEST_CASE("a due timer comes before the command, as an AdvanceTime of the same time", "[sequencer]") {
    Stage stage;
    stage.in.push(buy(1).at("13.00").of(hour_of(0, 10)).as("a-1"));
    stage.run(clock(9, 45));
    const auto records = stage.drain();
    const auto commands = commands_of(records);
    REQUIRE(commands.size() == 2);
    CHECK(commands[0].kind() == CommandKind::advance_time);
    CHECK(commands[0].header.time == clock(9, 45));
    CHECK(commands[1].kind() == CommandKind::place_order);
    CHECK(records.back().event().as<engine::Refused>().reason == engine::RejectReason::gate_closed);
}

TEST_CASE("without commands, time is entered once a second and when a timer is due", "[sequencer]") {
    Stage stage;
    stage.run(clock(9) + engine::millisecond * 999);
    CHECK(stage.drain().empty());
    stage.run(clock(9, 0, 1));
    CHECK(commands_of(stage.drain()).size() == 1);
    stage.run(clock(9, 0, 1) + engine::millisecond * 500);
    CHECK(stage.drain().empty());
    stage.run(clock(9, 44, 59) + engine::millisecond * 900);
    stage.drain();
    stage.run(clock(9, 45));  // only 100 ms later, but a gate closes
    const auto records = stage.drain();
    REQUIRE(records.size() == 2);
    CHECK(records[1].event().as<engine::PhaseChanged>().phase == engine::Phase::gated);
}

TEST_CASE("with the replay clock only AdvanceTime moves the time", "[sequencer]") {
    engine::Genesis genesis = small_genesis();
    genesis.clock = engine::ClockMode::replay;
    Stage stage(1u << 14, genesis);
    const engine::Time begin = stage.exchange.time();
    stage.run(clock(20));
    CHECK(stage.drain().empty());
    CHECK(stage.exchange.time() == begin);
    engine::AdvanceTime to;
    to.to = clock(10);
    stage.in.push(Command::of(to, engine::no_account, engine::no_key, asked));
    stage.in.push(buy(1).at("13.00").as("a-1"));
    stage.run(clock(20));
    const auto records = stage.drain();
    CHECK(stage.exchange.time() == clock(10));
    const auto advanced = std::find_if(records.begin(), records.end(), [](const auto& r) {
        return !r.is_command() && r.event().kind() == EventKind::time_advanced;
    });
    REQUIRE(advanced != records.end());
    CHECK(advanced->event().as<engine::TimeAdvanced>().to == clock(10));
    CHECK(advanced->event().as<engine::TimeAdvanced>().origin == asked);
}

TEST_CASE("unfinished work goes on in FollowOns before the next command", "[sequencer]") {
    Stage stage;
    for (int i = 0; i < 2'500; ++i)
        stage.in.push(sell("0.1").at("13.00").from(engine::AccountId{1}).as("p-" + std::to_string(i)));
    stage.run(clock(9, 0, 1));
    stage.drain();
    stage.in.push(buy(250).at("13.00").as("sweep"));
    stage.in.push(buy(1).at("12.00").as("after"));
    stage.run(clock(9, 0, 1));
    const auto commands = commands_of(stage.drain());
    REQUIRE(commands.size() == 3);
    CHECK(commands[0].kind() == CommandKind::place_order);
    CHECK(commands[1].kind() == CommandKind::follow_on);
    CHECK(commands[1].header.time == commands[0].header.time);
    CHECK(commands[2].kind() == CommandKind::place_order);
}

TEST_CASE("without room for a whole effect nothing is taken; with room again it goes on", "[sequencer]") {
    Stage stage(8'192);
    stage.in.push(buy(1).at("13.00").as("a-1"));
    // The reader of the out ring is slow: so much is there that no command's most events would fit.
    for (int i = 0; i < 2'100; ++i) stage.in.push(cancel("never", engine::AccountId{0}));
    stage.run(clock(9, 0, 1));
    CHECK(stage.sequencer.blocked());
    CHECK(stage.in.used() > 0);
    CHECK(stage.out.capacity() - stage.out.used() < engine::max_events + 1);
    stage.drain();
    stage.run(clock(9, 0, 1));
    CHECK(stage.in.used() == 0);
    CHECK_FALSE(stage.sequencer.blocked());
}

TEST_CASE("questions are answered in their place, without a sequence and without a command", "[sequencer]") {
    Stage stage;
    stage.in.push(buy(1).at("13.00").as("a-1"));
    stage.in.push(question(engine::QueryBalance{}, engine::AccountId{0}));
    stage.in.push(buy(1).at("13.00").as("a-2"));
    const auto before = stage.exchange.sequence();
    stage.run(clock(9, 0, 1));
    const auto records = stage.drain();
    REQUIRE(records.size() == 6);
    CHECK(records[2].is_answer());
    const auto row = records[2].event().as<engine::BalanceRow>();
    CHECK(row.hold == money("13.02756"));  // of the first order, not yet of the second
    CHECK(records[2].event().header.sequence.value == before.value + 1);
    CHECK(records[3].event().kind() == EventKind::rows_end);
    CHECK(records[4].command().header.sequence.value == before.value + 2);
}

}  // namespace gridbook::tests
