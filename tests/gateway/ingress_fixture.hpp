// SPDX-License-Identifier: Apache-2.0
#pragma once
// A gateway without sockets: the real directory, sessions, ingress, admin calls and public pages, a real ring
// and command port behind them, an Outbox that only remembers, and a clock that the test moves. The catalogue
// and the keys come as events, as they do in the exchange. `rim` keeps these names apart from those of other
// tests.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/egress/bands.hpp"
#include "gateway/egress/market_data.hpp"
#include "gateway/egress/market_feed.hpp"
#include "gateway/egress/metrics.hpp"
#include "gateway/ingress/freshness.hpp"
#include "gateway/ingress/ingress.hpp"
#include "gateway/keys.hpp"

namespace gridbook::gateway::rim {

// Remembers what was said to whom.
class Heard final : public Outbox {
  public:
    struct Response {
        unsigned status = 0;
        std::string body;
    };
    void send(ConnectionId connection, std::string_view text) override {
        frames[connection].emplace_back(text);
    }
    void close(ConnectionId connection, std::uint16_t code, std::string_view reason) override {
        closed[connection] = fmt::format("{} {}", code, reason);
    }
    void respond(HttpId request, unsigned status, std::string_view, std::string_view body) override {
        responses[request] = {status, std::string(body)};
    }
    std::size_t unsent(ConnectionId connection) const override {
        const auto found = unread.find(connection);
        return found == unread.end() ? 0 : found->second;
    }
    void flush() override {}

    // The only frame since the last look; a test that expects one fails when there are more or none.
    std::string take(ConnectionId connection) {
        std::vector<std::string> all;
        all.swap(frames[connection]);
        REQUIRE(all.size() == 1);
        return all.front();
    }

    std::map<ConnectionId, std::vector<std::string>> frames;
    std::map<ConnectionId, std::string> closed;
    std::map<HttpId, Response> responses;
    std::map<ConnectionId, std::size_t> unread;  // bytes that a slow peer has left, as a test says
};

// Writes the events that a journal would hold.
class Journal {
  public:
    explicit Journal(Directory& directory) : directory_(directory) {}

    template <class Body>
    void apply(const Body& body, engine::AccountId account = engine::no_account, std::uint64_t number = 0) {
        engine::Event event;
        event.header.sequence = engine::Sequence{++sequence_};
        event.header.time = engine::Time{1'000'000 + static_cast<std::int64_t>(sequence_)};
        event.header.account = account;
        event.header.number = engine::StreamNumber{number};
        event.set(body);
        directory_.apply(event);
    }
    void start(engine::ClockMode clock) { apply(engine::Started{.schema = 1, .clock = clock}); }
    void catalogue() {
        apply(engine::ClassDefined{.id = engine::ClassId{0}, .name = engine::Text<16>("H100")});
        apply(engine::ClassDefined{.id = engine::ClassId{1}, .name = engine::Text<16>("CHAT-L")});
        apply(engine::ZoneDefined{.id = engine::ZoneId{0},
                                  .name = engine::Text<16>("CN-EAST"),
                                  .residency = engine::Text<16>("CN")});
        apply(engine::TierDefined{.id = engine::TierId{0}, .name = engine::Text<8>("G2")});
        apply(engine::TierDefined{
            .id = engine::TierId{1}, .product = engine::Product::token, .name = engine::Text<8>("T1")});
        family(0, 0, engine::Product::gpu);
        family(1, 1, engine::Product::token);
    }
    engine::AccountId account(std::string_view name, std::uint8_t roles) {
        const engine::AccountId id{static_cast<std::uint32_t>(directory_.accounts().size())};
        apply(engine::AccountOpened{.name = engine::Text<32>(name), .roles = roles}, id);
        return id;
    }
    void key(std::string_view name, engine::AccountId account, const PublicKey& public_key,
             std::uint8_t roles, bool on_behalf = false) {
        const auto known = directory_.key_index(name);
        const engine::KeyIndex id =
            known ? *known : engine::KeyIndex{static_cast<std::uint16_t>(directory_.keys().size())};
        apply(engine::KeySet{.name = engine::Text<24>(name),
                             .public_key = public_key,
                             .id = id,
                             .roles = roles,
                             .on_behalf = on_behalf},
              account);
    }

  private:
    void family(std::uint16_t id, std::uint16_t tier, engine::Product product) {
        apply(engine::FamilyDefined{.id = engine::FamilyId{id},
                                    .class_id = engine::ClassId{id},
                                    .zone_id = engine::ZoneId{0},
                                    .tier_id = engine::TierId{tier},
                                    .product = product});
    }
    Directory& directory_;
    std::uint64_t sequence_ = 0;
};

struct Gateway {
    static constexpr std::size_t ring_size = 128;

    explicit Gateway(engine::ClockMode clock = engine::ClockMode::real) {
        journal.start(clock);
        journal.catalogue();
        acme = journal.account("acme", engine::role::buyer);
        prov = journal.account("prov", engine::role::provider);
        key("k-buyer", acme, engine::role::buyer);
        key("k-provider", prov, engine::role::provider);
        key("k-observer", acme, engine::role::observer);
        key("k-operator", acme, engine::role::operator_);
        key("k-regulator", acme, engine::role::regulator);
        key("k-broker", prov, engine::role::buyer | engine::role::provider, true);
    }

    // The queue holds plain pointers; what no ledger took is ours.
    ~Gateway() {
        for (ledger::Blob* blob = nullptr; blobs.pop(blob);) delete blob;
    }
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    void key(const std::string& name, engine::AccountId account, std::uint8_t roles, bool on_behalf = false) {
        const auto [it, fresh] = secrets.emplace(name, SigningKey::generate());
        journal.key(name, account, it->second.public_key(), roles, on_behalf);
    }

    // A connection that has got its welcome.
    ConnectionId connect(Endpoint endpoint = Endpoint::trade) {
        ingress.opened(++connections, endpoint, "127.0.0.1");
        return connections;
    }
    // One that has signed in with the key.
    ConnectionId signed_in(const std::string& name) {
        const ConnectionId connection = connect();
        const std::string nonce = nonce_in(heard.take(connection));
        ingress.received(connection, logon(name, nonce));
        const std::string reply = heard.take(connection);
        INFO(reply);
        REQUIRE(reply.find(R"("ok":true)") != std::string::npos);
        return connection;
    }
    std::string logon(const std::string& name, const std::string& nonce) const {
        const std::string ts = std::to_string(now.value);
        const std::string sig = secrets.at(name).sign("logon\n" + nonce + "\n" + name + "\n" + ts);
        return fmt::format(R"({{"id":"1","op":"session.logon","key":"{}","ts":"{}","sig":"{}","cod":"off"}})",
                           name, ts, sig);
    }
    static std::string nonce_in(const std::string& welcome) {
        const std::size_t begin = welcome.find(R"("nonce":")") + 9;
        return welcome.substr(begin, welcome.find('"', begin) - begin);
    }

    // What one frame is answered at once; empty when it went into the ring.
    std::string say(ConnectionId connection, std::string_view text) {
        ingress.received(connection, text);
        std::vector<std::string> all;
        all.swap(heard.frames[connection]);
        REQUIRE(all.size() <= 1);
        return all.empty() ? std::string() : all.front();
    }
    // The one command that is in the ring.
    engine::Command entered() {
        REQUIRE(commands.refresh() == 1);
        const engine::Command command = commands.peek(0);
        commands.release(1);
        return command;
    }
    bool nothing_entered() { return commands.refresh() == 0; }

    HttpRequest sign(const std::string& name, std::string method, std::string target, std::string body = {}) {
        HttpRequest out;
        out.method = std::move(method);
        out.target = std::move(target);
        out.body = std::move(body);
        out.key = name;
        out.timestamp = std::to_string(++now.value);
        out.signature = secrets.at(name).sign(signed_message(out));
        return out;
    }
    // The answer given at once; status 0 when it waits for the pipeline.
    Heard::Response ask(const HttpRequest& request) {
        ingress.requested(++requests_made, request);
        return heard.responses[requests_made];
    }

    Heard heard;
    engine::Time now{1'764'547'200'000'000'000};
    Directory directory;
    Journal journal{directory};
    std::map<std::string, SigningKey> secrets;
    engine::AccountId acme{}, prov{};
    engine::Ring<engine::Command> commands{ring_size};
    ledger::BlobQueue blobs{16};
    CommandPort port{commands, blobs};
    Requests requests;
    AccountStreams streams;
    Sessions sessions{directory, heard, streams};
    Bands bands;
    MarketData market;
    Metrics metrics;
    MarketFeed feed{directory, market, sessions.outbox()};
    PublicApi pages{directory, bands, market, metrics, engine::Genesis{}};
    StreamReplay replay{directory, streams, sessions};
    Rates key_rates, account_rates;  // no limits, until a test sets some and makes `rates` anew
    RateLimits rates{key_rates, account_rates};
    HttpApi admin{directory, bands, pages, requests, port, sessions.outbox(), now};
    Ingress ingress{directory, sessions, requests, port, feed, admin, replay, rates, [this] { return now; }};
    ConnectionId connections = 0;
    HttpId requests_made = 0;
};

// The code of an error reply; empty when it is none.
inline std::string code_in(const std::string& reply) {
    const std::size_t at = reply.find(R"("code":")");
    if (at == std::string::npos) return {};
    return reply.substr(at + 8, reply.find('"', at + 8) - at - 8);
}
inline std::string field_in(const std::string& reply) {
    const std::size_t at = reply.find(R"("field":")");
    if (at == std::string::npos) return {};
    return reply.substr(at + 9, reply.find('"', at + 9) - at - 9);
}

}  // namespace gridbook::gateway::rim
