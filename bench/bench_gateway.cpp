// SPDX-License-Identifier: Apache-2.0
// Order entry and market data at the socket, with the load client on the same machine. Interleaved in one
// run: raw epoll echo, plain Beast, our server with a null engine, and the exchange itself with its ledger on
// a real disk.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>

#include "bench/frame.hpp"
#include "bench/gateway/deliveries.hpp"
#include "bench/gateway/exchange.hpp"
#include "bench/gateway/load.hpp"
#include "bench/gateway/neighbour.hpp"
#include "bench/gateway/null_engine.hpp"
#include "bench/gateway/plain.hpp"
#include "bench/gateway/subscribers.hpp"

namespace {

using namespace gridbook::bench;
using Seconds = Load::Seconds;

constexpr std::array<std::size_t, 4> connection_counts{1, 16, 128, 1'000};
constexpr std::size_t headline = 2;  // 128 connections
constexpr std::size_t entry_peers = 128;
constexpr std::array offered_per_s{10e3, 50e3, 100e3};
constexpr std::array<std::size_t, 3> reader_counts{1, 100, 1'000};
constexpr double books_per_s = 1'000, orders_beside_per_s = 10e3;
constexpr int pairs = 5;

double us(std::int64_t ns) { return static_cast<double>(ns) / 1e3; }
double ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

struct Bench {
    Report& report;
    const Options options;
    const std::string folder;
    const Seconds each{options.seconds / 4};  // one timed part of a round

    template <class Server>
    double saturate(std::size_t connections) const {
        const Server counterpart;
        return Load(counterpart, connections).run(each);
    }
    void throughput();
    void durable_alone();
    void followed();
    void ping_pong();
    void open_loop();
    void fan_out();
    void beside_readers();
    void beside_meters();
    void beside_command(const std::string& command);

    std::unique_ptr<RunningExchange> exchange{};  // made once: its accounts take a while to open
    RunningExchange& durable() {
        if (!exchange)
            exchange = std::make_unique<RunningExchange>(ExchangeOptions{folder, connection_counts.back()});
        return *exchange;
    }
};

// ---- closed loop ----

void Bench::throughput() {
    durable();
    std::vector<std::vector<Series>> all;
    for (const std::size_t connections : connection_counts) {
        all.push_back(interleave(options.rounds,
                                 {{"epoll_echo", [&] { return saturate<EpollEcho>(connections); }},
                                  {"plain_beast", [&] { return saturate<PlainBeast>(connections); }},
                                  {"null_engine", [&] { return saturate<NullEngine>(connections); }},
                                  {"durable", [&] { return Load(durable(), connections).run(each * 2); }}}));
        std::string line = fmt::format("{:>4} connections", connections);
        for (const Series& series : all.back())
            line +=
                fmt::format("   {} {:.0f}/s (median {:.0f})", series.name, series.best(), series.median());
        report.line(line);
    }
    for (const Series& series : all[headline]) report.json().number(series.name + "_per_s", series.best());
    report.json().number("null_engine_to_plain_beast", all[headline][2].best() / all[headline][1].best());
    report.json().open("connections");
    for (std::size_t c = 0; c < all.size(); ++c) {
        report.json().open(std::to_string(connection_counts[c]));
        for (const Series& series : all[c])
            report.json()
                .number(series.name + "_per_s", series.best())
                .number(series.name + "_median_per_s", series.median());
        report.json().close();
    }
    report.json().close();
}

// The exchange alone, for a profiler.
void Bench::durable_alone() {
    const double per_s = Load(durable(), entry_peers).run(each * 4);
    report.line(fmt::format("{:>4} connections   durable {:.0f}/s", entry_peers, per_s));
    report.json().number("durable_per_s", per_s);
}

// Two cores for four busy threads: what the follower takes, they do not have.
void Bench::followed() {
    exchange.reset();
    const RunningExchange both({.folder = folder, .peers = entry_peers, .followed = true});
    const double per_s = Load(both, entry_peers).run(each * 4);
    report.line(fmt::format("{:>4} connections   durable, with projection and snapshots {:.0f}/s",
                            entry_peers, per_s));
    report.json().number("durable_followed_per_s", per_s);
}

void Bench::ping_pong() {
    const auto measured = [&]<class Server>(std::type_identity<Server>) {
        const Server counterpart;
        return Load(counterpart, 1).ping_pong_us(each);
    };
    const auto series = interleave(
        std::max(options.rounds, 3),
        {{"plain_beast_pingpong_p50_us", [&] { return measured(std::type_identity<PlainBeast>{}); }},
         {"pingpong_p50_us", [&] { return measured(std::type_identity<NullEngine>{}); }},
         {"durable_pingpong_p50_us", [&] { return Load(durable(), 1).ping_pong_us(each); }}});
    report.line(
        fmt::format("ping-pong p50   plain Beast {:.1f} us   null engine {:.1f} us   durable {:.1f} us",
                    series[0].median(), series[1].median(), series[2].median()));
    for (const Series& s : series) report.json().number(s.name, s.median());
}

// ---- open loop ----

void Bench::open_loop() {
    report.json().open("offered");
    for (const double per_s : offered_per_s) {
        const auto tell = [&](std::string_view who, Counterpart& counterpart) {
            const Load::Offered o = Load(counterpart, entry_peers).offer(per_s, each * 4);
            report.line(fmt::format("offered {:.0f}/s to {}: made {:.0f}/s, {} BUSY; {}", per_s, who,
                                    o.made_per_s, o.busy, o.latency.text()));
            report.json().open(fmt::format("{}_{:.0f}k", who, per_s / 1e3));
            report.json()
                .number("made_per_s", o.made_per_s)
                .integer("busy", static_cast<std::int64_t>(o.busy))
                .latency(o.latency)
                .close();
        };
        NullEngine null_engine;
        tell("null_engine", null_engine);
        tell("durable", durable());
    }
    report.json().close();
}

// ---- market data ----

// What readers get of 1,000 book messages a second, while orders are acknowledged.
void Bench::fan_out() {
    for (const std::size_t readers : reader_counts) {
        NullEngine counterpart(books_per_s);
        Subscribers subscribers(counterpart.port(), readers);
        Load load(counterpart, entry_peers);
        counterpart.publish();
        const std::uint64_t before = subscribers.bytes();
        const auto begin = std::chrono::steady_clock::now();
        const Load::Offered o = load.offer(orders_beside_per_s, each * 4);
        const Seconds took = std::chrono::steady_clock::now() - begin;
        const double bytes_per_s = static_cast<double>(subscribers.bytes() - before) / took.count();
        const double per_s = bytes_per_s / static_cast<double>(NullEngine::book.size() + 4);
        report.line(fmt::format(
            "{:>4} readers   {:.0f} messages/s, {:.1f} MB/s of {:.0f} wanted; {:.0f} orders/s: {}", readers,
            per_s, bytes_per_s / 1e6, books_per_s * static_cast<double>(readers), o.made_per_s,
            o.latency.text()));
        report.json()
            .number(fmt::format("fanout_{}_per_s", readers), per_s)
            .number(fmt::format("fanout_{}_bytes_per_s", readers), bytes_per_s);
    }
}

// ---- beside something else: the same orders with and without it, in turn ----

// `measure` gives the latencies of the orders, told whether the other thing runs beside them.
template <class Measure>
void pairs_of(Report& report, const std::string& key, const std::string& what, Measure&& measure) {
    std::vector<double> p50, p99, alone_p50, alone_p99;
    for (int i = 0; i < pairs; ++i) {
        const Histogram alone = measure(false), beside = measure(true);
        const auto ratio = [&](double share) {
            return static_cast<double>(beside.quantile(share)) / static_cast<double>(alone.quantile(share));
        };
        p50.push_back(ratio(0.50));
        p99.push_back(ratio(0.99));
        alone_p50.push_back(us(alone.quantile(0.50)));
        alone_p99.push_back(ms(alone.quantile(0.99)));
    }
    const auto median = [](std::vector<double> values) { return Series{"", std::move(values)}.median(); };
    report.line(fmt::format(
        "{} beside {:.0f} orders/s: p50 x {:.2f} (of {:.0f} us), p99 x {:.2f} (of {:.2f} ms), medians of {} "
        "pairs",
        what, orders_beside_per_s, median(p50), median(alone_p50), median(p99), median(alone_p99), pairs));
    report.json().number(key + "_p50_ratio", median(p50)).number(key + "_p99_ratio", median(p99));
}

void Bench::beside_readers() {
    pairs_of(report, "readers", "1000 readers", [&](bool beside) {
        NullEngine counterpart(books_per_s);
        const Subscribers subscribers(counterpart.port(), beside ? reader_counts.back() : 0);
        Load load(counterpart, entry_peers);
        counterpart.publish();
        return load.offer(orders_beside_per_s, each * 4).latency;
    });
}

// 1,700 reports a second of the meters of 100,000 open deliveries, in the same exchange.
void Bench::beside_meters() {
    exchange.reset();
    const RunningExchange delivering(
        {.folder = folder, .peers = pairs_a_family, .delivering = delivering_families});
    const std::vector<OpenDelivery> deliveries = open_deliveries(delivering);
    std::uint64_t reported = 0;
    pairs_of(report, "meters", fmt::format("{} open deliveries, metered", deliveries.size()),
             [&](bool beside) {
                 std::optional<Meters> meters;
                 if (beside) meters.emplace(delivering, deliveries, reported);
                 return Load(delivering, entry_peers).offer(orders_beside_per_s, each * 4).latency;
             });
    report.json().integer("meters_reported", static_cast<std::int64_t>(reported));
}

// The durable exchange, and any other program.
void Bench::beside_command(const std::string& command) {
    Neighbour::try_once(command);
    pairs_of(report, "beside", "the command", [&](bool beside) {
        std::optional<Neighbour> neighbour;
        if (beside) neighbour.emplace(command);
        return Load(durable(), entry_peers).offer(orders_beside_per_s, each * 4).latency;
    });
}

}  // namespace

int main(int argc, char** argv) try {
    std::string folder = std::filesystem::temp_directory_path().string(), part, command;
    Cli cli("bench_gateway",
            "Order entry and market data at the socket: echo, plain Beast, ours, the exchange.");
    cli.option("dir", folder, "where the data folder is made (and removed); the disk that is measured");
    cli.option("part", part,
               "only throughput, durable, followed, pingpong, offered, fanout, readers or meters");
    cli.option("beside", command, "only orders with and without this command running beside them");
    const Options options = cli.parse(argc, argv);
    Report report("gateway", options);
    Bench bench{report, options, folder};
    if (!command.empty()) {
        bench.beside_command(command);
        report.finish();
        return 0;
    }
    const auto run = [&](std::string_view name, void (Bench::*measure)()) {
        if (part.empty() || part == name) (bench.*measure)();
    };
    if (part == "durable") bench.durable_alone();
    run("throughput", &Bench::throughput);
    run("pingpong", &Bench::ping_pong);
    run("offered", &Bench::open_loop);
    run("followed", &Bench::followed);
    run("fanout", &Bench::fan_out);
    run("readers", &Bench::beside_readers);
    if (part == "meters") bench.beside_meters();  // half a million requests before anything is timed
    report.finish();
} catch (const std::exception& error) {
    fmt::print(stderr, "bench_gateway: {}\n", error.what());
    return 1;
}
