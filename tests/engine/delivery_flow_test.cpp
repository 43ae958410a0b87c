// SPDX-License-Identifier: Apache-2.0
// Deliveries in a random flow: money that sums to zero, snapshots in the middle of an hour, and more events
// at one instant than one command may emit.
#include <map>

#include "tests/engine/delivery_flow.hpp"
#include "tests/engine/snapshot_bytes.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

// The same market again, out of a snapshot of it.
std::unique_ptr<Exchange> copy_of(const Exchange& exchange) {
    Bytes bytes;
    REQUIRE(exchange.save(bytes));
    auto other = std::make_unique<Exchange>();
    REQUIRE(other->restore(bytes) == SnapshotError::none);
    REQUIRE(other->state_hash() == exchange.state_hash());
    REQUIRE(other->next_timer() == exchange.next_timer());
    Bytes again;
    REQUIRE(other->save(again));
    REQUIRE(again.bytes == bytes.bytes);
    return other;
}

Events applied(Exchange& exchange, EventBuffer& buffer, const Command& command) {
    EventSink sink = buffer.sink();
    exchange.apply(command, sink);
    Events events;
    for (std::size_t i = 0; i < sink.count(); ++i) events.push_back(buffer[i].event());
    return events;
}

// Invariant: what an instrument's net sellers sold is in deliveries, and what each minute counts is their
// sum.
void check_deliveries(const State& state) {
    for (std::uint32_t a = 0; a < state.accounts.all().size(); ++a) {
        std::uint32_t last = 0;
        std::uint32_t node = state.deliveries.first_node(state.accounts[AccountId{a}]);
        for (; node != 0; node = state.deliveries.next_node(node)) {
            const Delivery& d = state.deliveries[Deliveries::slot_of(node)];
            // Who delivers to itself is linked on both sides.
            if (d.seller == d.buyer && d.id.value == last) continue;
            REQUIRE(d.id.value > last);
            last = d.id.value;
            std::uint64_t counted = 0;
            for (std::uint32_t m = d.first_minute; m < d.end_minute(); ++m) counted += d.counts(m);
            REQUIRE(counted == d.counted);
            REQUIRE((d.id <= state.deliveries.last_id() && d.state != DeliveryState::settled));
        }
    }
}

// A flow of some hours in which every minute most sellers report; every 500 commands the copy is made anew.
struct Flowing {
    std::map<EventKind, std::size_t> kinds;
    std::map<DeliveryState, std::size_t> states;

    void run(std::uint32_t seed, std::size_t commands) {
        other.reset();
        Driver driver;
        driver.send(Command::of(small_pools()), day_one);
        for (const Command& c : delivering_set_up()) driver.send(c, day_one);
        const State& state = driver.exchange().state();
        Reports reports(seed);
        std::size_t done = 0;
        for (const Command& next : MixedFlow(seed).commands(commands)) {
            if (++done % 500 == 250) other = copy_of(driver.exchange());
            while (state.time + minute < next.header.time) {
                apply(driver, advance(), state.time + second * 50);
                for (const Command& c : reports.round(state)) apply(driver, c, state.time);
            }
            apply(driver, next, next.header.time);
            for (int n = 0; n < 2; ++n) apply(driver, reports.next(state), state.time);
            if (done % 8 == 0) apply(driver, reports.offer(state), state.time);
            if (done % 20 != 0) continue;
            check_deliveries(state);
            if (other != nullptr) REQUIRE(other->state_hash() == driver.exchange().state_hash());
        }
    }

  private:
    static Genesis small_pools() {
        Genesis g = delivering_genesis();
        g.orders = 2'048;
        g.records = 4'096;
        g.pages = 1'024;
        g.books = 64;
        g.positions = g.deliveries = 512;
        return g;
    }
    void apply(Driver& driver, const Command& command, Time time) {
        for (const gridbook::tests::Step& step : driver.steps(command, time)) {
            for (const Event& e : step.events) {
                ++kinds[e.kind()];
                if (e.kind() == EventKind::delivery) ++states[e.as<DeliveryChanged>().state];
            }
            if (other != nullptr) REQUIRE(applied(*other, buffer, step.command) == step.events);
        }
        REQUIRE(all_money(driver.exchange().state()) == Money{});
    }
    std::unique_ptr<Exchange> other;
    EventBuffer buffer;
};

// Moves the market as the sequencer does, a copy out of a snapshot beside it in every follow-on; how many
// events there were.
std::size_t copied_at(Delivering& d, Time time, std::size_t& follow_ons) {
    std::size_t events = 0;
    EventBuffer buffer;
    Exchange& exchange = d.m.exchange();
    Command command = advance();
    for (bool first = true; first || exchange.unfinished(); first = false) {
        if (!first) command = Command::of(FollowOn{}), ++follow_ons;
        command.header.sequence = Sequence{exchange.sequence().value + 1};
        command.header.time = time;
        const auto other = copy_of(exchange);
        const Events told = applied(exchange, buffer, command);
        events += told.size();
        REQUIRE(told.size() <= max_events);
        REQUIRE(applied(*other, buffer, command) == told);
        REQUIRE(other->state_hash() == exchange.state_hash());
        REQUIRE(all_money(exchange.state()) == Money{});
    }
    return events;
}

// So many sellers and buyers of one unit each, all in the same hour.
struct Crowd {
    explicit Crowd(std::uint32_t pairs) : d(genesis(pairs)) {
        for (std::uint32_t i = 0; i < pairs; ++i) {
            const AccountId seller = open("s", i), buyer = open("b", i);
            d.m.send(resource(seller, 1));
            d.m.send(sell(1).at("14.00").from(seller).as("o"));
            d.m.send(buy(1).at("14.00").from(buyer).as("o"));
        }
    }
    std::size_t at(Time time) { return copied_at(d, time, follow_ons); }
    Delivering d;
    std::size_t follow_ons = 0;

  private:
    static Genesis genesis(std::uint32_t pairs) {
        Genesis g = delivering_genesis();
        g.accounts = 2 * pairs + 8;
        g.resources = pairs + 8;
        return g;
    }
    AccountId open(const char* what, std::uint32_t i) {
        d.m.send(Command::of(account(fmt::format("{}{:05}", what, i))));
        const AccountId id{static_cast<std::uint32_t>(d.m.exchange().state().accounts.all().size() - 1)};
        d.m.send(credit(id, 100));
        return id;
    }
};

}  // namespace

TEST_CASE("a market that delivers, restored in the middle of a flow, is the same market", "[delivery]") {
    Flowing all;
    for (std::uint32_t seed = 1; seed <= 3; ++seed) all.run(seed, 2'000);
    for (const EventKind kind : {EventKind::metered, EventKind::replaced, EventKind::delivery_settled,
                                 EventKind::position_settled}) {
        INFO("event kind " << static_cast<int>(kind));
        CHECK(all.kinds[kind] > 50);
    }
    for (const DeliveryState state : {DeliveryState::gated, DeliveryState::ready, DeliveryState::delivering,
                                      DeliveryState::failing, DeliveryState::failed, DeliveryState::replaced,
                                      DeliveryState::delivered, DeliveryState::provisional}) {
        INFO("state " << word(state));
        CHECK(all.states[state] > 10);
    }
}

TEST_CASE("2,200 deliveries at one instant go on in follow-ons, from gate to settlement", "[delivery]") {
    constexpr std::uint32_t pairs = 2'200;
    Crowd crowd(pairs);
    CHECK(crowd.at(clock(11, 45)) >= 2 * pairs);
    CHECK(crowd.d.m.exchange().state().deliveries.used() == pairs);
    CHECK(crowd.follow_ons >= 1);
    CHECK(crowd.at(clock(11, 55)) == 2 * pairs);  // failing
    CHECK(crowd.follow_ons >= 2);
    crowd.at(clock(12, 4));
    CHECK(crowd.at(clock(12, 5)) == 2 * pairs);  // failed
    CHECK(crowd.follow_ons >= 3);
    crowd.at(clock(13, 59));
    CHECK(crowd.at(clock(14)) >= 4 * pairs);
    CHECK(crowd.follow_ons >= 5);
    const State& state = crowd.d.m.exchange().state();
    CHECK(state.deliveries.used() == 0);
    CHECK(state.positions.used() == 0);
    // Names and sequences agree, so each buyer has its own seller: refunded 14.00, and 7.00 of penalty.
    CHECK(crowd.d.cash(AccountId{6}) == money("100") - money("14.02968") + money("21"));
}

TEST_CASE("1,100 standby offers that take over from one seller go on in follow-ons", "[delivery]") {
    constexpr std::uint32_t offers = 1'100;
    Genesis g = delivering_genesis();
    g.strips = offers + 100;
    Delivering d(g);
    d.trade(Market::prov, Market::acme, 110, "13.50");
    Command offer = sell("0.1").at("14.00").from(Market::bert);
    PlaceOrder body = offer.as<PlaceOrder>();
    body.standby = true;
    for (std::uint32_t i = 0; i < offers + 100; ++i) {
        body.cid = Cid{fmt::format("s-{}", i)};
        d.m.send(Command::of(body, Market::bert, no_key, asked));
    }
    std::size_t follow_ons = 0;
    copied_at(d, clock(12, 4), follow_ons);
    CHECK(d.m.exchange().state().standbys.used() == offers + 100);
    // Failed, a delivery and what it cost for each offer, replaced: each to both.
    CHECK(copied_at(d, clock(12, 5), follow_ons) == 2 + 4 * offers + 2);
    CHECK(follow_ons == 1);
    CHECK(d.m.exchange().state().standbys.used() == 100);
    // They say nothing either: failing in the next minute, failed at 12:10, and nobody but their own seller
    // has offers left.
    CHECK(copied_at(d, clock(12, 10), follow_ons) == 4 * offers);
    CHECK(d.m.exchange().state().standbys.used() == 100);
    copied_at(d, clock(14), follow_ons);
    CHECK(d.m.exchange().state().standbys.used() == 0);
    CHECK(d.m.exchange().state().deliveries.used() == 0);
    CHECK(d.m.exchange().state().positions.used() == 0);
}

TEST_CASE("a snapshot of deliveries with a damaged entry is refused", "[delivery]") {
    Delivering d;
    d.trade(Market::prov, Market::acme, 16, "13.50");
    d.at(clock(11, 45));
    d.run_hour(12, 1, Market::prov, [](std::uint32_t m) { return m % 2 == 0 ? "15" : nullptr; });
    Bytes good;
    REQUIRE(d.m.exchange().save(good));
    for (std::size_t at = 0; at < good.bytes.size(); at += 331) {
        Bytes bad = good;
        bad.bytes[at] ^= std::byte{0x04};
        Exchange other;
        REQUIRE(other.restore(bad) != SnapshotError::none);
    }
}
