// SPDX-License-Identifier: Apache-2.0
// The pools that a configuration has when it says nothing hold ten thousand listed instruments and a million
// resting orders in two gibibytes. Measured as resident memory of a child process that does nothing else.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <fstream>

#include "engine/state.hpp"
#include "tests/engine/setup.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GRIDBOOK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GRIDBOOK_SANITIZED 1
#endif
#endif

namespace gridbook::tests {

namespace {

#ifdef GRIDBOOK_SANITIZED
constexpr bool sanitized = true;  // its own memory would be measured
#else
constexpr bool sanitized = false;
#endif

using engine::Command;

constexpr std::size_t resting = 1'000'000;
constexpr std::uint16_t families = 53, horizon = 192;  // hours ahead, as a GPU family has by default
constexpr std::uint32_t accounts = 20;
constexpr std::uint64_t two_gib_in_kib = std::uint64_t{2} << 20;

// The defaults of Config::default_genesis() (gateway/config.cpp), told in config/README.md as pools.*,
// limits.* and fees.*. Strips and sessions are what a configuration leaves at the engine's own.
engine::Genesis default_pools() {
    engine::Genesis g;
    g.orders = 1u << 20;
    g.records = 1u << 22;
    g.pages = 1u << 18;
    g.accounts = 1u << 12;
    g.keys = 1u << 13;
    g.families = 1u << 9;
    g.books = 1u << 14;
    g.positions = 1u << 20;
    g.resources = 1u << 16;
    g.account_orders = 100'000;
    g.retention_s = 86'400;
    g.taker_fee = engine::BasisPoints{20};
    g.maker_fee = engine::BasisPoints{5};
    g.tax = engine::BasisPoints{600};
    g.margin = engine::BasisPoints{2'000};
    g.max_qty = millionths("100000");
    g.max_notional = millionths("10000000");
    g.draws_log2 = 20;
    g.packages = 4'096;
    return g;
}

// A line of /proc/self/status in KiB: VmRSS, VmHWM.
std::uint64_t status_kib(const std::string& key) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(key + ":")) return std::stoull(line.substr(key.size() + 1));
    return 0;
}

struct Outcome {
    std::uint64_t resident_kib = 0, most_kib = 0, refused = 0, resting = 0, listed = 0, pages = 0;
    double seconds = 0;
};

class Filled {
  public:
    Outcome run() {
        const auto begun = std::chrono::steady_clock::now();
        apply(Command::of(default_pools()));
        catalogue();
        participants();
        for (std::size_t i = 0; i < resting; ++i) apply(order(i));
        const engine::State& state = exchange_.state();
        for (const engine::Book& book : state.books) out_.listed += book.phase == engine::Phase::open;
        out_.resting = state.orders.used();
        out_.pages = state.levels.used();
        out_.resident_kib = status_kib("VmRSS");
        out_.most_kib = status_kib("VmHWM");
        out_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        return out_;
    }

  private:
    void catalogue() {
        apply(Command::of(east_zone()));
        apply(Command::of(g2_tier()));
        for (std::uint16_t f = 0; f < families; ++f) {
            engine::DefineClass c = h100_class();
            c.name = engine::Text<16>{"H" + std::to_string(100 + f)};
            apply(Command::of(c));
            engine::DefineFamily family = h100_family("14.00", horizon);
            family.class_id = engine::ClassId{f};
            family.dynamic_width = engine::BasisPoints{500};
            apply(Command::of(family));
        }
    }
    void participants() {
        for (std::uint32_t a = 0; a < accounts; ++a) {
            apply(Command::of(account("p-" + std::to_string(a))));
            apply(credit(engine::AccountId{a}, 100'000'000));
            for (std::uint16_t f = 0; f < families; ++f)
                apply(resource(engine::AccountId{a}, 9'000, engine::FamilyId{f}));
        }
    }
    // Bids from 13.30 to 13.99, asks from 14.01 to 14.70, all over the instruments, none that meet.
    static Command order(std::size_t i) {
        const auto family = static_cast<std::uint16_t>(i % families);
        const int hour = 1 + static_cast<int>(i / families % horizon);
        const auto round = static_cast<std::int64_t>(i / families / horizon);
        const engine::AccountId who{static_cast<std::uint32_t>(i * 7 / 3 % accounts)};
        const std::int64_t away = 1 + round * 37 % 70;
        const bool bid = round % 2 == 0;
        const engine::Decimal price{(bid ? 1'400 - away : 1'400 + away) * engine::tick_decimal};
        OrderBuilder b = bid ? buy("0.1") : sell("0.1");
        return b.at(price).of(hour_of(family, hour)).from(who).as("order-of-million-" + std::to_string(i));
    }
    void apply(Command command) {
        do {
            command.header.sequence = engine::Sequence{exchange_.sequence().value + 1};
            command.header.time = day_one;
            engine::EventSink sink = buffer_.sink();
            exchange_.apply(command, sink);
            for (std::size_t i = 0; i < sink.count(); ++i)
                out_.refused += buffer_[i].kind() == static_cast<std::uint8_t>(engine::EventKind::refused);
            command = Command::of(engine::FollowOn{});
        } while (exchange_.unfinished());
    }
    engine::Exchange exchange_;
    engine::EventBuffer buffer_;
    Outcome out_;
};

Outcome in_a_child() {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const Outcome o = Filled().run();
        _exit(write(ends[1], &o, sizeof o) == sizeof o ? 0 : 1);
    }
    close(ends[1]);
    Outcome o;
    const ssize_t got = read(ends[0], &o, sizeof o);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
    REQUIRE(got == static_cast<ssize_t>(sizeof o));
    return o;
}

}  // namespace

TEST_CASE("ten thousand instruments and a million resting orders fit into two gibibytes", "[memory]") {
    if (sanitized) {
        WARN("skipped: a sanitizer takes more memory than the market");
        return;
    }
    const Outcome o = in_a_child();
    INFO(o.resident_kib / 1024 << " MiB resident, " << o.most_kib / 1024 << " MiB at most, " << o.pages
                               << " pages of levels, " << o.seconds << " s");
    CHECK(o.refused == 0);
    CHECK(o.resting == resting);
    CHECK(o.listed >= 10'000);
    CHECK(o.resident_kib > 0);
    CHECK(o.most_kib <= two_gib_in_kib);
}

}  // namespace gridbook::tests
