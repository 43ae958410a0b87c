// SPDX-License-Identifier: Apache-2.0
// A month that is lived through, against a real engine: windows as strips that wait and bid more, deliveries
// minute by minute, providers that fail and are replaced, and what all of it is held against.
#include <iostream>

#include "gateway/replay/month_report.hpp"
#include "tests/gateway/replay_market.hpp"

namespace {

using namespace gridbook;
using namespace gridbook::gateway;
using namespace gridbook::gateway::replay;

const std::string data_dir = GRIDBOOK_SOURCE_DIR "/../shared/data";

// Two buyers and three providers of one class; times count from the begin, a full hour. Nobody fails unless
// told.
struct Small {
    Small() {
        scenario.trace = "philly-month";
        scenario.begin = engine::Time{1'506'816'000 * engine::second.value};
        scenario.end = scenario.begin + engine::day;
        scenario.families = {{"A100-80", {engine::Price{192}, engine::Price{9'555}}}};
        scenario.accounts = {"buyer-0", "buyer-1", "prov-0", "prov-1", "prov-2"};
        scenario.groups = {"k"};
        scenario.month =
            MonthRules{.patience = engine::hour * 6, .waiting = engine::hour * 12, .failing_bp = 0};
    }
    engine::Time at(int h, int m = 0) const {
        return scenario.begin + engine::second * ((h * 60LL + m) * 60);
    }
    engine::Period hour(std::uint32_t h) const { return plus(scenario.first_period(), h); }
    Job& job(engine::Time entry, std::uint32_t hours, std::vector<std::int32_t> limits,
             std::uint32_t lots = 10) {
        Job job;
        job.name = "job-" + std::to_string(scenario.jobs.size());
        job.lots = lots;
        job.hours = hours;
        job.entry = entry;
        for (const std::int32_t limit : limits) job.wishes.push_back({0, engine::Price{limit}});
        return scenario.jobs.emplace_back(job);
    }
    void node(std::uint32_t lots, std::int32_t ask, std::uint32_t provider, bool standby = false) {
        scenario.nodes.push_back({"node-" + std::to_string(scenario.nodes.size()), 2 + provider, 0, lots,
                                  engine::Price{ask}, standby});
    }
    MonthRun& run() {
        result = std::make_unique<MonthRun>(scenario, replay_config("philly-month"));
        result->run();
        CAPTURE(result->market.refused);
        CHECK(result->market.refused.empty());
        return *result;
    }
    std::vector<Order> windows() const {
        std::vector<Order> out;
        for (std::uint32_t i = 0; i < result->orders.size(); ++i)
            if (result->orders[i].purpose == Order::Purpose::need) out.push_back(result->orders[i]);
        return out;
    }
    MonthCheck check() const { return MonthCheck::of(result->scenario, result->orders, result->deliveries); }

    Scenario scenario;
    std::unique_ptr<MonthRun> result;
};

// With one provider-hour in ten failing: the first in which prov-0 falls silent in [from, upto), and prov-1
// does not.
std::uint32_t failing_hour(const Small& s, std::uint32_t from, std::uint32_t upto) {
    for (std::uint32_t h = 3; h < 400; ++h) {
        const std::uint32_t silent = silent_from("prov-0", s.hour(h), 1'000);
        if (silent >= from && silent < upto && silent_from("prov-1", s.hour(h), 1'000) == window_minutes)
            return h;
    }
    throw std::logic_error("nobody fails");
}

}  // namespace

TEST_CASE("a window of several hours is one strip, and its hours are delivered and settled") {
    Small s;
    s.node(80, 1'000, 0);
    s.job(s.at(1, 50), 3, {1'100}, 20);
    MonthRun& run = s.run();
    const auto windows = s.windows();
    REQUIRE(windows.size() == 1);
    CHECK(windows[0].hours == 3);
    CHECK(windows[0].period == s.hour(3));  // at 01:50 the gate of 02:00 is closed
    CHECK(windows[0].filled == 60);
    CHECK(run.broker.courses()[0].whole());
    CHECK(run.broker.courses()[0].waited == 0);
    CHECK(run.market.readies == 3);
    CHECK(run.market.meters == 180);
    const MonthCheck check = s.check();
    CAPTURE(check.wrong);
    CHECK(check.wrong_count == 0);
    CHECK(check.deliveries == 3);
    CHECK(check.promised == 3 * 20 * 60);
    CHECK(check.undelivered == 0);
    CHECK(run.deliveries.positions().size() == 6);
}

TEST_CASE("a window that its gate leaves unfilled moves to the next hour, and bids more after its patience") {
    Small s;
    s.node(80, 1'000, 0);
    // Asks are 9.03 when the hour is near: 8.50 is not enough, 9.50 is.
    s.scenario.month->waiting = engine::day;
    s.job(s.at(1), 2, {800, 850, 950});
    MonthRun& run = s.run();
    const auto windows = s.windows();
    // Entered at 01:00 for hour 2; the gate of hour h closes a quarter before it, so the first one twelve
    // hours after the entry is that of hour 14.
    REQUIRE(windows.size() == 14);
    CHECK(windows[0].period == s.hour(2));
    CHECK(windows[1].period == s.hour(3));
    for (std::size_t i = 0; i < windows.size(); ++i) {
        const std::int32_t limits[] = {800, 850, 950};
        CHECK(windows[i].price.value == limits[windows[i].wish]);
        CHECK(windows[i].hours == 2);
    }
    CHECK(windows.back().wish == 2);
    CHECK(windows.back().filled == 20);
    const Course& course = run.broker.courses()[0];
    CHECK(course.whole());
    CHECK(course.raised);
    CHECK(course.waited == 13);
}

TEST_CASE("a window that cannot be had is given up when it has waited as long as it may") {
    Small s;
    s.node(80, 2'000, 0);
    s.job(s.at(1), 2, {1'000});
    s.job(s.at(1), 1, {1'000});
    MonthRun& run = s.run();
    for (const Course& course : run.broker.courses()) {
        CHECK(course.lost);
        CHECK_FALSE(course.whole());
    }
    // The first windows, and one at each of the gates up to twelve hours after the entry.
    CHECK(s.windows().size() == 2 * 13);
    CHECK(run.broker.volumes().demanded[0] == 30);
}

TEST_CASE("a gang that gets its hour in parts is not granted") {
    Small s;
    s.node(10, 1'000, 0);
    s.job(s.at(1), 1, {1'100}, 20);
    MonthRun& run = s.run();
    CHECK(run.broker.courses()[0].split);
    CHECK(run.broker.courses()[0].granted == 1);
    CHECK_FALSE(run.broker.courses()[0].whole());
    CHECK(s.check().wrong_count == 0);
}

TEST_CASE("a job over a week enters its next window when the one before has a day left") {
    Small s;
    s.scenario.end = s.scenario.begin + engine::day * 9;
    s.node(80, 1'000, 0);
    s.job(s.at(1), 200, {1'100});
    MonthRun& run = s.run();
    const auto windows = s.windows();
    REQUIRE(windows.size() == 2);
    CHECK(windows[0].hours == 168);
    CHECK(windows[1].hours == 32);
    CHECK(windows[1].period == s.hour(2 + 168));
    CHECK(run.broker.courses()[0].whole());
    CHECK(s.check().deliveries == 200);
}

TEST_CASE("a strip never asks for more GPU-hours than it may meet orders") {
    Small s;
    s.node(1'000, 1'000, 0);
    s.job(s.at(1), 100, {1'100}, 500);
    s.run();
    CHECK(s.windows()[0].hours == 40);
    CHECK(s.windows()[1].hours == 40);
}

TEST_CASE("what a provider lacks from some minute on is taken over, refunded and penalised") {
    Small s;
    s.scenario.month->failing_bp = 1'000;
    const engine::Period hour = s.hour(failing_hour(s, 5, 50));
    const std::uint32_t silent = silent_from("prov-0", hour, 1'000);
    s.scenario.end = start_of(hour);
    s.node(80, 2'000, 0);
    s.node(80, 2'500, 1, true);
    s.job(start_of(hour) - engine::minute * 30, 1, {2'100}, 16);
    MonthRun& run = s.run();
    const MonthCheck check = s.check();
    CAPTURE(check.wrong, silent);
    CHECK(check.wrong_count == 0);
    CHECK(check.deliveries == 1);
    CHECK(check.replacements == 1);
    CHECK(check.failed == 1);
    CHECK(check.failing_hours == 1);
    CHECK(check.provider_hours == 2);
    CHECK(check.replaced == 16 * (60 - silent - 3));
    CHECK(check.undelivered == 16 * 3);
    CHECK(check.unpaid == check.undelivered);
    CHECK(check.refunds == refund_of(48, run.deliveries[1].price));
    CHECK(run.market.meters == silent + (60 - silent - 3));
    // The offer was free to take: 25.00 is below 1.5 times the price of what failed.
    CHECK(run.deliveries.replacement_cost().value > 0);
}

TEST_CASE("without a standby offer every minute that is lacking is refunded") {
    Small s;
    s.scenario.month->failing_bp = 10'000;
    s.node(80, 1'000, 0);
    s.job(s.at(1), 4, {1'100}, 30);
    MonthRun& run = s.run();
    const MonthCheck check = s.check();
    CAPTURE(check.wrong);
    CHECK(check.wrong_count == 0);
    CHECK(check.replacements == 0);
    std::uint64_t silent = 0;
    for (std::uint32_t h = 2; h < 6; ++h) silent += 60 - silent_from("prov-0", s.hour(h), 10'000);
    CHECK(check.undelivered == 30 * silent);
    CHECK(check.unpaid == check.undelivered);
    CHECK(run.market.meters == 4 * 60 - silent);
}

TEST_CASE("the check finds a minute that a buyer paid for and did not get, and a provider paid twice") {
    Small s;
    s.node(80, 1'000, 0);
    s.job(s.at(1), 2, {1'100}, 30);
    MonthRun& run = s.run();
    CHECK(s.check().wrong_count == 0);
    --run.deliveries[1].reported;
    CHECK(s.check().wrong_count > 0);
    ++run.deliveries[1].reported;
    run.deliveries.hear_position(2, s.hour(2), run.deliveries.positions().at({2, s.hour(2)}));
    CHECK(s.check().wrong_count == 1);
}

TEST_CASE("refund and penalty are those of the vector of market-rules section 7") {
    // u 0.8 of units at 13.50: 48 unit-minutes.
    CHECK(refund_of(480, engine::Price{1'350}).value == 10'800'000);
    CHECK(penalty_of(480, engine::Price{1'350}).value == 5'400'000);
    CHECK(refund_of(1, engine::Price{1'353}).value == 22'550);
    CHECK(penalty_of(1, engine::Price{1'353}).value == 11'275);
    CHECK(refund_of(1, engine::Price{1'351}).value == 22'517);  // 22,516.67
    CHECK_FALSE(short_of_sla(9'570, 9'600));                    // 99.69 %
    CHECK(short_of_sla(59, 60));
    CHECK(short_of_sla(9'551, 9'600));
    CHECK_FALSE(short_of_sla(9'552, 9'600));
}

TEST_CASE("provider-hours fail by their name, about as many as are told to") {
    std::uint32_t failing = 0;
    for (std::uint32_t p = 0; p < 40; ++p)
        for (std::uint32_t h = 0; h < 744; ++h)
            failing +=
                silent_from("prov-" + std::to_string(p), engine::Period{418'560 + h}, 100) < window_minutes;
    CHECK(failing > 29'760 * 8 / 1'000);
    CHECK(failing < 29'760 * 12 / 1'000);
    CHECK(silent_from("prov-0", engine::Period{418'560}, 0) == window_minutes);
    CHECK(silent_from("prov-0", engine::Period{418'560}, 10'000) < window_minutes);
}

TEST_CASE("booking without price or waiting grants whole windows, first come first served") {
    Small s;
    s.node(10, 1'000, 0);
    s.node(10, 9'000, 1, true);  // what stands by counts as well
    s.job(s.at(1, 10), 4, {1});
    s.job(s.at(1, 50), 4, {1});
    s.job(s.at(1, 55), 1, {1});  // from 02:00 both are taken
    s.job(s.at(5, 40), 2, {1}, 20);
    const Booking hours = Booking::of(s.scenario, Booking::Start::full_hour);
    CHECK(hours.jobs == 3);
    CHECK(hours.wanted_jobs == 4);
    CHECK(hours.lots == 40 + 40 + 40);
    CHECK(hours.wanted_lots == 130);
    CHECK(hours.by_day == std::vector<std::uint64_t>{120});
    // By gates the second begins at 03:00 and ends at 07:00, so the last one finds nothing.
    const Booking gates = Booking::of(s.scenario, Booking::Start::open_gate);
    CHECK(gates.jobs == 2);
    CHECK(gates.lots == 80);
}

TEST_CASE("a job stays with its provider while there is room, the largest are placed first") {
    Placement placement;
    placement.place({{5, 0, 20}, {6, 0, 80}}, {{1, 0, 20}, {2, 0, 60}});
    placement.place({{5, 0, 20}, {6, 0, 60}}, {{1, 0, 20}, {2, 0, 60}});
    CHECK(placement.throughout(1));
    CHECK(placement.throughout(2));
    // The first loses its provider; the second is served in parts.
    placement.place({{6, 0, 30}, {7, 0, 50}}, {{1, 0, 20}, {2, 0, 60}});
    CHECK_FALSE(placement.throughout(1));
    CHECK_FALSE(placement.throughout(2));
    CHECK_FALSE(placement.throughout(3));
}

TEST_CASE("a naive pairing takes sellers and buyers as they came") {
    const auto pairs = first_come({.sellers = {{5, 30}, {6, 20}}, .buyers = {{1, 10}, {0, 40}}});
    REQUIRE(pairs.size() == 3);
    CHECK((pairs[0].seller == 5 && pairs[0].buyer == 1 && pairs[0].lots == 10));
    CHECK((pairs[1].seller == 5 && pairs[1].buyer == 0 && pairs[1].lots == 20));
    CHECK((pairs[2].seller == 6 && pairs[2].buyer == 0 && pairs[2].lots == 20));
}

TEST_CASE("an hour is read from the end of its symbol") {
    Small s;
    for (const std::uint32_t h : {0u, 23u, 743u})
        CHECK(hour_of_symbol(symbol(s.scenario.families[0], s.hour(h))) == s.hour(h));
    CHECK_THROWS(hour_of_symbol("A100-80.CN-EAST.G2.20171001"));
}

TEST_CASE("a report tells shares and waits, and its page has its pictures in itself") {
    Small s;
    s.node(80, 1'000, 0);
    s.job(s.at(1), 2, {1'100});
    s.job(s.at(1), 2, {800, 950});
    s.job(s.at(1), 2, {500});
    MonthRun& run = s.run();
    const MonthReport report =
        MonthReport::of(run.scenario, run.broker, run.orders, run.trades, run.deliveries, run.report());
    CHECK(report.jobs == 3);
    CHECK(report.granted == 2);
    CHECK(report.granted_first == 1);
    CHECK(report.at_once == 1);
    CHECK(report.lost == 1);
    CHECK(report.waited_at(50) == 0);
    CHECK(report.waited_at(95) == 7);
    CHECK(report.filled == 40);
    CHECK(share(report.filled, report.demanded) == "66.67");
    CHECK(report.one_provider.jobs == 2);
    CHECK(report.one_provider.paired == 2);
    CHECK(report.days.size() == 1);
    CHECK(report.right());
    const std::string page = report.page();
    CHECK(page.starts_with("<!doctype html>"));
    CHECK(page.find("</svg>") != std::string::npos);
    CHECK(page.find("http") == std::string::npos);
}

TEST_CASE("two days of the Philly month run without a refusal, are right, and twice alike") {
    if (!std::filesystem::exists(data_dir + "/philly-2017")) {
        std::cout << "SKIPPED: the trace folder ../shared/data is not beside the source folder\n";
        return;
    }
    const Scenario month =
        read_scenario("philly-month", data_dir, {.days = 2, .month = {.waiting = engine::hour * 24}});
    MonthRun first(month, replay_config(month.trace)), second(month, replay_config(month.trace));
    first.run();
    second.run();
    CHECK(first.market.refused.empty());
    const MonthCheck check = MonthCheck::of(first.scenario, first.orders, first.deliveries);
    CAPTURE(check.wrong);
    CHECK(check.wrong_count == 0);
    CHECK(check.failed > 0);
    CHECK(first.report().trades_hash == second.report().trades_hash);
    CHECK(first.market.state_hash() == second.market.state_hash());
}

TEST_CASE("first come without price grants what the mapping says of October") {
    if (!std::filesystem::exists(data_dir + "/philly-2017")) return;
    const Scenario month = read_scenario("philly-month", data_dir, {});
    const Booking stated = Booking::of(month, Booking::Start::full_hour);
    CHECK(stated.wanted_jobs == 47'192);
    CHECK(share(stated.jobs, stated.wanted_jobs) == "92.40");
    CHECK(share(stated.lots, stated.wanted_lots) == "98.33");
}

// The whole month takes a while; run it with [.philly].
TEST_CASE("the Philly month, lived through", "[.philly]") {
    const Scenario month = read_scenario("philly-month", data_dir, {});
    MonthRun run(month, replay_config(month.trace));
    run.run();
    CHECK(run.market.refused.empty());
    const MonthReport report =
        MonthReport::of(run.scenario, run.broker, run.orders, run.trades, run.deliveries, run.report());
    CHECK(report.check.wrong_count == 0);
    std::cout << report.text() << report.trades_hash << '\n';
}
