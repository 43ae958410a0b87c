// SPDX-License-Identifier: Apache-2.0
// The door itself: determinism, stream numbers, pools, and what an event says of its command.
#include <catch2/catch.hpp>

#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::tests {

namespace {

void some_trading(Market& m) {
    for (int i = 0; i < 50; ++i) {
        m.send(sell(3).at(i % 2 ? "13.50" : "13.60").from(Market::prov).as("s-" + std::to_string(i)));
        m.send(buy(2).at(i % 3 ? "13.60" : "13.40").from(Market::acme).as("b-" + std::to_string(i)));
        if (i % 5 == 0) m.send(cancel("s-" + std::to_string(i), Market::prov));
    }
    m.send(band().floor("13.00").expecting(1));
    m.at(clock(3));
}

}  // namespace

TEST_CASE("the same commands give the same hash, another command another", "[exchange]") {
    Market one, two;
    some_trading(one);
    some_trading(two);
    CHECK(one.exchange().state_hash() == two.exchange().state_hash());
    two.send(buy(1).at("13.00").from(Market::acme).as("one-more"));
    CHECK(one.exchange().state_hash() != two.exchange().state_hash());
}

TEST_CASE("a journal applied again gives the same state hash after every command", "[exchange]") {
    Market m;
    some_trading(m);
    engine::Exchange again;
    engine::EventBuffer buffer;
    for (const engine::Command& command : m.driver().journal()) {
        engine::EventSink sink = buffer.sink();
        again.apply(command, sink);
    }
    CHECK(again.state_hash() == m.exchange().state_hash());
    CHECK(again.sequence() == m.exchange().sequence());
    CHECK(again.time() == m.exchange().time());
}

TEST_CASE("a checkpoint tells the hash of the state before it", "[exchange]") {
    Market m;
    some_trading(m);
    const auto hash = m.exchange().state_hash();
    const auto events = m.send(engine::Command::of(engine::Checkpoint{}));
    REQUIRE(events.size() == 1);
    const auto hashed = events[0].as<engine::StateHashed>();
    // The sequence of the checkpoint itself is part of the state that it hashes, so the hash differs from
    // that before.
    CHECK(hashed.hash == m.exchange().state_hash());
    CHECK(hashed.hash != hash);
    CHECK(hashed.trades > 0);
}

TEST_CASE("an account's stream is numbered without gaps, refusals and repetitions have no number",
          "[exchange]") {
    Market m;
    std::uint64_t last = 0;
    const auto follow = [&](const Events& events) {
        for (const engine::Event& e : events) {
            if (e.header.account != Market::acme) continue;
            if (e.header.number.value == 0) continue;
            if (last != 0) REQUIRE(e.header.number.value == last + 1);
            last = e.header.number.value;
        }
    };
    follow(m.send(buy(5).at("13.50").from(Market::acme).as("b-1")));
    follow(m.send(sell(2).at("13.50").from(Market::prov).as("s-1")));
    const auto again = m.send(buy(5).at("13.50").from(Market::acme).as("b-1"));
    CHECK(again.at(0).header.number.value == 0);
    CHECK(again.at(0).header.flags == (engine::event_flag::reply | engine::event_flag::duplicate));
    const auto refused = m.send(buy(5).at("99.00").from(Market::acme).as("b-2"));
    CHECK(refused.at(0).header.number.value == 0);
    follow(m.send(replace("b-1", Market::acme, 4, "13.50")));
    follow(m.send(cancel("b-1", Market::acme)));
    CHECK(last >= 4);
}

TEST_CASE("a reply carries the origin of its command, what others hear does not", "[exchange]") {
    Market m;
    m.send(sell(1).at("13.50").from(Market::prov).as("s"));
    engine::Command command = buy(1).at("13.50").from(Market::acme).as("b");
    command.header.origin = {7, 9};
    command.header.key = engine::KeyIndex{3};
    const auto events = m.send(command);
    REQUIRE(events.size() == 3);
    CHECK(events[0].header.flags == engine::event_flag::reply);
    CHECK(events[0].as<engine::OrderEvent>().origin == engine::Origin{7, 9});
    for (const engine::Event& e : events) CHECK(e.header.key == engine::KeyIndex{3});
    CHECK(events[1].header.flags == 0);
    CHECK(events[1].header.account == Market::prov);
    CHECK(events[2].header.account == Market::acme);
    CHECK(events[1].as<engine::Fill>().trade == events[2].as<engine::Fill>().trade);
}

TEST_CASE("a full pool of orders refuses with its name and its limit, and frees what ends", "[exchange]") {
    engine::Genesis genesis = small_genesis();
    genesis.orders = 3;
    Market m(genesis);
    for (const char* cid : {"a", "b", "c"}) m.send(buy(1).at("13.00").from(Market::acme).as(cid));
    const auto events = m.send(buy(1).at("13.00").from(Market::acme).as("d"));
    const auto refused = events.at(0).as<engine::Refused>();
    CHECK(refused.reason == engine::RejectReason::engine_limit);
    CHECK(refused.pool == engine::Pool::orders);
    CHECK(refused.limit_high == 3);
    m.send(cancel("b", Market::acme));
    CHECK(m.send(buy(1).at("13.00").from(Market::acme).as("e")).at(0).kind() == engine::EventKind::order);
}

TEST_CASE("a full pool of levels refuses only what would need a new page", "[exchange]") {
    engine::Genesis genesis = small_genesis();
    genesis.pages = 2;
    Market m(genesis);
    m.send(buy(1).at("10.00").from(Market::acme).as("a"));
    m.send(buy(1).at("13.00").from(Market::acme).as("b"));
    CHECK(m.send(buy(1).at("13.00").from(Market::acme).as("c")).at(0).kind() == engine::EventKind::order);
    const auto refused = m.send(buy(1).at("11.50").from(Market::acme).as("d")).at(0).as<engine::Refused>();
    CHECK(refused.reason == engine::RejectReason::engine_limit);
    CHECK(refused.pool == engine::Pool::levels);
    CHECK(refused.limit_high == 2);
}

TEST_CASE("a withdrawn resource makes room for another, under a new id", "[exchange]") {
    const engine::Genesis genesis = small_genesis();
    Market m(genesis);
    const auto first = m.send(resource(Market::acme, "1")).at(0).as<engine::ResourceRegistered>();
    for (std::uint32_t i = 0; i < 2 * genesis.resources; ++i) {
        m.send(withdraw(Market::acme, first.resource + i));
        const auto next = m.send(resource(Market::acme, "1")).at(0);
        REQUIRE(next.kind() == engine::EventKind::resource_registered);
        REQUIRE(next.as<engine::ResourceRegistered>().resource == first.resource + i + 1);
    }
}

TEST_CASE("an amount beyond all money is refused, whatever its sign", "[exchange]") {
    Market m;
    for (const std::int64_t amount : {INT64_MIN, INT64_MAX}) {
        engine::Credit body;
        body.amount = engine::Money{amount};
        const auto refused = m.send(engine::Command::of(body, Market::acme)).at(0).as<engine::Refused>();
        CHECK(refused.reason == engine::RejectReason::format_value);
        CHECK(refused.got == amount);
    }
}

TEST_CASE("a full table of records forgets the oldest that is done, never one that is open", "[exchange]") {
    engine::Genesis genesis = small_genesis();
    genesis.orders = 32;
    genesis.records = 64;
    Market m(genesis);
    m.send(buy(1).at("13.00").from(Market::acme).as("open"));
    m.send(buy(1).at("13.00").from(Market::acme).as("done"));
    m.send(cancel("done", Market::acme));
    for (int i = 0; i < 200; ++i) m.send(buy(1).at("99.00").from(Market::acme).as("r-" + std::to_string(i)));
    // The open order is still there under its cid; the done one is forgotten, so its cid is free.
    const auto open = m.send(buy(1).at("13.00").from(Market::acme).as("open"));
    CHECK(open.at(0).header.flags == (engine::event_flag::reply | engine::event_flag::duplicate));
    const auto done = m.send(buy(2).at("13.00").from(Market::acme).as("done"));
    CHECK(done.at(0).kind() == engine::EventKind::order);
    CHECK(done.at(0).as<engine::OrderEvent>().qty == 20);
}

TEST_CASE("a full pool of books refuses the family that needs more", "[exchange]") {
    engine::Genesis genesis = small_genesis();
    genesis.books = 30;
    Market m(genesis);
    engine::DefineClass c = h100_class();
    c.name = engine::Text<16>{"H200"};
    m.send(engine::Command::of(c));
    engine::DefineFamily second = h100_family();
    second.class_id = engine::ClassId{1};
    const auto refused = m.send(engine::Command::of(second)).at(0).as<engine::Refused>();
    CHECK(refused.reason == engine::RejectReason::engine_limit);
    CHECK(refused.pool == engine::Pool::books);
    second.horizon = 6;
    CHECK(m.send(engine::Command::of(second)).at(0).kind() == engine::EventKind::family_defined);
}

TEST_CASE("questions page: rows above `after`, `more` while there are", "[exchange]") {
    Market m;
    for (int i = 0; i < 5; ++i) m.send(buy(1).at("13.00").from(Market::acme).as("b-" + std::to_string(i)));
    engine::QueryOrders q;
    q.limit = 2;
    std::vector<std::string> cids;
    for (int page = 0; page < 3; ++page) {
        const auto rows = m.ask(question(q, Market::acme));
        const auto end = rows.back().as<engine::RowsEnd>();
        CHECK(end.rows == rows.size() - 1);
        CHECK(end.more == (page < 2));
        for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
            const auto order = rows[i].as<engine::OrderRow>().order;
            cids.emplace_back(order.cid.view());
            q.after = order.order;
        }
    }
    CHECK(cids == std::vector<std::string>{"b-0", "b-1", "b-2", "b-3", "b-4"});
}

}  // namespace gridbook::tests
