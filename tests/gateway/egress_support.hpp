// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the tests of egress stand on: durable events written by hand, an outbox that remembers, and the whole
// of egress wired to real sessions, without a socket. The catalogue is the one of the protocol's examples.

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gateway/egress/encoder.hpp"
#include "gateway/egress/public_api.hpp"
#include "gateway/egress/publisher.hpp"

namespace gridbook::gateway::egress {

using engine::AccountId;
using engine::Event;
using engine::InstrumentId;
using engine::Price;
using engine::Sequence;
using engine::Side;
using engine::StreamNumber;
using engine::Time;

// Times, symbols and ids of the protocol's examples.
inline constexpr Time example_time{1'760'000'000'123'456'789};
inline const std::string example_symbol = "H100.CN-EAST.G2.20261201T01Z";
inline const std::string other_symbol = "H100.CN-EAST.G2.20261201T02Z";
inline const std::string example_family = "H100.CN-EAST.G2";

class RememberingOutbox final : public Outbox {
  public:
    struct Sent {
        ConnectionId connection;
        std::string text;
        friend bool operator==(const Sent&, const Sent&) = default;
    };
    struct Response {
        HttpId request;
        unsigned status;
        std::string body;
    };
    void send(ConnectionId connection, std::string_view text) override {
        sent.push_back({connection, std::string(text)});
    }
    void close(ConnectionId connection, std::uint16_t, std::string_view) override {
        closed.push_back(connection);
    }
    void respond(HttpId request, unsigned status, std::string_view type, std::string_view body) override {
        CHECK(type == "application/json");
        responses.push_back({request, status, std::string(body)});
    }
    std::size_t unsent(ConnectionId connection) const override {
        const auto found = unread.find(connection);
        return found == unread.end() ? 0 : found->second;
    }
    void flush() override { ++flushes; }

    std::vector<std::string> to(ConnectionId connection) const {
        std::vector<std::string> texts;
        for (const Sent& s : sent)
            if (s.connection == connection) texts.push_back(s.text);
        return texts;
    }
    void clear() {
        sent.clear();
        responses.clear();
    }

    std::vector<Sent> sent;
    std::vector<Response> responses;
    std::vector<ConnectionId> closed;
    std::map<ConnectionId, std::size_t> unread;  // bytes that a slow peer has left, as a test says
    int flushes = 0;
};

// The header of an event, by name.
struct At {
    std::uint64_t seq = 0;
    std::uint64_t n = 0;
    AccountId account = engine::no_account;
    std::uint8_t flags = 0;
    Time time = example_time;
    engine::KeyIndex key = engine::no_key;
};

template <class Body>
Event event(const At& at, const Body& body) {
    Event e;
    e.header.sequence = Sequence{at.seq};
    e.header.time = at.time;
    e.header.number = StreamNumber{at.n};
    e.header.account = at.account;
    e.header.key = at.key;
    e.header.flags = at.flags;
    e.set(body);
    return e;
}

inline engine::ClassDefined h100() {
    engine::ClassDefined c;
    c.name = engine::Text<16>("H100");
    c.version = 1;
    c.tflops = 989'400;
    c.memory_gb = 80;
    c.bandwidth = 3'350;
    c.k_train = c.k_infer = 1'000;
    return c;
}
inline engine::ZoneDefined east() {
    engine::ZoneDefined z;
    z.name = engine::Text<16>("CN-EAST");
    z.hub = engine::Text<32>("Yangtze delta");
    z.residency = engine::Text<16>("CN");
    z.latency_ms = 20;
    return z;
}
inline engine::TierDefined g2() {
    engine::TierDefined t;
    t.name = engine::Text<8>("G2");
    t.availability = 99'500;
    t.start_by_s = 300;
    t.penalty = engine::BasisPoints{5'000};
    return t;
}
inline engine::BandChanged band_v7() {
    engine::BandChanged b;
    b.family = engine::FamilyId{0};
    b.version = 7;
    b.floor = Price{980};
    b.ceiling = Price{1960};
    b.guidance = Price{1400};
    b.rationale = engine::Text<24>("G-2026-11-28/3");
    return b;
}
inline engine::AccountOpened account(std::string_view name) {
    engine::AccountOpened a;
    a.name = engine::Text<32>(name);
    a.roles = engine::role::buyer | engine::role::provider;
    return a;
}

// Everything of egress, and two listed hours.
struct Egress {
    Directory directory;
    Bands bands;
    MarketData market;
    RememberingOutbox outbox;
    AccountStreams streams;
    Sessions sessions{directory, outbox, streams};
    MarketFeed feed{directory, market, outbox, topics_limit};
    Requests requests;
    Metrics metrics;
    Publisher publisher{directory, bands, market, feed, requests, sessions, outbox, metrics, streams};
    PublicApi api{directory, bands, market, metrics, genesis()};
    AccountId acme{0};
    AccountId zeta{1};

    static constexpr std::size_t topics_limit = 8;
    static engine::Genesis genesis() {
        engine::Genesis g;
        g.taker_fee = engine::BasisPoints{20};
        g.maker_fee = engine::BasisPoints{5};
        g.tax = engine::BasisPoints{600};
        g.margin = engine::BasisPoints{2'000};
        g.max_qty = 10'000'000'000;
        g.max_notional = 5'000'000'000'000;
        g.account_orders = 1'000;
        g.retention_s = 86'400;
        return g;
    }

    Egress() {
        publisher.recover(event({1}, h100()));
        publisher.recover(event({2}, east()));
        publisher.recover(event({3}, g2()));
        engine::FamilyDefined family;
        family.horizon = 192;
        publisher.recover(event({4}, family));
        publisher.recover(event({4}, band_v7()));
        publisher.recover(event({5, 0, acme}, account("acme")));
        publisher.recover(event({6, 0, zeta}, account("zeta")));
        list(7, example_symbol);
        list(8, other_symbol);
    }
    void list(std::uint64_t seq, const std::string& symbol) {
        publisher.recover(phase(seq, symbol, engine::Phase::open));
    }
    Event phase(std::uint64_t seq, const std::string& symbol, engine::Phase phase) {
        engine::PhaseChanged p;
        p.instrument = instrument(symbol);
        p.phase = phase;
        p.reason = phase == engine::Phase::gated        ? engine::PhaseReason::gate
                   : phase == engine::Phase::delivering ? engine::PhaseReason::window
                                                        : engine::PhaseReason::listed;
        p.until = engine::gate_time(p.instrument.period, engine::Product::gpu);
        return event({seq}, p);
    }
    InstrumentId instrument(const std::string& symbol = example_symbol) {
        return *directory.instrument(symbol);
    }

    Event registered(std::uint32_t id, AccountId who, std::int64_t lots, std::uint16_t green,
                     std::uint16_t pue, Time at = example_time) {
        engine::ResourceRegistered r;
        r.resource = id;
        r.family = engine::FamilyId{0};
        r.count = engine::Quantity{lots};
        r.green_share = green;
        r.pue = pue;
        return event({60 + id, id, who, 0, at}, r);
    }
    // H100 at 0.7 kW, 561.7 g/kWh in CN-EAST, 10 units of acme and 30 of zeta.
    void know_energy() {
        ledger::EnergyRates rates;
        rates.power_w["H100"] = 700;
        rates.carbon_mg["CN-EAST"] = 561'700;
        directory.use_energy(rates);
        publish({registered(1, acme, 100, 4'000, 1'250), registered(2, zeta, 300, 2'000, 0)});
    }

    // A connection signed in with a real key of the account.
    void sign_in(ConnectionId connection, AccountId who, bool on_behalf = false) {
        const SigningKey secret = SigningKey::generate();
        const std::string name = "k-" + std::to_string(connection);
        engine::KeySet key;
        key.name = engine::Text<24>(name);
        key.public_key = secret.public_key();
        key.id = engine::KeyIndex{static_cast<std::uint16_t>(directory.keys().size())};
        key.roles = engine::role::buyer;
        key.on_behalf = on_behalf;
        publisher.recover(event({9, 0, who}, key));
        sessions.opened(connection, Endpoint::trade, example_time);
        const std::string welcome = outbox.to(connection).back();
        const std::size_t at = welcome.find("\"nonce\":\"") + 9;
        const std::string nonce = welcome.substr(at, welcome.find('"', at) - at);
        const std::string ts = std::to_string(example_time.value);
        const std::string signature = secret.sign("logon\n" + nonce + "\n" + name + "\n" + ts);
        sessions.logon(connection, "1", {name, ts, example_time, signature}, example_time);
        REQUIRE(outbox.to(connection).back().find("\"ok\":true") != std::string::npos);
        outbox.clear();
    }
    engine::Origin ask(ConnectionId connection, const std::string& id,
                       const std::string& op = "order.place") {
        Request request;
        request.connection = connection;
        request.id = id;
        request.op = op;
        return requests.open(request);
    }
    engine::Origin ask_http(HttpId http, const std::string& op = "POST /v1/admin/bands") {
        Request request;
        request.http = http;
        request.op = op;
        return requests.open(request);
    }
    void publish(std::initializer_list<Event> events) {
        for (const Event& e : events) publisher.publish(e);
        publisher.end_of_batch();
    }
};

// An order as the engine tells it when it has entered: the buy of the protocol's example.
inline engine::OrderEvent example_order(InstrumentId instrument, engine::Origin origin = {}) {
    engine::OrderEvent o;
    o.origin = origin;
    o.order = engine::OrderId{551200};
    o.cid = engine::Cid("b-1");
    o.hold = engine::Money{227'681'664};
    o.instrument = instrument;
    o.price = Price{1420};
    o.qty = o.leaves = 160;
    o.band = 7;
    o.state = engine::OrderState::open;
    o.moved = true;
    return o;
}
inline engine::Fill example_fill(InstrumentId instrument) {
    engine::Fill f;
    f.order = engine::OrderId{551200};
    f.cid = engine::Cid("b-1");
    f.trade = engine::TradeId{90331};
    f.fee = engine::Money{432'000};
    f.tax = engine::Money{25'920};
    f.released = engine::Money{11'223'744};
    f.instrument = instrument;
    f.price = Price{1350};
    f.qty = 160;
    f.liquidity = engine::Liquidity::taker;
    return f;
}
inline engine::OrderEvent resting(InstrumentId instrument, std::uint64_t id, Side side, int price,
                                  std::uint32_t lots) {
    engine::OrderEvent o = example_order(instrument);
    o.order = engine::OrderId{id};
    o.cid = engine::Cid("r-" + std::to_string(id));
    o.side = side;
    o.price = Price{price};
    o.qty = o.leaves = lots;
    return o;
}
inline engine::Fill maker_fill(InstrumentId instrument, std::uint64_t id, Side side, int price,
                               std::uint32_t lots, std::uint32_t leaves) {
    engine::Fill f = example_fill(instrument);
    f.order = engine::OrderId{id};
    f.cid = engine::Cid("r-" + std::to_string(id));
    f.side = side;
    f.price = Price{price};
    f.qty = lots;
    f.leaves = leaves;
    f.liquidity = engine::Liquidity::maker;
    f.released = {};
    return f;
}

inline constexpr std::uint8_t reply = engine::event_flag::reply;
inline constexpr std::uint8_t dup = engine::event_flag::reply | engine::event_flag::duplicate;

}  // namespace gridbook::gateway::egress
