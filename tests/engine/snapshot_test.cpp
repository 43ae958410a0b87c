// SPDX-License-Identifier: Apache-2.0
// Snapshots: a market restored in the middle of a random flow has the same state hash and tells the same
// events from then on; a damaged snapshot is refused.
#include <catch2/catch.hpp>
#include <random>

#include "engine/book/orders.hpp"
#include "engine/snapshot/stream.hpp"
#include "engine/state.hpp"
#include "engine/strips/strip_fills.hpp"
#include "tests/engine/setup.hpp"
#include "tests/engine/snapshot_bytes.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

Bytes saved(const Exchange& exchange) {
    Bytes bytes;
    REQUIRE(exchange.save(bytes));
    return bytes;
}

Genesis tiny_genesis() {
    Genesis g = small_genesis();
    g.orders = 512;
    g.records = 1'024;
    g.pages = 256;
    g.books = 64;
    g.positions = 512;
    g.strips = 32;
    g.accounts = 8;
    g.keys = 4;
    g.families = 2;
    g.resources = 8;
    g.sessions = 8;
    return g;
}

// A random market of a few hours, so that orders meet and strips find partners.
class Flow {
  public:
    explicit Flow(std::uint32_t seed) : random_(seed) {}

    Command next() {
        const std::uint32_t what = below(100);
        if (what < 55) return order();
        if (what < 70) return any_strip();
        if (what < 75) return need();
        if (what < 88) return cancel(OrderId{1 + below(static_cast<std::uint32_t>(placed_) + 1)}, account());
        if (what < 93)
            return replace(OrderId{1 + below(static_cast<std::uint32_t>(placed_) + 1)}, account(), lots(),
                           price());
        return others();
    }
    Time later(Time now) { return now + (below(20) == 0 ? second * below(600) : millisecond * below(2'000)); }

  private:
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
    AccountId account() { return AccountId{below(5)}; }
    Decimal lots() { return Decimal{(1 + below(40)) * gpu_lot_decimal}; }
    Decimal price() { return Decimal{(1'350 + below(100)) * tick_decimal}; }
    Side side() { return below(2) == 0 ? Side::buy : Side::sell; }
    Cid cid() {
        ++placed_;
        return Cid{std::to_string(below(40) == 0 ? placed_ / 2 : placed_)};
    }
    Period start(std::uint32_t hours) { return Period{hour_of(0, 10).period.value + below(hours)}; }

    Command order() {
        PlaceOrder o;
        o.cid = cid();
        o.instrument = instrument(FamilyId{0}, start(5));
        o.side = side();
        o.price = price();
        o.qty = lots();
        o.tif = static_cast<TimeInForce>(below(6) == 0 ? 1 + below(3) : 0);
        o.expire = day_one + second * (100 + below(10'000));
        o.self_trade = static_cast<SelfTrade>(below(4));
        return Command::of(o, account(), no_key, Origin{1 + below(3), 1});
    }
    Command any_strip() {
        PlaceStrip s;
        s.cid = cid();
        s.family = FamilyId{0};
        s.start = start(3);
        s.hours = static_cast<std::uint16_t>(2 + below(3));
        s.side = side();
        s.price = price();
        s.qty = Decimal{(1 + below(4)) * 5 * gpu_lot_decimal};
        s.tif = below(5) == 0 ? TimeInForce::fok : TimeInForce::gate;
        return Command::of(s, account(), no_key, Origin{1 + below(3), 1});
    }
    Command need() {
        PlaceAnyOf a;
        a.cid = cid();
        a.families[0] = FamilyId{0};
        a.count = 1;
        a.start = start(4);
        a.hours = static_cast<std::uint16_t>(1 + below(2));
        a.need = Decimal{(1 + below(3)) * decimal_one};
        a.price = price();
        return Command::of(a, account(), no_key, asked);
    }
    Command others() {
        switch (below(14)) {
            case 0: return credit(account(), 5);
            case 1: return resource(AccountId{4}, 1);
            case 2: return Command::of(CancelAfter{.ms = below(20'000)}, account(), no_key, asked);
            case 3:
                return Command::of(OpenSession{.grace_ms = below(5'000)}, account(), KeyIndex{0},
                                   Origin{1 + below(3), 1});
            case 4: return Command::of(CloseSession{}, no_account, no_key, Origin{below(3), 1});
            case 5: return Command::of(CancelAll{}, account(), no_key, asked);
            case 6:
            case 7: return Command::of(switched_off(), no_account, no_key, asked);
            case 8: {
                SuspendDynamic s;
                s.family = FamilyId{0};
                return Command::of(s, no_account, no_key, asked);
            }
            case 9: return band().guidance(price()).expecting(++band_);
            default: return Command::of(phase(), no_account, no_key, asked);
        }
    }
    SetPhase phase() {
        SetPhase p;
        p.scope = instrument(FamilyId{0}, start(5));
        p.action = static_cast<PhaseAction>(below(3));
        return p;
    }
    Kill switched_off() {
        Kill k;
        k.scope = static_cast<KillScope>(below(3));
        k.instrument = instrument(FamilyId{0}, start(5));
        k.target = account();
        k.on = below(3) == 0;
        return k;
    }

    std::mt19937 random_;
    std::uint64_t placed_ = 0;
    std::uint32_t band_ = 0;
};

// Invariant: what accounts hold is what their orders and strips hold; no resting strip could fill.
void check_books(const State& state) {
    for (std::uint32_t a = 0; a < state.accounts.all().size(); ++a) {
        const Account& account = state.accounts[AccountId{a}];
        Money hold, margin;
        for (std::uint32_t slot = first_open(state, AccountId{a}); slot != no_slot;
             slot = next_open(state, slot)) {
            const OrderRecord& record = state.records[slot];
            const Money held_now = record.kind == OrderKind::strip
                                       ? strip_hold(state, state.strips[record.live_slot], record)
                                       : record.hold;
            if (record.kind == OrderKind::order) REQUIRE(record.hold == held(state, record));
            (record.side == Side::buy ? hold : margin) += held_now;
        }
        for (std::uint32_t slot = account.first_position; slot != no_slot;
             slot = state.positions[slot].next_of_account) {
            margin += state.positions[slot].margin;
            REQUIRE(state.positions[slot].open_sells >= Quantity{});
        }
        REQUIRE(account.hold == hold);
        REQUIRE(account.margin == margin);
        REQUIRE(account.cash >= Money{});
    }
    for (std::uint32_t slot = state.strips.first(); slot != 0; slot = state.strips[slot].next)
        REQUIRE_FALSE(chance(state, state.strips[slot], slot).fills());
}

// Applies the same stamped command to both and compares what they tell.
Events applied(Exchange& exchange, EventBuffer& buffer, const Command& command) {
    EventSink sink = buffer.sink();
    exchange.apply(command, sink);
    Events events;
    for (std::size_t i = 0; i < sink.count(); ++i) events.push_back(buffer[i].event());
    return events;
}

}  // namespace

TEST_CASE("a market restored in the middle of a flow is the same market") {
    for (std::uint32_t seed = 1; seed <= 12; ++seed) {
        // Every other market has a dynamic layer, with pauses and calls.
        DefineFamily family = h100_family("14.00", 24);
        family.dynamic_width = BasisPoints{seed % 2 == 0 ? 200 : 0};
        Market m(tiny_genesis(), family);
        Flow flow(seed);
        Time now = day_one;
        std::size_t strips = 0;
        std::unique_ptr<Exchange> other;
        EventBuffer buffer;
        for (int i = 0; i < 1'500; ++i) {
            now = flow.later(now);
            for (const gridbook::tests::Step& step : m.driver().steps(flow.next(), now)) {
                for (const Event& e : step.events)
                    strips += e.kind() == EventKind::fill && e.as<Fill>().of == OrderKind::strip;
                if (other == nullptr) continue;
                REQUIRE(applied(*other, buffer, step.command) == step.events);
            }
            if (other != nullptr) REQUIRE(other->state_hash() == m.exchange().state_hash());
            check_books(m.exchange().state());
            if (i % 500 == 250) {
                Bytes bytes = saved(m.exchange());
                other = std::make_unique<Exchange>();
                REQUIRE(other->restore(bytes) == SnapshotError::none);
                REQUIRE(other->state_hash() == m.exchange().state_hash());
                REQUIRE(other->next_timer() == m.exchange().next_timer());
                CHECK(saved(*other).bytes == saved(m.exchange()).bytes);
            }
        }
        CHECK(strips > 0);
    }
}

TEST_CASE("a snapshot of unfinished work goes on where it stopped") {
    // More orders at one gate than one command can end.
    Genesis g = small_genesis();
    g.account_orders = 1u << 14;
    Market m(g);
    for (int i = 0; i < 5'000; ++i)
        m.send(buy("0.1")
                   .at("12.00")
                   .of(hour_of(0, 1))
                   .from(AccountId{static_cast<std::uint32_t>(i % 3)})
                   .as("o" + std::to_string(i)));
    Exchange& exchange = m.exchange();
    EventBuffer buffer;
    Command c = advance();
    c.header.sequence = Sequence{exchange.sequence().value + 1};
    c.header.time = clock(0, 45);
    applied(exchange, buffer, c);
    REQUIRE(exchange.unfinished());
    Bytes bytes = saved(exchange);
    Exchange other;
    REQUIRE(other.restore(bytes) == SnapshotError::none);
    REQUIRE(other.unfinished());
    while (exchange.unfinished()) {
        Command follow = Command::of(FollowOn{});
        follow.header.sequence = Sequence{exchange.sequence().value + 1};
        follow.header.time = c.header.time;
        const Events events = applied(exchange, buffer, follow);
        REQUIRE(applied(other, buffer, follow) == events);
        REQUIRE(other.state_hash() == exchange.state_hash());
    }
}

TEST_CASE("entries that no state can have are refused though their frames are whole") {
    Market m(tiny_genesis());
    Flow flow(11);
    Time now = day_one;
    for (int i = 0; i < 400; ++i) m.driver().steps(flow.next(), now = flow.later(now));
    const Bytes good = saved(m.exchange());
    std::mt19937 random(3);
    for (int round = 0; round < 2'000; ++round) {
        Bytes bad = good;
        std::uint64_t number = 0;
        for (std::size_t at = sizeof(SnapshotHead); at < bad.bytes.size();) {
            FrameHead head;
            std::memcpy(&head, bad.bytes.data() + at, sizeof(head));
            const std::span<std::byte> frame(bad.bytes.data() + at + sizeof(head), head.length);
            if (!frame.empty()) frame[random() % frame.size()] ^= static_cast<std::byte>(1u << random() % 8);
            head.checksum = snapshot_checksum(frame, ++number);
            std::memcpy(bad.bytes.data() + at, &head, sizeof(head));
            at += sizeof(head) + head.length;
        }
        Exchange other;
        const SnapshotError error = other.restore(bad);
        INFO("round " << round << ", error " << static_cast<int>(error));
        const bool refused = error == SnapshotError::contents || error == SnapshotError::hash ||
                             error == SnapshotError::truncated;
        REQUIRE(refused);
    }
}

TEST_CASE("a damaged snapshot is refused and leaves the exchange as it was") {
    Market m(tiny_genesis());
    Flow flow(7);
    Time now = day_one;
    for (int i = 0; i < 200; ++i) m.driver().steps(flow.next(), now = flow.later(now));
    const Bytes good = saved(m.exchange());
    Exchange other;
    for (std::size_t at = 0; at < good.bytes.size(); at += 97) {
        Bytes bad = good;
        bad.bytes[at] ^= std::byte{0x10};
        REQUIRE(other.restore(bad) != SnapshotError::none);
        REQUIRE_FALSE(other.started());
    }
    for (const std::size_t length : {std::size_t{0}, std::size_t{5}, std::size_t{135}, std::size_t{140},
                                     good.bytes.size() / 2, good.bytes.size() - 1}) {
        Bytes bad = good;
        bad.bytes.resize(length);
        REQUIRE(other.restore(bad) == SnapshotError::truncated);
    }
    Bytes longer = good;
    longer.bytes.push_back(std::byte{0});
    CHECK(other.restore(longer) == SnapshotError::trailing);
    Bytes fine = good;
    CHECK(other.restore(fine) == SnapshotError::none);
    CHECK(other.state_hash() == m.exchange().state_hash());
}
