// SPDX-License-Identifier: Apache-2.0
// The yardstick library through its C interface, as a harness loads it: what each message is answered with,
// report for report.
#include <dlfcn.h>
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

#include "bench/plain_book.hpp"
#include "bench/yardstick.hpp"

namespace gridbook::tests {

namespace {

using bench::yardstick::Cancel;
using bench::yardstick::Modify;
using bench::yardstick::NewOrder;
using bench::yardstick::Report;
using bench::yardstick::ReportType;
using bench::yardstick::Transport;

constexpr std::uint8_t buy = 0, sell = 1;
constexpr std::int64_t middle = 33'504;

// A transport that keeps what is pushed and says "full" every other time when told to.
struct Sink {
    std::vector<Report> reports;
    bool often_full = false, full_now = false;
    int refused = 0;

    static int push(void* handle, const Report* report) {
        Sink& sink = *static_cast<Sink*>(handle);
        if (sink.often_full && (sink.full_now = !sink.full_now)) return ++sink.refused, 0;
        sink.reports.push_back(*report);
        return 1;
    }
};
constexpr Transport transport{nullptr, Sink::push, nullptr, nullptr, nullptr};

// The library beside this program: build/*/tests/test_bench and build/*/bench/libgridbook_yardstick.so.
void* library() {
    static void* const loaded = [] {
        const auto program = std::filesystem::read_symlink("/proc/self/exe");
        const auto path = program.parent_path().parent_path() / "bench" / "libgridbook_yardstick.so";
        void* const opened = dlopen(path.c_str(), RTLD_NOW);
        if (opened == nullptr) throw std::runtime_error(dlerror());
        return opened;
    }();
    return loaded;
}

template <class Function>
Function* symbol(const char* name) {
    void* const found = dlsym(library(), name);
    REQUIRE(found != nullptr);
    return reinterpret_cast<Function*>(found);
}

// "ack 1 B@33500x10 #1", "trade 1<2 @33500x4 #2": what a report says, with its sequence.
std::string words(const Report& r) {
    constexpr const char* names[] = {"ack", "trade", "cancelled", "modified", "no cancel", "no modify"};
    const char* const name = names[static_cast<std::size_t>(r.type)];
    if (r.type == ReportType::trade)
        return fmt::format("trade {}<{} @{}x{} #{}", r.maker, r.taker, r.price, r.quantity, r.sequence);
    if (r.type == ReportType::cancel_reject || r.type == ReportType::modify_reject)
        return fmt::format("{} {} #{}", name, r.order_id, r.sequence);
    return fmt::format("{} {} {}@{}x{} #{}", name, r.order_id, r.side == buy ? 'B' : 'S', r.price, r.quantity,
                       r.sequence);
}
using Words = std::vector<std::string>;

// The library between engine_init and engine_shutdown. Each message answers with its reports as words.
class Harness {
  public:
    Harness() { symbol<void(std::uint64_t, const Transport*, void*)>("engine_init")(23, &transport, &sink); }
    ~Harness() { symbol<void()>("engine_shutdown")(); }

    Words order(std::uint64_t id, std::uint8_t side, std::int64_t price, std::uint32_t quantity,
                bool ioc = false) {
        const NewOrder m{id, ++sequence_, price, quantity, side, static_cast<std::uint8_t>(ioc), {}};
        symbol<void(const NewOrder*)>("engine_on_new_order")(&m);
        return reports();
    }
    Words cancel(std::uint64_t id) {
        const Cancel m{id, ++sequence_};
        symbol<void(const Cancel*)>("engine_on_cancel")(&m);
        return reports();
    }
    Words modify(std::uint64_t id, std::uint8_t side, std::int64_t price, std::uint32_t quantity) {
        const Modify m{id, ++sequence_, price, quantity, side, {}};
        symbol<void(const Modify*)>("engine_on_modify")(&m);
        return reports();
    }
    // Immediate-or-cancel orders that meet nobody, with ids from `first` on, their reports not kept.
    void come_and_go(std::uint64_t first, std::uint64_t count) {
        auto* const enter = symbol<void(const NewOrder*)>("engine_on_new_order");
        for (std::uint64_t id = first; id < first + count; ++id) {
            const NewOrder m{id, ++sequence_, middle, 1, buy, 1, {}};
            enter(&m);
            if (sink.reports.size() != 2) throw std::runtime_error(fmt::format("order {} is not told", id));
            sink.reports.clear();
        }
    }
    std::int64_t bid() const { return symbol<std::int64_t()>("engine_query_best_bid")(); }
    std::int64_t ask() const { return symbol<std::int64_t()>("engine_query_best_ask")(); }
    std::uint64_t depth(std::int64_t price, std::uint8_t side) const {
        return symbol<std::uint64_t(std::int64_t, std::uint8_t)>("engine_query_depth_at")(price, side);
    }
    Sink sink;

  private:
    Words reports() {
        symbol<void()>("engine_flush")();
        Words all;
        for (const Report& report : sink.reports) all.push_back(words(report));
        sink.reports.clear();
        return all;
    }
    std::uint64_t sequence_ = 0;
};

}  // namespace

TEST_CASE(
    "yardstick: an order is acknowledged, then trades at the maker's price, best price and time first") {
    Harness h;
    CHECK(h.order(1, sell, middle + 1, 10) == Words{"ack 1 S@33505x10 #1"});
    CHECK(h.order(2, sell, middle, 5) == Words{"ack 2 S@33504x5 #2"});
    CHECK(h.order(3, sell, middle, 5) == Words{"ack 3 S@33504x5 #3"});
    CHECK(h.order(4, buy, middle + 3, 14) == Words{"ack 4 B@33507x14 #4", "trade 2<4 @33504x5 #4",
                                                   "trade 3<4 @33504x5 #4", "trade 1<4 @33505x4 #4"});
    CHECK(h.depth(middle + 1, sell) == 6);
}

TEST_CASE("yardstick: what is left of a crossing order rests as the new best") {
    Harness h;
    h.order(1, buy, middle, 5);
    CHECK(h.order(2, sell, middle - 2, 8) == Words{"ack 2 S@33502x8 #2", "trade 1<2 @33504x5 #2"});
    CHECK(h.ask() == middle - 2);
    CHECK(h.bid() == INT64_MIN);
    CHECK(h.order(3, buy, middle, 3) == Words{"ack 3 B@33504x3 #3", "trade 2<3 @33502x3 #3"});
    CHECK(h.ask() == INT64_MAX);
}

TEST_CASE("yardstick: the rest of an immediate-or-cancel order is cancelled, a filled one has none") {
    Harness h;
    h.order(1, sell, middle, 4);
    CHECK(h.order(2, buy, middle, 10, true) ==
          Words{"ack 2 B@33504x10 #2", "trade 1<2 @33504x4 #2", "cancelled 2 B@33504x6 #2"});
    CHECK(h.bid() == INT64_MIN);
    h.order(3, sell, middle, 4);
    CHECK(h.order(4, buy, middle, 4, true) == Words{"ack 4 B@33504x4 #4", "trade 3<4 @33504x4 #4"});
    CHECK(h.order(5, buy, middle, 1, true) == Words{"ack 5 B@33504x1 #5", "cancelled 5 B@33504x1 #5"});
}

TEST_CASE("yardstick: a cancel is acknowledged once; filled, cancelled and unknown orders are rejected") {
    Harness h;
    h.order(1, buy, middle, 10);
    CHECK(h.cancel(1) == Words{"cancelled 1 B@33504x0 #2"});
    CHECK(h.cancel(1) == Words{"no cancel 1 #3"});
    CHECK(h.cancel(77) == Words{"no cancel 77 #4"});
    CHECK(h.modify(1, buy, middle, 5) == Words{"no modify 1 #5"});
    CHECK(h.modify(78, buy, middle, 5) == Words{"no modify 78 #6"});
    h.order(2, sell, middle, 3);
    h.order(3, buy, middle, 3);
    CHECK(h.cancel(2) == Words{"no cancel 2 #9"});
    CHECK(h.modify(3, buy, middle, 5) == Words{"no modify 3 #10"});
}

TEST_CASE("yardstick: the id of a cancelled order may be used again") {
    Harness h;
    h.order(1, buy, middle, 10);
    h.cancel(1);
    CHECK(h.order(1, sell, middle + 1, 4) == Words{"ack 1 S@33505x4 #3"});
    CHECK(h.cancel(1) == Words{"cancelled 1 S@33505x0 #4"});
}

TEST_CASE("yardstick: a modify is cancel and re-enter: its trades, then one acknowledgement") {
    Harness h;
    h.order(1, sell, middle + 5, 4);
    h.order(2, buy, middle, 10);
    CHECK(h.modify(2, buy, middle + 5, 10) == Words{"trade 1<2 @33509x4 #3", "modified 2 B@33509x10 #3"});
    CHECK(h.bid() == middle + 5);
    CHECK(h.depth(middle + 5, buy) == 6);
    // Filled lots do not count into the new quantity.
    CHECK(h.modify(2, buy, middle + 1, 9) == Words{"modified 2 B@33505x9 #4"});
    CHECK(h.depth(middle + 1, buy) == 9);
    CHECK(h.order(3, sell, middle + 1, 9, true) == Words{"ack 3 S@33505x9 #5", "trade 2<3 @33505x9 #5"});
}

TEST_CASE("yardstick: a modify goes to the end of the queue, also to less at the same price") {
    Harness h;
    for (const std::uint32_t quantity : {5u, 15u}) {
        h.order(1, buy, middle, 10);
        h.order(2, buy, middle, 10);
        CHECK(h.modify(1, buy, middle, quantity).size() == 1);
        const Words told = h.order(3, sell, middle, 11, true);
        REQUIRE(told.size() == 3);
        CHECK(told[1].starts_with("trade 2<3 @33504x10"));
        CHECK(told[2].starts_with("trade 1<3 @33504x1"));
        CHECK(h.cancel(1).size() == 1);
    }
}

TEST_CASE("yardstick: a modify of an order filled in part keeps what is left of it alive") {
    Harness h;
    h.order(1, buy, middle, 10);
    h.order(2, sell, middle, 4);
    CHECK(h.modify(1, buy, middle, 6) == Words{"modified 1 B@33504x6 #3"});
    CHECK(h.modify(1, buy, middle - 1, 2) == Words{"modified 1 B@33503x2 #4"});
    CHECK(h.depth(middle - 1, buy) == 2);
    CHECK(h.depth(middle, buy) == 0);
}

TEST_CASE("yardstick: a price that would leave the band moves it, and what rests goes on trading") {
    Harness h;
    h.order(1, sell, middle, 5);
    CHECK(h.order(2, sell, 700'000, 5) == Words{"ack 2 S@700000x5 #2"});
    CHECK(h.order(3, buy, 1'000'000, 11) ==
          Words{"ack 3 B@1000000x11 #3", "trade 1<3 @33504x5 #3", "trade 2<3 @700000x5 #3"});
    CHECK(h.bid() == 1'000'000);
    CHECK(h.modify(3, buy, 1, 7) == Words{"modified 3 B@1x7 #4"});
    CHECK(h.order(4, sell, 1, 7) == Words{"ack 4 S@1x7 #5", "trade 3<4 @1x7 #5"});
}

TEST_CASE("yardstick: queries tell the best prices and the lots at a price") {
    Harness h;
    CHECK(h.bid() == INT64_MIN);
    CHECK(h.ask() == INT64_MAX);
    h.order(1, buy, middle - 1, 5);
    h.order(2, buy, middle - 1, 7);
    h.order(3, sell, middle + 1, 9);
    CHECK(h.bid() == middle - 1);
    CHECK(h.ask() == middle + 1);
    CHECK(h.depth(middle - 1, buy) == 12);
    CHECK(h.depth(middle - 1, sell) == 0);
    CHECK(h.depth(middle + 1, sell) == 9);
    CHECK(h.depth(-5, sell) == 0);
}

TEST_CASE("yardstick: a full transport is tried again, nothing is lost or told twice") {
    Harness h;
    h.sink.often_full = true;
    h.order(1, sell, middle, 4);
    CHECK(h.order(2, buy, middle, 10, true) ==
          Words{"ack 2 B@33504x10 #2", "trade 1<2 @33504x4 #2", "cancelled 2 B@33504x6 #2"});
    CHECK(h.sink.refused == 4);
}

TEST_CASE("yardstick: ids may be sparse") {
    Harness h;
    const std::uint64_t far = 0xFFFF'FFFF'0000'0001ull;
    h.order(far, buy, middle, 4);
    h.order(0, buy, middle - 1, 4);
    CHECK(h.cancel(far).size() == 1);
    CHECK(h.cancel(0) == Words{"cancelled 0 B@33503x0 #4"});
}

// The exchange keeps two million records and then uses the oldest done ones again; the adapter keeps what it
// knows of an order under the same slot. Each order has a client order id of its own, or it were refused.
TEST_CASE("yardstick: an order that rests while millions come and go is still known") {
    Harness h;
    h.order(1, sell, middle + 7, 10);
    h.order(2, sell, middle + 7, 5);
    h.come_and_go(3, (1u << 21) + 1'000);
    CHECK(h.depth(middle + 7, sell) == 15);
    const Words taken = h.order(9'000'000, buy, middle + 7, 4, true);
    REQUIRE(taken.size() == 2);
    CHECK(taken[1].starts_with("trade 1<9000000 @33511x4"));
    CHECK(h.modify(1, sell, middle + 6, 3).size() == 1);
    CHECK(h.ask() == middle + 6);
    const std::uint64_t n = (1u << 21) + 1'005;
    CHECK(h.cancel(1) == Words{fmt::format("cancelled 1 S@33510x0 #{}", n)});
    CHECK(h.cancel(2) == Words{fmt::format("cancelled 2 S@33511x0 #{}", n + 1)});
    CHECK(h.cancel(3) == Words{fmt::format("no cancel 3 #{}", n + 2)});
}

TEST_CASE("yardstick: random flow is answered as a plain book would answer it") {
    Harness h;
    bench::PlainBook plain;
    std::mt19937_64 random(23);
    const auto below = [&](std::uint64_t n) { return random() % n; };
    std::uint64_t last = 0;
    // Trades of an order that enters, as words; the sequence counts messages from 1.
    const auto enter = [&](std::uint64_t id, std::uint8_t side, std::int64_t price, std::uint32_t quantity,
                           std::uint64_t sequence, Words& told) {
        plain.add(id, side == buy, static_cast<std::int32_t>(price), quantity,
                  [&](std::uint64_t maker, std::uint64_t taker, std::int32_t at, std::uint32_t lots) {
                      told.push_back(fmt::format("trade {}<{} @{}x{} #{}", maker, taker, at, lots, sequence));
                  });
    };
    for (std::uint64_t n = 1; n <= 20'000; ++n) {
        const std::int64_t price = middle + static_cast<std::int64_t>(below(60)) - 30;
        const auto quantity = static_cast<std::uint32_t>(1 + below(20));
        auto side = static_cast<std::uint8_t>(below(2));
        const std::uint64_t dice = below(10), id = dice < 5 ? ++last : 1 + below(last + 2);
        const bench::PlainBook::Order* const found = dice < 5 ? nullptr : plain.find(id);
        if (found != nullptr) side = found->buy ? buy : sell;
        const char letter = side == buy ? 'B' : 'S';
        Words expected, told;
        if (dice < 5) {
            expected.push_back(fmt::format("ack {} {}@{}x{} #{}", id, letter, price, quantity, n));
            enter(id, side, price, quantity, n, expected);
            const bench::PlainBook::Order* const rest = plain.find(id);
            if (dice == 0 && rest != nullptr) {
                expected.push_back(
                    fmt::format("cancelled {} {}@{}x{} #{}", id, letter, price, rest->leaves, n));
                plain.cancel(id);
            }
            told = h.order(id, side, price, quantity, dice == 0);
        } else if (dice < 8) {
            expected = {found != nullptr
                            ? fmt::format("cancelled {} {}@{}x0 #{}", id, letter, found->price, n)
                            : fmt::format("no cancel {} #{}", id, n)};
            plain.cancel(id);
            told = h.cancel(id);
        } else {
            const bool lives = found != nullptr;
            plain.cancel(id);
            if (lives) enter(id, side, price, quantity, n, expected);
            expected.push_back(lives ? fmt::format("modified {} {}@{}x{} #{}", id, letter, price, quantity, n)
                                     : fmt::format("no modify {} #{}", id, n));
            told = h.modify(id, side, price, quantity);
        }
        if (told != expected) FAIL_CHECK("message " << n);
        REQUIRE(told == expected);
        const auto &bids = plain.facing(false), &asks = plain.facing(true);
        REQUIRE(h.bid() == (bids.empty() ? INT64_MIN : -bids.begin()->first));
        REQUIRE(h.ask() == (asks.empty() ? INT64_MAX : asks.begin()->first));
    }
}

}  // namespace gridbook::tests
