// SPDX-License-Identifier: Apache-2.0
// bench_book: the matching engine alone. One thread applies commands prepared in memory through
// Exchange::apply, with band, size, funds, capacity and self-trade checks on and every event written into a
// ring; a plain map-and-list book without any of that does the same messages, in turn. Building the book is
// not timed. The streams are our own or one from a file (stream.hpp).
#include <fmt/format.h>
#include <sched.h>
#include <x86intrin.h>

#include <chrono>

#include "bench/book_workload.hpp"
#include "bench/bytes.hpp"
#include "bench/frame.hpp"
#include "bench/prepared.hpp"

namespace gridbook::bench {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

constexpr std::uint64_t seed = 20'261'201;

struct Settings {
    std::int64_t messages = 1'000'000;
    std::int64_t ahead = 6;    // commands a step of the lookahead
    std::int64_t records = 0;  // 0: as many as the stream has orders
};

// The prepared commands on an exchange of their own. The reader of the ring looks at each kind only, so that
// a run proves its fills without measuring them.
class Ours {
  public:
    Ours(Prepared& prepared, std::size_t ahead) : prepared_(prepared), ahead_(ahead), market_(prepared.size) {
        apply(0, prepared_.first_timed());
    }
    // The whole timed stream; messages per second.
    double run() {
        const auto begin = Clock::now();
        apply(prepared_.first_timed(), prepared_.commands.size());
        return static_cast<double>(prepared_.messages() - prepared_.initial) / seconds_since(begin);
    }
    void apply_message(std::size_t i) { apply(prepared_.begin[i], prepared_.begin[i + 1]); }

    // The same fills, refusals and state as in the rehearsal, or the process ends.
    void check() const {
        if (fills_ == 2 * prepared_.tally.fills && refused_ == prepared_.refused &&
            market_.exchange().state_hash() == prepared_.state)
            return;
        throw std::runtime_error(
            fmt::format("a run differs from its rehearsal: {} fills for {}, {} refusals "
                        "for {}",
                        fills_, 2 * prepared_.tally.fills, refused_, prepared_.refused));
    }

  private:
    void apply(std::size_t from, std::size_t to) {
        engine::PoolVector<engine::Command>& commands = prepared_.commands;
        for (std::size_t i = from; i < to; ++i) {
            ahead_(
                market_.exchange(), [&](std::size_t k) -> const engine::Command& { return commands[k]; }, i,
                commands.size());
            market_.apply(commands[i], [this](const engine::Record& record) {
                const auto kind = static_cast<engine::EventKind>(record.kind());
                fills_ += kind == engine::EventKind::fill;
                refused_ += kind == engine::EventKind::refused;
            });
        }
    }
    Prepared& prepared_;
    engine::Lookahead ahead_;
    Market market_;
    std::uint64_t fills_ = 0, refused_ = 0;
};

double run_plain(const Stream& stream) {
    PlainMarket market(stream.instruments);
    std::size_t i = 0;
    for (; i < stream.initial; ++i) market.apply(stream.messages[i]);
    const auto begin = Clock::now();
    for (; i < stream.messages.size(); ++i) market.apply(stream.messages[i]);
    return static_cast<double>(stream.timed()) / seconds_since(begin);
}

double run_bytes(const Stream& stream, const Prepared& prepared) {
    Bytes bytes(prepared);
    const auto begin = Clock::now();
    bytes.run();
    const double seconds = seconds_since(begin);
    if (bytes.sum() == 0) throw std::runtime_error("the commands have no bytes");
    return static_cast<double>(stream.timed()) / seconds;
}

// Nanoseconds of one tick of the processor's counter.
double tick_ns() {
    const auto begin = Clock::now();
    const std::uint64_t first = __rdtsc();
    while (seconds_since(begin) < 0.05) {
    }
    const std::uint64_t last = __rdtsc();
    return seconds_since(begin) * 1e9 / static_cast<double>(last - first);
}

struct Latency {
    Histogram all, timer;
    std::array<Histogram, act_count> by_act;
};

// One more run, each message timed by itself. Two readings of the counter are inside and are not taken off;
// what they cost by themselves is told beside it.
void measure_latency(const Stream& stream, Prepared& prepared, std::size_t ahead, Latency& latency) {
    Ours ours(prepared, ahead);
    const double ns = tick_ns();
    const auto timed = [ns](auto&& what) {
        const std::uint64_t begin = __rdtsc();
        what();
        return static_cast<std::int64_t>(static_cast<double>(__rdtsc() - begin) * ns);
    };
    for (int i = 0; i < 100'000; ++i) latency.timer.add(timed([] {}));
    for (std::size_t i = stream.initial; i < stream.messages.size(); ++i) {
        const std::int64_t took = timed([&] { ours.apply_message(i); });
        latency.all.add(took);
        latency.by_act[static_cast<std::size_t>(stream.messages[i].act)].add(took);
    }
    ours.check();
}

void print_shape(const std::string& name, const Stream& stream, const Shape& shape, const Prepared& prepared,
                 Report& report) {
    const auto takers = static_cast<double>(std::max<std::size_t>(1, shape.acts[4]));
    const std::size_t n = stream.instruments;
    report.line(
        fmt::format("{}: {} instruments, {} messages after {} to build; a book has {} orders on {} "
                    "levels at the end (the first {} to {} on {} to {})",
                    name, n, stream.timed(), stream.initial, shape.resting / n, shape.levels / n,
                    shape.resting_least, shape.resting_most, shape.levels_least, shape.levels_most));
    std::string shares;
    for (std::size_t a = 0; a < act_count; ++a)
        shares += fmt::format(
            "{:.1f} % {}, ", 100.0 * static_cast<double>(shape.acts[a]) / static_cast<double>(stream.timed()),
            act_names[a]);
    report.line(fmt::format("  {}{:.2f} fills on {:.2f} levels a take; {} cancels of dead ids", shares,
                            static_cast<double>(shape.fills) / takers,
                            static_cast<double>(shape.levels_swept) / takers, prepared.refused));
    const Tally& t = prepared.tally;
    report.line(fmt::format("  fills {}, quantity {}, notional {}, hash {:#018x} ({})", t.fills, t.quantity,
                            t.notional, t.hash, t.hash));
}

void print_latency(const Latency& latency, Report& report) {
    report.line("  all     " + latency.all.text());
    for (std::size_t a = 0; a < act_count; ++a)
        if (latency.by_act[a].count() != 0)
            report.line(fmt::format("  {:<7} {}", act_names[a], latency.by_act[a].text()));
    report.line(fmt::format("  timer   {} (two readings of rdtsc, part of each latency above)",
                            latency.timer.text()));
}

void json_variant(const std::string& name, const Tally& tally, const std::vector<Series>& series,
                  double ratio, const Latency& latency, Json& json) {
    json.open(name).number("mps", series[0].best()).number("mps_median", series[0].median());
    json.number("ratio", ratio).latency(latency.all);
    json.number("plain_mps", series[1].best()).number("plain_mps_median", series[1].median());
    json.number("bytes_mps", series[2].best()).number("bytes_mps_median", series[2].median());
    json.integer("timer_p50_ns", latency.timer.quantile(0.5));
    json.integer("fills", static_cast<std::int64_t>(tally.fills));
    json.integer("quantity", static_cast<std::int64_t>(tally.quantity));
    json.integer("notional", static_cast<std::int64_t>(tally.notional));
    // As text: readers of JSON keep 53 bits of a number.
    json.text("hash", fmt::format("{:#018x}", tally.hash)).close();
}

void run_stream(const std::string& name, const Stream& stream, const Settings& settings,
                const Options& options, Report& report) {
    const auto ahead = static_cast<std::size_t>(settings.ahead);
    Prepared prepared = prepare(stream, static_cast<std::uint64_t>(settings.records));
    Tally plain_tally;
    const Shape shape = shape_of(stream, plain_tally);
    print_shape(name, stream, shape, prepared, report);
    if (plain_tally != prepared.tally)
        throw std::runtime_error("the engine's fills differ from the plain book's");
    const auto ours = [&] {
        Ours contender(prepared, ahead);
        const double rate = contender.run();
        contender.check();
        return rate / 1e6;
    };
    const auto plain = [&] { return run_plain(stream) / 1e6; };
    const auto bytes = [&] { return run_bytes(stream, prepared) / 1e6; };
    const auto series =
        interleave(options.rounds, {{"gridbook", ours}, {"plain", plain}, {"bytes alone", bytes}});
    auto latency = std::make_unique<Latency>();
    measure_latency(stream, prepared, ahead, *latency);
    const double ratio = series[0].median() / series[1].median();
    report.line(fmt::format("  gridbook {:.2f} M/s best, {:.2f} median; plain {:.2f}, {:.2f}; ratio {:.2f}",
                            series[0].best(), series[0].median(), series[1].best(), series[1].median(),
                            ratio));
    report.line(fmt::format("  the bytes alone, nothing decided: {:.2f} M/s best, {:.2f} median",
                            series[2].best(), series[2].median()));
    print_latency(*latency, report);
    json_variant(name, prepared.tally, series, ratio, *latency, report.json());
}

// The last processor of those allowed: interrupts prefer the first.
void pin_thread() {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof one, &one);
        return;
    }
}

Stream generated(const Variant& variant, const Settings& settings) {
    return Generator(variant, seed).make(static_cast<std::size_t>(settings.messages));
}

std::vector<Variant> chosen(const std::string& name) {
    if (name.empty()) return variants;
    for (const Variant& variant : variants)
        if (variant.name == name) return {variant};
    throw std::runtime_error("no variant '" + name + "'; there are base, deep, books64 and sweep");
}

void check_settings(const Settings& s) {
    if (s.messages < 1 || s.messages > 50'000'000) throw std::runtime_error("--messages: 1 to 50000000");
    if (s.ahead < 0 || s.ahead > 1024) throw std::runtime_error("--ahead: 0 to 1024");
    if (s.records != 0 && (s.records < 1024 || s.records > 1 << 28))
        throw std::runtime_error("--records: 0, or 1024 to 268435456");
}

int run(int argc, char** argv) {
    Settings settings;
    std::string only, file, written;
    Cli cli("bench_book", "The matching engine alone, one thread, beside a plain map-and-list book.");
    cli.option("messages", settings.messages, "how many messages a timed run has");
    cli.option("variant", only, "only this variant: base, deep, books64 or sweep");
    cli.option("workload", file, "run the prepared stream of this file instead");
    cli.option("write-workload", written, "write the stream of --variant (base) to this file, run nothing");
    cli.option("ahead", settings.ahead, "how many commands one step of the engine's lookahead is");
    cli.option("records", settings.records, "order records kept; 0: as many as there are orders");
    const Options options = cli.parse(argc, argv);
    check_settings(settings);
    if (!written.empty()) {
        write_stream(written, generated(chosen(only.empty() ? "base" : only).front(), settings));
        return 0;
    }
    const std::vector<Variant> wanted = file.empty() ? chosen(only) : std::vector<Variant>{};
    pin_thread();
    Report report("book", options);
    report.json().open("variants");
    if (!file.empty()) run_stream("workload", read_stream(file), settings, options, report);
    for (const Variant& variant : wanted)
        run_stream(variant.name, generated(variant, settings), settings, options, report);
    report.finish();
    return 0;
}

}  // namespace

int guarded(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_book: {}\n", error.what());
        return 1;
    }
}

}  // namespace gridbook::bench

int main(int argc, char** argv) { return gridbook::bench::guarded(argc, argv); }
