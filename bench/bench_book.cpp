// SPDX-License-Identifier: Apache-2.0
// bench_book: the matching engine alone. One thread applies messages prepared in memory through
// Exchange::apply, with band, size, funds, capacity and self-trade checks on and every event written into a
// ring; a plain map-and-list book without any of that does the same messages, in turn. Building the book is
// not timed.
#include <fmt/format.h>
#include <sched.h>
#include <x86intrin.h>

#include <chrono>
#include <memory>

#include "bench/book_workload.hpp"
#include "bench/frame.hpp"
#include "engine/exchange.hpp"
#include "engine/pipeline/ring.hpp"

namespace gridbook::bench {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

constexpr engine::Time start{1'796'083'200'000'000'000};  // 2026-12-01T00:00:00Z
constexpr std::uint32_t accounts = 64;                    // the first half buys, the other half sells
constexpr std::uint64_t seed = 20'261'201;

// The exchange as one thread of the real pipeline has it: commands in memory, events into a ring.
class Ours {
  public:
    explicit Ours(const Workload& workload)
        : ring_(std::make_unique<engine::Ring<engine::Record>>(1u << 16)) {
        set_up(workload);
        for (const Message& m : workload.build) apply(command(m));
        commands_.reserve(workload.messages.size());
        for (const Message& m : workload.messages) commands_.push_back(command(m));
    }
    const std::vector<engine::Command>& commands() const { return commands_; }
    void apply(engine::Command& command) {
        apply_one(command);
        while (exchange_.unfinished()) {
            auto rest = engine::Command::of(engine::FollowOn{});
            apply_one(rest);
        }
    }
    void apply(engine::Command&& command) { apply(command); }
    // The whole prepared stream; messages per second.
    double run() {
        const auto begin = Clock::now();
        for (engine::Command& c : commands_) apply(c);
        return static_cast<double>(commands_.size()) / seconds_since(begin);
    }
    std::vector<engine::Command>& prepared() { return commands_; }
    std::uint64_t fills() const { return fills_; }
    std::uint64_t refusals() const { return refusals_; }

  private:
    void apply_one(engine::Command& command) {
        command.header.sequence = engine::Sequence{++sequence_};
        command.header.time = start;
        engine::EventSink sink(ring_->slots(), ring_->position(0), ring_->mask());
        exchange_.apply(command, sink);
        ring_->publish(sink.count());
        // The reader of this ring looks at each kind only, so that the run proves its fills without measuring
        // them.
        ring_->refresh();
        for (std::size_t i = 0; i < sink.count(); ++i) {
            const auto kind = static_cast<engine::EventKind>(ring_->peek(i).kind());
            fills_ += kind == engine::EventKind::fill;
            refusals_ += kind == engine::EventKind::refused;
        }
        ring_->release(sink.count());
    }
    engine::Command command(const Message& m) const {
        const engine::AccountId who{static_cast<std::uint32_t>(m.id % (accounts / 2)) +
                                    (m.buy ? 0 : accounts / 2)};
        const engine::Decimal price{m.price * engine::tick_decimal};
        switch (m.act) {
            case Act::add:
            case Act::take: {
                engine::PlaceOrder p;
                p.cid = engine::Cid{fmt::format("b{}", m.id)};
                p.instrument = engine::instrument(engine::FamilyId{0}, engine::Period{first_.value + m.book});
                p.price = price;
                p.qty = engine::Decimal{m.qty * engine::gpu_lot_decimal};
                p.side = m.buy ? engine::Side::buy : engine::Side::sell;
                return engine::Command::of(p, who);
            }
            case Act::cancel: {
                engine::CancelOrder c;
                c.order = engine::OrderId{m.id};
                return engine::Command::of(c, who);
            }
            case Act::reduce:
            case Act::replace: {
                engine::ReplaceOrder r;
                r.order = engine::OrderId{m.id};
                r.price = price;
                r.qty = engine::Decimal{m.total * engine::gpu_lot_decimal};
                return engine::Command::of(r, who);
            }
        }
        return {};
    }
    void set_up(const Workload& w);

    std::unique_ptr<engine::Ring<engine::Record>> ring_;
    engine::Exchange exchange_;
    std::vector<engine::Command> commands_;
    engine::Period first_{};
    std::uint64_t sequence_ = 0, fills_ = 0, refusals_ = 0;
};

// Pools for the workload, a wide band, one family whose hours are the books, money and capacity for
// everybody.
void Ours::set_up(const Workload& w) {
    engine::Genesis g;
    g.orders = 1u << 18;
    g.records = 1u << 21;
    g.pages = 1u << 15;
    g.accounts = accounts;
    g.keys = 1;
    g.families = 1;
    g.books = 128;
    g.positions = 1u << 14;
    g.resources = accounts;
    g.account_orders = 1u << 18;
    g.retention_s = 86'400;
    g.taker_fee = engine::BasisPoints{20};
    g.maker_fee = engine::BasisPoints{5};
    g.tax = engine::BasisPoints{600};
    g.margin = engine::BasisPoints{2'000};
    g.max_qty = 200'000'000 * engine::decimal_one;
    g.max_notional = INT64_MAX / 1000;
    apply(engine::Command::of(g));
    engine::DefineClass c;
    c.name = engine::Text<16>{"H100"};
    c.k_train = 1'000;
    apply(engine::Command::of(c));
    engine::DefineZone z;
    z.name = engine::Text<16>{"CN-EAST"};
    apply(engine::Command::of(z));
    engine::DefineTier t;
    t.name = engine::Text<8>{"G2"};
    apply(engine::Command::of(t));
    engine::DefineFamily f;
    f.horizon = 80;
    f.guidance = engine::Decimal{200 * engine::decimal_one};
    f.floor = engine::Decimal{1 * engine::decimal_one};
    f.ceiling = engine::Decimal{400 * engine::decimal_one};
    apply(engine::Command::of(f));
    first_ = engine::Period{engine::period_at(start, engine::Product::gpu).value + 2};
    for (std::uint32_t a = 0; a < accounts; ++a) {
        engine::OpenAccount o;
        o.name = engine::Text<32>{fmt::format("account-{}", a)};
        apply(engine::Command::of(o));
        engine::Credit credit;
        credit.amount = engine::Money{1'000'000'000'000'000};
        apply(engine::Command::of(credit, engine::AccountId{a}));
        engine::RegisterResource r;
        r.family = engine::FamilyId{0};
        r.count = engine::Decimal{100'000'000 * engine::decimal_one};
        if (a >= accounts / 2) apply(engine::Command::of(r, engine::AccountId{a}));
    }
    if (refusals_ != 0 || w.variant.books > f.horizon - 2) {
        fmt::print(stderr, "bench_book: the market could not be set up\n");
        std::exit(1);
    }
}

class Plain {
  public:
    explicit Plain(const Workload& workload) : workload_(workload), books_(workload.variant.books) {
        for (const Message& m : workload.build) apply(m);
    }
    double run() {
        const auto begin = Clock::now();
        for (const Message& m : workload_.messages) apply(m);
        return static_cast<double>(workload_.messages.size()) / seconds_since(begin);
    }

  private:
    void apply(const Message& m) {
        PlainBook& book = books_[m.book];
        switch (m.act) {
            case Act::add:
            case Act::take: return book.add(m.id, m.buy, m.price, m.qty);
            case Act::cancel: return book.cancel(m.id);
            case Act::reduce: return book.reduce(m.id, m.qty);
            case Act::replace: return book.replace(m.id, m.price, m.qty);
        }
    }
    const Workload& workload_;
    std::vector<PlainBook> books_;
};

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
    Histogram all;
    std::array<Histogram, 5> by_act;
};

// One more run, each message timed by itself; two readings of the counter are inside.
void measure_latency(const Workload& workload, Latency& latency) {
    Ours ours(workload);
    const double ns = tick_ns();
    for (std::size_t i = 0; i < workload.messages.size(); ++i) {
        const std::uint64_t begin = __rdtsc();
        ours.apply(ours.prepared()[i]);
        const auto took = static_cast<std::int64_t>(static_cast<double>(__rdtsc() - begin) * ns);
        latency.all.add(took);
        latency.by_act[static_cast<std::size_t>(workload.messages[i].act)].add(took);
    }
}

void run_variant(const Variant& variant, std::size_t messages, const Options& options, Report& report) {
    const Workload workload = Generator(variant, seed).make(messages);
    std::array<std::size_t, 5> acts{};
    for (const Message& m : workload.messages) ++acts[static_cast<std::size_t>(m.act)];
    report.line(fmt::format(
        "{}: {} orders resting on {} levels, {} messages, {:.2f} fills an order that takes", variant.name,
        workload.resting, workload.levels, messages,
        static_cast<double>(workload.fills) / static_cast<double>(std::max<std::size_t>(1, acts[4]))));
    const auto ours = [&] {
        Ours contender(workload);
        const double rate = contender.run();
        if (contender.fills() != 2 * workload.fills || contender.refusals() != 0) {
            fmt::print(stderr, "bench_book: {} fills told, {} expected; {} refusals\n", contender.fills(),
                       2 * workload.fills, contender.refusals());
            std::exit(1);
        }
        return rate / 1e6;
    };
    const auto plain = [&] { return Plain(workload).run() / 1e6; };
    const auto series = interleave(options.rounds, {{"gridbook", ours}, {"plain", plain}});
    auto latency = std::make_unique<Latency>();
    measure_latency(workload, *latency);
    const double ratio = series[0].median() / series[1].median();
    report.line(fmt::format("  gridbook {:.2f} M/s best, {:.2f} median; plain {:.2f}, {:.2f}; ratio {:.2f}",
                            series[0].best(), series[0].median(), series[1].best(), series[1].median(),
                            ratio));
    report.line("  all     " + latency->all.text());
    for (std::size_t a = 0; a < acts.size(); ++a)
        report.line(fmt::format("  {:<7} {:4.1f} %  {}", act_names[a],
                                100.0 * static_cast<double>(acts[a]) / static_cast<double>(messages),
                                latency->by_act[a].text()));
    report.json().open(variant.name).number("mps", series[0].best()).number("mps_median", series[0].median());
    report.json().number("plain_mps", series[1].best()).number("ratio", ratio).latency(latency->all).close();
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

}  // namespace

int run(int argc, char** argv) {
    std::int64_t messages = 300'000;
    std::string only;
    Cli cli("bench_book", "The matching engine alone, one thread, beside a plain map-and-list book.");
    cli.option("messages", messages, "how many messages a timed run has");
    cli.option("variant", only, "only this variant: base, deep, books64 or sweep");
    const Options options = cli.parse(argc, argv);
    pin_thread();
    Report report("book", options);
    report.json().open("variants");
    bool known = only.empty();
    for (const Variant& variant : variants) {
        if (!only.empty() && only != variant.name) continue;
        known = true;
        run_variant(variant, static_cast<std::size_t>(messages), options, report);
    }
    if (!known)
        fmt::print(stderr, "bench_book: no variant '{}'; there are base, deep, books64 and sweep\n", only);
    if (known) report.finish();
    return known ? 0 : 2;
}

}  // namespace gridbook::bench

int main(int argc, char** argv) { return gridbook::bench::run(argc, argv); }
