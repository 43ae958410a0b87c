// SPDX-License-Identifier: Apache-2.0
// Meter reports beside orders, in the engine: with 100,000 open deliveries each minute brings 100,000
// reports, beside 10,000 orders a second. In pairs of minutes the orders are timed with the reports in
// between and without (they come ahead of the minute's orders then, untimed). Also: what the gate, a minute's
// look at all deliveries, and the settlement take.

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

#include "bench/frame.hpp"
#include "engine/exchange.hpp"

namespace {

using namespace gridbook;
using engine::AccountId;
using engine::Command;
using engine::FamilyId;
using engine::Time;

constexpr std::uint32_t pairs_a_family = 1'000;
constexpr std::uint32_t orders_a_minute = 600'000;
constexpr std::uint32_t resting = 1'000;
constexpr Time midnight{1'796'083'200'000'000'000};  // 2026-12-01T00:00:00Z

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// `families` families of 1,000 sellers and 1,000 buyers, each of whom trades one unit of hour 1 with another.
class Market {
  public:
    explicit Market(std::uint32_t families) : families_(families) {
        found();
        for (std::uint16_t f = 0; f < families; ++f) define(f);
        for (std::uint32_t a = 0; a < 2 * pairs_a_family; ++a) enroll(AccountId{a});
        for (std::uint16_t f = 0; f < families; ++f)
            for (std::uint32_t i = 0; i < pairs_a_family; ++i) {
                tell(order(f, 1, AccountId{i}, engine::Side::sell, 1'400));
                tell(order(f, 1, AccountId{pairs_a_family + i}, engine::Side::buy, 1'400));
            }
    }
    std::uint32_t deliveries() const { return families_ * pairs_a_family; }

    // Milliseconds that it takes to bring the market there.
    double advance(Time to) {
        time_ = to;
        const std::int64_t begun = now_ns();
        apply(Command::of(engine::AdvanceTime{}));
        return static_cast<double>(now_ns() - begun) / 1e6;
    }
    void report(std::uint32_t number, std::uint32_t minute) {
        engine::ReportMeter m;
        m.delivery = engine::DeliveryId{number + 1};
        m.minute = minute;
        m.available = engine::Decimal{engine::decimal_one};
        // By pairing, ids run through a family's sellers by name, and names are as long as each other.
        apply(Command::of(m, AccountId{number % pairs_a_family}));
        check(engine::EventKind::metered);
    }
    // The next order of the stream: one in, one out.
    std::int64_t time_order() {
        const bool place = ++streamed_ <= resting || streamed_ % 2 == 0;
        const Command command = place ? numbered(entered_++) : cancel(cancelled_++);
        const std::int64_t begun = now_ns();
        apply(command);
        const std::int64_t ns = now_ns() - begun;
        check(engine::EventKind::order);
        return ns;
    }

  private:
    void found() {
        engine::Genesis g;
        g.orders = 1u << 18;
        g.records = 1u << 20;
        g.pages = 1u << 14;
        g.accounts = 2 * pairs_a_family;
        g.keys = 1;
        g.families = families_;
        g.books = families_ * 4;
        g.positions = g.deliveries = 1u << 18;
        g.resources = families_ * pairs_a_family;
        g.account_orders = 1u << 18;
        g.retention_s = 86'400;
        g.strips = g.sessions = 16;
        g.taker_fee = engine::BasisPoints{20};
        g.maker_fee = engine::BasisPoints{5};
        g.tax = engine::BasisPoints{600};
        g.margin = engine::BasisPoints{2'000};
        g.max_qty = g.max_notional = 1'000'000 * engine::decimal_one;
        tell(Command::of(g));
        engine::DefineClass c;
        c.name = engine::Text<16>{"H100"};
        c.k_train = 1'000;
        tell(Command::of(c));
        engine::DefineZone z;
        z.name = engine::Text<16>{"CN-EAST"};
        tell(Command::of(z));
    }
    void define(std::uint16_t f) {
        engine::DefineTier t;
        t.name = engine::Text<8>{fmt::format("T{:03}", f)};
        t.availability = 99'500;
        t.start_by_s = 300;
        t.penalty = engine::BasisPoints{5'000};
        tell(Command::of(t));
        engine::DefineFamily d;
        d.tier_id = engine::TierId{f};
        d.horizon = 3;
        d.guidance = engine::Decimal{14 * engine::decimal_one};
        tell(Command::of(d));
    }
    void enroll(AccountId id) {
        engine::OpenAccount o;
        o.name = engine::Text<32>{fmt::format("account-{:05}", id.value)};
        o.roles = engine::role::buyer | engine::role::provider;
        tell(Command::of(o));
        engine::Credit credit;
        credit.amount = engine::Money{1'000'000 * engine::decimal_one};
        tell(Command::of(credit, id));
        for (std::uint16_t f = 0; id.value < pairs_a_family && f < families_; ++f) {
            engine::RegisterResource r;
            r.family = FamilyId{f};
            r.count = engine::Decimal{10 * engine::decimal_one};
            tell(Command::of(r, id));
        }
    }
    Command order(std::uint16_t family, std::uint32_t hour, AccountId who, engine::Side side, int ticks) {
        engine::PlaceOrder p;
        p.cid = engine::Cid{fmt::format("c-{}", ++cids_)};
        p.instrument = engine::instrument(
            FamilyId{family}, engine::Period{engine::period_at(midnight, engine::Product::gpu).value + hour});
        p.price = engine::decimal_of(engine::Price{ticks});
        p.qty = engine::Decimal{engine::decimal_one};
        p.side = side;
        return Command::of(p, who);
    }
    static engine::Cid streamed_cid(std::uint64_t number) { return engine::Cid{fmt::format("s-{}", number)}; }
    AccountId streamer(std::uint64_t number) const {
        return AccountId{pairs_a_family + static_cast<std::uint32_t>(number % pairs_a_family)};
    }
    Command numbered(std::uint64_t number) {
        Command command =
            order(0, 3, streamer(number), engine::Side::buy, 1'000 + static_cast<int>(number % 100));
        auto body = command.as<engine::PlaceOrder>();
        body.cid = streamed_cid(number);
        return Command::of(body, command.header.account);
    }
    Command cancel(std::uint64_t number) {
        engine::CancelOrder c;
        c.cid = streamed_cid(number);
        return Command::of(c, streamer(number));
    }
    void tell(const Command& command) {
        apply(command);
        if (first_ == engine::EventKind::refused) throw std::runtime_error("the market could not be set up");
    }
    void check(engine::EventKind wanted) const {
        if (first_ != wanted) throw std::runtime_error("the exchange answered something else");
    }
    void apply(Command command) {
        apply_one(command);
        const engine::EventKind first = first_;
        while (exchange_.unfinished()) apply_one(Command::of(engine::FollowOn{}));
        first_ = first;
    }
    void apply_one(Command command) {
        command.header.sequence = engine::Sequence{exchange_.sequence().value + 1};
        command.header.time = time_;
        engine::EventSink sink = buffer_.sink();
        exchange_.apply(command, sink);
        first_ = sink.count() > 0 ? buffer_[0].event().kind() : engine::EventKind::none;
    }

    std::uint32_t families_;
    engine::Exchange exchange_;
    engine::EventBuffer buffer_;
    engine::EventKind first_ = engine::EventKind::none;
    Time time_ = midnight;
    std::uint64_t cids_ = 0, streamed_ = 0, entered_ = 0, cancelled_ = 0;
};

// A minute of orders, and all its reports: between them, or ahead of them.
bench::Histogram minute_of_orders(Market& market, std::uint32_t minute, bool between, std::uint32_t orders) {
    const std::uint32_t every = std::max(1u, orders / market.deliveries());
    std::uint32_t reported = 0;
    const auto report_until = [&](std::uint32_t count) {
        while (reported < count) market.report(reported++, minute);
    };
    if (!between) report_until(market.deliveries());
    bench::Histogram ns;
    for (std::uint32_t i = 0; i < orders; ++i) {
        if (i % every == 0) report_until(std::min(market.deliveries(), i / every + 1));
        ns.add(market.time_order());
    }
    report_until(market.deliveries());
    return ns;
}

}  // namespace

int main(int argc, char** argv) try {
    std::int64_t families = 100;
    bench::Cli cli("bench_delivery", "Meter reports beside orders, in the engine.");
    cli.option("families", families, "each with 1,000 deliveries, 1 to 200");
    const bench::Options options = cli.parse(argc, argv);
    bench::Report report("delivery", options);
    Market market(static_cast<std::uint32_t>(std::clamp<std::int64_t>(families, 1, 200)));
    const Time begin = midnight + engine::hour;
    const double gate_ms = market.advance(begin - engine::gate_lead);
    market.advance(begin);
    std::vector<double> p50, p99, minutes;
    bench::Histogram alone, beside;
    for (std::uint32_t minute = 0; minute < 60; ++minute) {
        const auto rounds = static_cast<std::uint32_t>(2 * options.rounds);
        const bool timed = minute < rounds;
        const bool between = minute % 2 == 1;
        const bench::Histogram ns = minute_of_orders(market, minute, between, timed ? orders_a_minute : 0);
        if (timed && !between) alone = ns;
        if (timed && between) {
            beside = ns;
            p50.push_back(static_cast<double>(ns.quantile(0.50)) / static_cast<double>(alone.quantile(0.50)));
            p99.push_back(static_cast<double>(ns.quantile(0.99)) / static_cast<double>(alone.quantile(0.99)));
        }
        minutes.push_back(market.advance(begin + engine::minute * static_cast<std::int64_t>(minute + 1)));
    }
    const double settled_ms = market.advance(begin + engine::hour * 2);
    const auto median = [](std::vector<double> v) { return bench::Series{"", std::move(v)}.median(); };
    report.line(fmt::format("alone:  {}", alone.text()));
    report.line(fmt::format("beside: {}", beside.text()));
    report.line(
        fmt::format("{} open deliveries, a report of each a minute, beside 10,000 orders a second: p50 x "
                    "{:.2f}, p99 x {:.2f}, medians of {} pairs",
                    market.deliveries(), median(p50), median(p99), p50.size()));
    report.line(fmt::format("the gate took {:.1f} ms, a minute's look {:.2f} ms, the settlement {:.1f} ms",
                            gate_ms, median(minutes), settled_ms));
    report.json()
        .integer("deliveries", market.deliveries())
        .number("p50_ratio", median(p50))
        .number("p99_ratio", median(p99))
        .number("gate_ms", gate_ms)
        .number("minute_ms", median(minutes))
        .number("settled_ms", settled_ms)
        .latency(beside);
    report.finish();
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "bench_delivery: {}\n", error.what());
    return 1;
}
