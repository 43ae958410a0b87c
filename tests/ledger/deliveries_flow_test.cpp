// SPDX-License-Identifier: Apache-2.0
// The real exchange delivering at random, held against books that are kept from its events alone: every
// formula at every event, every balance, position and delivery every few commands, and invoices that sum to
// what was taken.
#include "ledger/audit/engine_checks.hpp"
#include "ledger/billing/lines.hpp"
#include "ledger/snapshots/pack.hpp"
#include "ledger/snapshots/reconcile.hpp"
#include "tests/engine/delivery_flow.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using engine::EventKind;
using engine::Money;

namespace {

engine::Genesis small_pools() {
    engine::Genesis g = tests::delivering_genesis();
    g.orders = 2'048;
    g.records = 4'096;
    g.pages = 1'024;
    g.books = 64;
    g.positions = g.deliveries = 512;
    return g;
}

struct Delivering {
    tests::Driver driver;
    MarketChecks market{small_pools()};
    EngineChecks engine{driver.exchange(), market};
    std::map<EventKind, std::size_t> kinds;
    std::map<engine::AccountId, Money> billed, credited;
    std::map<engine::DisputeState, std::size_t> disputes;
    std::optional<Difference> apart;  // what a snapshot would not have been made for

    void run(std::uint32_t seed, std::size_t commands) {
        apply(engine::Command::of(small_pools()), tests::day_one);
        for (const engine::Command& c : tests::delivering_set_up()) apply(c, tests::day_one);
        const engine::State& state = driver.exchange().state();
        tests::Reports reports(seed);
        std::size_t done = 0;
        for (const engine::Command& next : tests::MixedFlow(seed).commands(commands)) {
            while (state.time + engine::minute < next.header.time) {
                apply(tests::advance(), state.time + engine::second * 50);
                for (const engine::Command& c : reports.round(state)) apply(c, state.time);
            }
            apply(next, next.header.time);
            for (int n = 0; n < 2; ++n) apply(reports.next(state), state.time);
            if (++done % 8 == 0) apply(reports.offer(state), state.time);
            if (done % 4 == 0) apply(reports.dispute(state), state.time);
            if (done % 6 == 0) apply(reports.decision(state), state.time);
            if (done % 100 != 0) continue;
            engine.compare_all(driver.exchange().sequence());
            if (!apart) apart = reconcile(driver.exchange(), market.postings(), market.balances());
        }
        // Nothing is left to deliver two days later, and nothing to decide.
        for (int hour = 0; hour < 48; ++hour) apply(tests::advance(), state.time + engine::hour);
        engine.compare_all(driver.exchange().sequence());
        while (!state.disputes.all().empty()) apply(reports.decision(state), state.time);
        engine.compare_all(driver.exchange().sequence());
        market.finish(driver.exchange().sequence(), false);
    }

  private:
    void apply(const engine::Command& command, engine::Time time) {
        for (const tests::Step& step : driver.steps(command, time)) {
            market.begin(step.command);
            for (const engine::Event& e : step.events) see(e);
            market.end(step.command.header.sequence);
        }
    }
    void see(const engine::Event& e) {
        ++kinds[e.kind()];
        market.see(e);
        if (e.kind() == EventKind::credited) credited[e.header.account] += e.as<engine::Credited>().amount;
        if (e.kind() == EventKind::dispute) ++disputes[e.as<engine::DisputeChanged>().state];
        for (const LineRow& line : lines_of(e, market.postings())) billed[e.header.account] += line.cost;
    }
};

}  // namespace

TEST_CASE("a market that delivers at random keeps the books that its events give", "[postings][delivery]") {
    std::map<EventKind, std::size_t> kinds;
    for (const std::uint32_t seed : {1u, 2u, 3u}) {
        INFO("seed " << seed);
        Delivering flow;
        flow.run(seed, 1'200);
        for (Check* check : flow.market.all()) {
            INFO(check->claim() << ": " << check->what() << " at " << check->first().value);
            CHECK(check->ok());
        }
        for (const Check* check : {&flow.engine.balances, &flow.engine.holds, &flow.engine.positions,
                                   &flow.engine.orders, &flow.engine.deliveries}) {
            INFO(check->claim() << ": " << check->what() << " at " << check->first().value);
            CHECK(check->ok());
        }
        CHECK(flow.market.postings().deliveries().empty());
        CHECK(flow.market.postings().disputes().empty());
        CHECK(flow.disputes[engine::DisputeState::suspended] > 10);
        CHECK(flow.disputes[engine::DisputeState::upheld] > 10);
        CHECK(flow.disputes[engine::DisputeState::rejected] > 10);
        for (const auto& [key, sums] : flow.market.postings().positions()) CHECK(sums.sold.value == 0);
        INFO((flow.apart ? flow.apart->text : ""));
        CHECK_FALSE(flow.apart);
        const auto& balances = flow.market.balances();
        CHECK_FALSE(reconcile(flow.driver.exchange(), flow.market.postings(), balances));
        for (const auto& [account, p] : balances.participants()) {
            CHECK(p.receivable == Money{});
            CHECK(p.penalty == Money{});
            CHECK(flow.billed[account] == flow.credited[account] - (p.cash + p.hold + p.margin));
        }
        Packer packed, again;
        flow.market.postings().save(packed);
        Postings restored(small_pools());
        Unpacker in(packed.bytes());
        REQUIRE(restored.load(in));
        restored.save(again);
        CHECK(std::ranges::equal(packed.bytes(), again.bytes()));
        for (const auto& [kind, count] : flow.kinds) kinds[kind] += count;
    }
    for (const EventKind kind :
         {EventKind::delivery, EventKind::metered, EventKind::replaced, EventKind::delivery_settled,
          EventKind::position_settled, EventKind::dispute})
        CHECK(kinds[kind] > 10);
}
