// SPDX-License-Identifier: Apache-2.0
#include "bench/gateway/deliveries.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>

#include "bench/gateway/load.hpp"
#include "gateway/client/json.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::bench {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t under_way = 1'000;
constexpr engine::Time window = tests::day_one + engine::hour;

std::string symbol(std::size_t family) { return fmt::format("H100.CN-EAST.D{:03}.20261201T01Z", family); }

void take_reply(const gateway::Message& message, std::size_t& replies) {
    if (!message.reply()) return;
    if (!message.ok) throw std::runtime_error("refused: " + std::string(message.raw));
    ++replies;
}

// Asks for all of it, some thousand requests under way at a time, and waits for the answers.
using Members = std::function<std::string(std::size_t)>;
void ask_all(gateway::TradeClient& client, std::string_view op, std::size_t count, const Members& members) {
    std::size_t asked = 0, replies = 0;
    while (replies < count) {
        for (; asked < count && asked - replies < under_way; ++asked) client.request(op, members(asked));
        client.poll([&](const gateway::Message& message) { take_reply(message, replies); },
                    milliseconds(1'000));
    }
}

void advance(gateway::TradeClient& client, engine::Time to) {
    client.call("clock.advance", fmt::format(R"("ts":"{}")", to.value));
}

// Each pair trades one unit of the hour in each family.
void trade(gateway::TradeClient& client) {
    constexpr std::size_t trades = delivering_families * pairs_a_family;
    ask_all(client, "resource.register", trades, [](std::size_t i) {
        return fmt::format(R"("account":"{}","class":"H100","zone":"CN-EAST","tier":"D{:03}","count":"1")",
                           seller_of(i % pairs_a_family), i / pairs_a_family);
    });
    for (const std::string_view side : {"sell", "buy"})
        ask_all(client, "order.place", trades, [&](std::size_t i) {
            const std::size_t pair = i % pairs_a_family, family = i / pairs_a_family;
            return fmt::format(
                R"("account":"{}","symbol":"{}","side":"{}","type":"limit","price":"14.00","qty":"1",)"
                R"("tif":"gate","cid":"d-{}-{}")",
                side == "sell" ? seller_of(pair) : buyer_of(pair), symbol(family), side, side, family);
        });
}

std::vector<OpenDelivery> sold(gateway::TradeClient& client) {
    std::vector<OpenDelivery> all;
    for (std::size_t pair = 0; pair < pairs_a_family; ++pair) {
        const std::string seller = seller_of(pair);
        const auto answer =
            client.call("deliveries.get", fmt::format(R"("account":"{}","limit":1000)", seller));
        const gateway::JsonDocument rows(answer.raw);
        for (std::size_t i = 0; i < rows.size("/deliveries"); ++i)
            all.push_back({seller, rows.text(fmt::format("/deliveries/{}/did", i)).value_or("")});
    }
    return all;
}

}  // namespace

std::vector<OpenDelivery> open_deliveries(const RunningExchange& exchange) {
    gateway::TradeClient client = exchange.client();
    trade(client);
    advance(client, window - engine::gate_lead);
    std::vector<OpenDelivery> all = sold(client);
    if (all.size() != delivering_families * pairs_a_family)
        throw std::runtime_error(fmt::format("only {} deliveries are open", all.size()));
    ask_all(client, "delivery.ready", all.size(), [&](std::size_t i) {
        return fmt::format(R"("account":"{}","did":"{}","endpoint_ref":"bench://{}")", all[i].seller,
                           all[i].did, i);
    });
    advance(client, window + engine::second * 30);
    return all;
}

Meters::Meters(const RunningExchange& exchange, const std::vector<OpenDelivery>& deliveries,
               std::uint64_t& reported)
    : deliveries_(deliveries), reported_(reported) {
    thread_ = std::thread([this, client = exchange.client()]() mutable { run(std::move(client)); });
}

Meters::~Meters() {
    stop_ = true;
    thread_.join();
}

void Meters::report(gateway::TradeClient& client) {
    const std::uint64_t minute = reported_ / deliveries_.size();
    const OpenDelivery& d = deliveries_[reported_ % deliveries_.size()];
    if (reported_ % deliveries_.size() == 0)
        client.request(
            "clock.advance",
            fmt::format(R"("ts":"{}")",
                        (window + engine::second * (30 + 60 * static_cast<std::int64_t>(minute))).value));
    client.request("meter.report",
                   fmt::format(R"("account":"{}","did":"{}","minute":{},"available":"1","util":"0.9",)"
                               R"("power_w":700)",
                               d.seller, d.did, minute));
    ++reported_;
}

void Meters::run(gateway::TradeClient client) {
    const auto begin = Clock::now();
    std::uint64_t made = 0;
    std::size_t replies = 0;
    while (!stop_) {
        const double passed = std::chrono::duration<double>(Clock::now() - begin).count();
        for (; static_cast<double>(made) < passed * reports_per_s; ++made) report(client);
        client.poll([&](const gateway::Message& message) { take_reply(message, replies); }, milliseconds(1));
    }
    while (replies < made)
        client.poll([&](const gateway::Message& message) { take_reply(message, replies); },
                    milliseconds(100));
}

}  // namespace gridbook::bench
