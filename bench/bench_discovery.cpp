// SPDX-License-Identifier: Apache-2.0
// What `GET /v1/capacity` of one family costs: a week of hours, each with many offers, swept for more than
// half of what there is. The rules allow 5 ms.

#include <fmt/format.h>

#include <chrono>

#include "bench/frame.hpp"
#include "gateway/egress/discovery.hpp"

namespace {

using namespace gridbook;

template <class Body>
engine::Event told(const Body& body) {
    engine::Event event;
    event.header.sequence = engine::Sequence{1};
    event.set(body);
    return event;
}

// One family of H100 hours, `hours` of them open, each with `levels` offers of 1.6 units.
struct Market {
    gateway::Directory directory;
    gateway::Bands bands;
    gateway::MarketData data{1 << 18};
    std::uint64_t orders = 0;

    Market(std::int64_t hours, std::int64_t levels) {
        engine::ClassDefined c;
        c.name = engine::Text<16>("H100");
        c.tflops = 989'400;
        engine::ZoneDefined z;
        z.name = engine::Text<16>("CN-EAST");
        z.residency = engine::Text<16>("CN");
        engine::TierDefined t;
        t.name = engine::Text<8>("G2");
        for (const engine::Event& e : {told(c), told(z), told(t), told(engine::FamilyDefined{})})
            directory.apply(e);
        const std::uint32_t first = 498'912;  // 2026-12-01T00:00:00Z
        for (std::uint32_t hour = 0; hour < static_cast<std::uint32_t>(hours); ++hour)
            offer(engine::instrument(engine::FamilyId{0}, engine::Period{first + hour}), levels);
    }
    void offer(engine::InstrumentId instrument, std::int64_t levels) {
        engine::PhaseChanged phase;
        phase.instrument = instrument;
        phase.phase = engine::Phase::open;
        data.apply(told(phase));
        for (std::int64_t i = 0; i < levels; ++i) {
            engine::OrderEvent o;
            o.order = engine::OrderId{++orders};
            o.instrument = instrument;
            o.price = engine::Price{static_cast<std::int32_t>(1'000 + i)};
            o.qty = o.leaves = 16;
            o.side = engine::Side::sell;
            o.state = engine::OrderState::open;
            data.apply(told(o));
        }
        data.close_command(engine::Sequence{1});
    }
};

}  // namespace

int main(int argc, char** argv) {
    std::int64_t hours = 168, levels = 1'000;
    bench::Cli cli("bench_discovery", "GET /v1/capacity of one family, without the socket.");
    cli.option("hours", hours, "open hours of the family");
    cli.option("levels", levels, "offers in each, at prices of their own");
    const bench::Options options = cli.parse(argc, argv);
    bench::Report report("discovery", options);
    const Market market(hours, levels);
    const gateway::Discovery discovery(market.directory, market.bands, market.data);
    const gateway::Wanted wanted{.lots = engine::Quantity{levels * 10}, .hours = 24};
    bench::Histogram ns;
    std::string out;
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(options.seconds);
    while (std::chrono::steady_clock::now() < end) {
        out.clear();
        const auto begun = std::chrono::steady_clock::now();
        discovery.append_capacity(engine::FamilyId{0}, wanted, true, out);
        ns.add(std::chrono::nanoseconds(std::chrono::steady_clock::now() - begun).count());
    }
    report.line(
        fmt::format("{} hours of {} offers, {} bytes of answer: {}", hours, levels, out.size(), ns.text()));
    report.line(fmt::format("5 ms are allowed: kept by {}",
                            ns.quantile(0.99) <= 5'000'000   ? "99 of 100"
                            : ns.quantile(0.50) <= 5'000'000 ? "half of them, on a machine that does other things"
                                                             : "fewer than half"));
    report.json().integer("hours", hours).integer("levels", levels).latency(ns);
    report.finish();
    return 0;
}
