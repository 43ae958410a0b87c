// SPDX-License-Identifier: Apache-2.0
// Egress behind the real engine: random orders, replaces, cancels, band changes and gate closures; the public
// book must be what the accounts' open orders add up to, and what a client was told of an order must be what
// a question answers.

#include <map>

#include "tests/engine/setup.hpp"
#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using Levels = std::map<std::pair<InstrumentId, std::pair<Side, int>>, std::int64_t>;

class LiveMarket {
  public:
    explicit LiveMarket(std::int32_t width = 0) {
        send(engine::Command::of(tests::small_genesis()));
        send(engine::Command::of(tests::h100_class()));
        send(engine::Command::of(tests::east_zone()));
        send(engine::Command::of(tests::g2_tier()));
        engine::DefineFamily family = tests::h100_family();
        family.dynamic_width = engine::BasisPoints{width};
        send(engine::Command::of(family));
        for (const char* name : {"acme", "bert", "carl", "prov"})
            send(engine::Command::of(tests::account(name)));
        for (std::uint32_t a = 0; a < accounts; ++a) {
            send(tests::credit(AccountId{a}, 1'000'000));
            send(tests::resource(AccountId{a}, 9'000));
        }
    }
    void send(const engine::Command& command) {
        for (const Event& e : driver_.send(command, now_)) publisher.publish(e);
        publisher.end_of_batch();
    }
    void pass(engine::Duration time) {
        now_ = now_ + time;
        send(tests::advance());
    }
    // Every open or parked order, as the engine answers for it.
    std::vector<engine::OrderEvent> orders() {
        std::vector<engine::OrderEvent> all;
        for (std::uint32_t a = 0; a < accounts; ++a) {
            engine::QueryOrders q;
            q.limit = 1'000;
            for (bool more = true; more;) {
                for (const Event& e : driver_.ask(engine::Command::of(q, AccountId{a}))) {
                    if (e.kind() == engine::EventKind::rows_end) more = e.as<engine::RowsEnd>().more;
                    if (e.kind() != engine::EventKind::order_row) continue;
                    all.push_back(e.as<engine::OrderRow>().order);
                    q.after = all.back().order;
                }
            }
        }
        return all;
    }
    Levels shown() const {
        Levels levels;
        for (const Market& m : market.markets(engine::FamilyId{0}))
            for (const Side side : {Side::buy, Side::sell})
                for (std::size_t i = 0; i < m.side(side).size(); ++i)
                    levels[{m.instrument, {side, m.side(side).at(i).price.value}}] =
                        m.side(side).at(i).lots.value;
        return levels;
    }
    Time now() const { return now_; }

    static constexpr std::uint32_t accounts = 4;
    Directory directory;
    Bands bands;
    MarketData market{16};
    RememberingOutbox outbox;
    AccountStreams streams;
    Sessions sessions{directory, outbox, streams};
    MarketFeed feed{directory, market, outbox};
    Requests requests;
    Metrics metrics;
    Publisher publisher{directory, bands, market, feed, requests, sessions, outbox, metrics, streams};

  private:
    tests::Driver driver_;
    Time now_ = tests::day_one;
};

std::string price_text(std::mt19937& random) {
    return "1" + std::to_string(2 + random() % 4) + "." + std::to_string(10 + random() % 90);
}

engine::Command random_command(std::mt19937& random, const LiveMarket& m, std::uint32_t number) {
    const AccountId who{static_cast<std::uint32_t>(random() % LiveMarket::accounts)};
    const std::string cid = "c" + std::to_string(number);
    const std::string older = "c" + std::to_string(number < 60 ? 1 : number - random() % 60);
    const int hour = static_cast<int>((m.now() - tests::day_one).value / engine::hour.value) + 1 +
                     static_cast<int>(random() % 3);
    const auto family = m.bands.in_force(engine::FamilyId{0});
    switch (random() % 12) {
        case 0: return tests::cancel(older, who);
        case 1:
            return tests::replace(older, who, static_cast<int>(1 + random() % 20),
                                  tests::Amount(std::string_view(price_text(random))));
        case 2:
            return tests::band()
                .guidance(tests::Amount(std::string_view(std::to_string(9 + random() % 12) + ".00")))
                .expecting(family->band.version);
        default: break;
    }
    auto order = random() % 2 == 0 ? tests::buy(static_cast<int>(1 + random() % 20))
                                   : tests::sell(static_cast<int>(1 + random() % 20));
    order.at(tests::Amount(std::string_view(price_text(random))))
        .of(tests::hour_of(0, hour))
        .from(who)
        .as(random() % 20 == 0 ? older : cid);
    if (random() % 4 == 0) order.ioc();
    return order;
}

// The same with everything else that an order can be, and strips.
engine::Command random_of_all(std::mt19937& random, const LiveMarket& m, std::uint32_t number) {
    engine::Command command = random_command(random, m, number);
    if (command.kind() != engine::CommandKind::place_order) return command;
    auto order = command.as<engine::PlaceOrder>();
    const auto header = command.header;
    if (random() % 8 == 0) {
        engine::PlaceStrip strip;
        strip.cid = order.cid;
        strip.family = order.instrument.family;
        strip.start = order.instrument.period;
        strip.hours = 2;
        strip.price = order.price;
        strip.qty = order.qty;
        strip.side = order.side;
        return engine::Command::of(strip, header.account, header.key, header.origin);
    }
    order.self_trade = static_cast<engine::SelfTrade>(random() % 4);
    order.on_band = static_cast<engine::OnBand>(random() % 2);
    if (random() % 6 == 0) order.tif = engine::TimeInForce::fok;
    if (random() % 6 == 0) order.post_only = true;
    if (random() % 9 == 0) order.type = engine::OrderType::market;
    return engine::Command::of(order, header.account, header.key, header.origin);
}

TEST_CASE("the public book is the sum of what the engine says is open, through bands, gates and listings") {
    const unsigned seed = GENERATE(5u, 6u);
    const bool all = GENERATE(false, true);
    INFO("seed " << seed << (all ? ", the whole order set" : ""));
    LiveMarket m(all ? 1'000 : 0);
    std::mt19937 random(seed);
    std::size_t parked = 0;
    for (std::uint32_t number = 1; number <= 3'000; ++number) {
        m.send(all ? random_of_all(random, m, number) : random_command(random, m, number));
        if (number % 100 == 0) m.pass(engine::minute * 15);
        if (number % 20 != 0) continue;
        Levels expected;
        const auto orders = m.orders();
        for (const engine::OrderEvent& o : orders) {
            const MirroredOrder* mirrored = m.market.orders().find(o.order);
            REQUIRE(mirrored != nullptr);
            REQUIRE(mirrored->cum == o.cum);
            REQUIRE(mirrored->leaves == o.leaves);
            if (o.state == engine::OrderState::open)
                expected[{o.instrument, {o.side, o.price.value}}] += o.leaves;
            else
                ++parked;
        }
        REQUIRE(m.market.orders().size() == orders.size());
        REQUIRE(m.shown() == expected);
    }
    CHECK(parked > 20);
    CHECK(m.metrics.trades() > (all ? 100 : 300));
    CHECK(m.market.tape().size() == m.metrics.trades());
}

}  // namespace

}  // namespace gridbook::gateway::egress
