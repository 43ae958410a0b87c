// SPDX-License-Identifier: Apache-2.0
// The broker against a real engine: what mapping rules J1, J2 and S1 make of small traces, by hand, and that
// whole traces run without a refusal and twice alike.
#include <iostream>

#include "tests/gateway/replay_market.hpp"

namespace {

using namespace gridbook;
using namespace gridbook::gateway;
using namespace gridbook::gateway::replay;

const std::string data_dir = GRIDBOOK_SOURCE_DIR "/../shared/data";

bool no_data() {
    if (std::filesystem::exists(data_dir + "/alibaba-gpu-2023/pods.csv")) return false;
    std::cout << "SKIPPED: the trace folder ../shared/data is not beside the source folder\n";
    return true;
}

// A market with T4 (and V100-16 as second class) and no supply; times count from its begin, a full hour.
struct Small {
    Small() {
        scenario.trace = "alibaba-gpu-2023";
        scenario.begin = engine::Time{1'767'225'600 * engine::second.value};
        scenario.end = scenario.begin + engine::day * 3;
        scenario.families = {{"T4", {engine::Price{69}, engine::Price{3'430}}},
                             {"V100-16", {engine::Price{71}, engine::Price{3'535}}}};
        scenario.accounts = {"buyer-0", "buyer-1", "prov-0"};
        scenario.groups = {"LS"};
    }
    engine::Time at(int h, int m = 0, int s = 0) const {
        return scenario.begin + engine::second * ((h * 60LL + m) * 60 + s);
    }
    engine::Period hour(std::uint32_t h) const { return engine::Period{scenario.first_period().value + h}; }
    Job& job(engine::Time entry, std::uint32_t hours, std::int32_t limit) {
        Job job;
        job.name = "pod-" + std::to_string(scenario.jobs.size());
        job.lots = 10;
        job.hours = hours;
        job.entry = entry;
        job.wishes = {{0, engine::Price{limit}}};
        return scenario.jobs.emplace_back(job);
    }
    void node(std::uint32_t lots, std::int32_t ask, std::uint32_t family = 0) {
        scenario.nodes.push_back(
            {"node-" + std::to_string(scenario.nodes.size()), 2, family, lots, engine::Price{ask}});
    }
    EngineRun& run() {
        result = std::make_unique<EngineRun>(scenario, replay_config("alibaba-gpu-2023"));
        result->run();
        CAPTURE(result->market.refused);
        CHECK(result->market.refused.empty());
        return *result;
    }
    // The needs and resales of the run, in the order in which they were placed.
    std::vector<Order> placed() const {
        std::vector<Order> out;
        for (std::uint32_t i = 0; i < result->orders.size(); ++i)
            if (result->orders[i].purpose != Order::Purpose::offer) out.push_back(result->orders[i]);
        return out;
    }

    Scenario scenario;
    std::unique_ptr<EngineRun> result;
};

}  // namespace

TEST_CASE("a window of several hours becomes one order an hour") {
    Small s;
    s.job(s.at(1, 50), 3, 700);
    s.run();
    const auto orders = s.placed();
    REQUIRE(orders.size() == 3);
    for (std::uint32_t i = 0; i < 3; ++i) {
        CHECK(orders[i].period == s.hour(3 + i));  // at 01:50 the gate of 02:00 is closed
        CHECK(orders[i].lots == 10);
        CHECK(orders[i].filled == 0);
        CHECK(orders[i].ended);  // by its gate
    }
}

TEST_CASE(
    "a node offers every listed hour, then the newly listed one, and lowers its ask 12 and 2 hours before") {
    Small s;
    s.node(20, 1'000);
    EngineRun& run = s.run();
    // 192 hours at the begin and one at each of the 72 full hours that follow.
    CHECK(run.market.placed.size() == 192 + 72);
    CHECK(run.broker.volumes().offered == 20 * (192 + 72));
    // The hour that begins at 05:00 is 2 hours away once, the one at 20:00 both.
    CHECK(run.orders[4].price.value == 950);
    CHECK(run.orders[19].price.value == 903);   // 9.50 x 0.95 = 9.025
    CHECK(run.orders[0].price.value == 1'000);  // 01:00 was less than 2 hours away from the begin
    // Marks at 00:00 itself are not used, so hours 13.. pass 12 h and hours 3.. pass 2 h before the end at
    // 72:00.
    CHECK(run.market.replaced == 72 + 72);
}

TEST_CASE("an order unfilled after 60 s moves to the next class with what is left of it") {
    Small s;
    s.node(4, 500);
    Job& job = s.job(s.at(1), 1, 600);
    job.wishes.push_back({1, engine::Price{800}});
    s.run();
    const auto orders = s.placed();
    REQUIRE(orders.size() == 2);
    CHECK(orders[0].filled == 4);
    CHECK(orders[0].given_up);
    CHECK(orders[1].family == 1);
    CHECK(orders[1].lots == 6);
    CHECK(orders[1].price.value == 800);
    CHECK(s.result->broker.volumes().moved_class == 1);
    CHECK(s.result->broker.volumes().demanded[0] == 10);
}

TEST_CASE("an order whose hour is gated meanwhile does not move") {
    Small s;
    Job& job = s.job(s.at(1, 44, 30), 1, 600);
    job.wishes.push_back({1, engine::Price{800}});
    s.run();
    CHECK(s.placed().size() == 1);
}

TEST_CASE("a waiting window moves on hour by hour for 24 hours") {
    Small s;
    s.job(s.at(1, 30), 2, 600).waits = true;
    s.run();
    const auto orders = s.placed();
    // Hours 2 and 3 at first; at each gate up to 01:30 of the next day one hour more behind the last.
    REQUIRE(orders.size() == 2 + 24);
    CHECK(orders[0].period == s.hour(2));
    CHECK(orders[1].period == s.hour(3));
    CHECK(orders[2].period == s.hour(4));
    CHECK(orders.back().period == s.hour(27));
    CHECK(s.result->broker.volumes().demanded[0] == 20);
}

TEST_CASE("a filled hour of a waiting window does not move") {
    Small s;
    s.node(10, 500);
    s.job(s.at(1, 30), 2, 600).waits = true;
    s.run();
    CHECK(s.placed().size() == 2);
    CHECK(s.result->report().groups[0].filled == 20);
}

TEST_CASE("a job that never ran cancels what is open at its end and sells what it bought") {
    Small s;
    s.node(4, 500);
    Job& job = s.job(s.at(1), 4, 600);
    job.end = s.at(2, 50);
    job.never_runs = true;
    s.run();
    const auto orders = s.placed();
    REQUIRE(orders.size() == 4 + 2);
    CHECK_FALSE(orders[0].given_up);  // 02:00 has begun
    CHECK_FALSE(orders[1].given_up);  // 03:00 is gated
    CHECK(orders[2].given_up);
    CHECK(orders[3].given_up);
    for (const std::size_t resale : {4u, 5u}) {
        CHECK(orders[resale].side == engine::Side::sell);
        CHECK(orders[resale].lots == 4);
        CHECK(orders[resale].price.value == 450);  // 0.9 of 5.00
    }
    CHECK(orders[4].period == s.hour(5));  // the newest order of the job first
    CHECK(orders[5].period == s.hour(4));
}

TEST_CASE("a job that ends early keeps buying hours that it has nothing of, and sells the others") {
    Small s;
    s.node(4, 500);
    s.job(s.at(1), 2, 600).end = s.at(1, 20);
    Job& poor = s.job(s.at(1), 1, 400);
    poor.account = 1;
    poor.end = s.at(1, 20);
    s.run();
    const auto orders = s.placed();
    REQUIRE(orders.size() == 3 + 2);
    CHECK(orders[0].given_up);
    CHECK(orders[1].given_up);
    CHECK_FALSE(orders[2].given_up);
    CHECK(orders[3].purpose == Order::Purpose::resale);
    CHECK(s.result->broker.volumes().resold == 8);
}

TEST_CASE("resold hours go to whoever pays 0.9 of their price") {
    Small s;
    s.node(10, 500);
    s.job(s.at(1), 1, 600).end = s.at(1, 20);
    s.job(s.at(1, 5), 1, 460).account = 1;
    s.run();
    const auto orders = s.placed();
    REQUIRE(orders.size() == 3);
    CHECK(orders[1].filled == 10);
    CHECK(orders[1].paid == 4'600);  // the resting buyer's price
    CHECK(orders[2].price.value == 450);
}

TEST_CASE("a window over a week is entered week by week, each when the one before has a day left") {
    Small s;
    s.scenario.end = s.scenario.begin + engine::day * 10;
    s.job(s.at(1), 200, 600);
    s.run();
    const auto orders = s.placed();
    REQUIRE(orders.size() == 200);
    CHECK(orders.front().period == s.hour(2));
    CHECK(orders[168].period == s.hour(170));
    CHECK(s.result->broker.volumes().demanded[0] == 2'000);
}

TEST_CASE("a long job that never ran does not enter its next week after its end") {
    Small s;
    s.scenario.end = s.scenario.begin + engine::day * 10;
    Job& job = s.job(s.at(1), 200, 600);
    job.never_runs = true;
    job.end = s.at(100);
    s.run();
    CHECK(s.placed().size() == 168);
}

TEST_CASE("the Alibaba month runs without a refusal, twice alike") {
    if (no_data()) return;
    const Scenario month = read_scenario("alibaba-gpu-2023", data_dir, {});
    EngineRun first(month, replay_config(month.trace)), second(month, replay_config(month.trace));
    first.run();
    second.run();
    CHECK(first.market.refused.empty());
    const Report report = first.report();
    CHECK(report.jobs == 6'329);
    CHECK(report.trades > 1'000);
    CHECK(report.trades_hash == second.report().trades_hash);
    // All that was demanded is told once, however often it moved.
    CHECK(report.demanded == 175'478);
}

TEST_CASE("a week of Philly runs without a refusal, twice alike") {
    if (no_data()) return;
    const Scenario week = read_scenario("philly-2017", data_dir, {7, false});
    EngineRun first(week, replay_config(week.trace)), second(week, replay_config(week.trace));
    first.run();
    second.run();
    CHECK(first.market.refused.empty());
    CHECK(first.report().trades > 1'000);
    CHECK(first.report().trades_hash == second.report().trades_hash);
}

// The whole month takes some seconds; run it with [.philly].
TEST_CASE("the Philly month runs without a refusal", "[.philly]") {
    if (no_data()) return;
    const Scenario month = read_scenario("philly-2017", data_dir, {});
    EngineRun run(month, replay_config(month.trace));
    run.run();
    CHECK(run.market.refused.empty());
    std::cout << run.report().text() << "placed " << run.market.placed.size() << ", replaced "
              << run.market.replaced << ", cancelled " << run.market.cancelled << '\n';
}
