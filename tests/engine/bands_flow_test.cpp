// SPDX-License-Identifier: Apache-2.0
// A seeded flow of orders, band changes, pauses and suspensions; after every command all that must always
// hold for bands is taken anew from the orders themselves.
#include <catch2/catch.hpp>

#include "tests/engine/bands_story.hpp"

namespace gridbook::tests {

namespace {

using engine::LimitKind;
using engine::Phase;
using engine::Price;
using engine::Side;

class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    int below(int n) {
        state_ = state_ * 6'364'136'223'846'793'005ull + 1'442'695'040'888'963'407ull;
        return static_cast<int>((state_ >> 33) % static_cast<std::uint64_t>(n));
    }

  private:
    std::uint64_t state_;
};

struct Seen {
    std::size_t parked = 0, flagged = 0, aside = 0, paused = 0, limits = 0, walls = 0, calls = 0;
};

// Every order of a side, those set aside too.
template <class F>
void for_each_order(const engine::State& state, const engine::Book& book, F&& f) {
    for (const Side side : {Side::buy, Side::sell}) {
        const engine::Ladder& ladder = book.side(side);
        for (Price p = ladder.lowest_at_least(state.levels, Price{1}); p != Price{};
             p = ladder.lowest_at_least(state.levels, Price{p.value + 1}))
            for (std::uint32_t slot = ladder.level(state.levels, p).head; slot != 0;
                 slot = state.orders[slot].next)
                f(state.orders[slot]);
    }
    for (std::uint32_t slot = book.aside_first; slot != 0; slot = state.orders[slot].next)
        f(state.orders[slot]);
}

LimitKind plain_limit(const engine::State& state, const engine::Book& book, const engine::Family& family) {
    Price bid{}, ask{};
    bool bids = false, asks = false;
    for_each_order(state, book, [&](const engine::RestingOrder& o) {
        const bool buy = o.side == Side::buy;
        if (!family.band.holds(o.price)) return;
        (buy ? bids : asks) = true;
        if (!book.band.holds(o.price)) return;
        if (buy && o.price > bid) bid = o.price;
        if (!buy && (ask == Price{} || o.price < ask)) ask = o.price;
    });
    const bool up = bid == book.band.high, down = ask == book.band.low;
    if (family.dynamic_in_force() && up && book.band.high < family.band.high && asks)
        return LimitKind::limit_up;
    if (family.dynamic_in_force() && down && book.band.low > family.band.low && bids)
        return LimitKind::limit_down;
    if (up && book.band.high == family.band.high) return LimitKind::wall_up;
    if (down && book.band.low == family.band.low) return LimitKind::wall_down;
    return LimitKind::none;
}

void check_book(const engine::State& state, const engine::Book& book, Seen& seen) {
    const engine::Family& family = state.catalogue.family(book.instrument.family);
    const bool open = book.phase == Phase::open;
    REQUIRE(book.spans(family.band.low, family.band.high));
    REQUIRE(family.band.low <= book.band.low);
    REQUIRE(book.band.low <= book.band.high);
    REQUIRE(book.band.high <= family.band.high);
    for_each_order(state, book, [&](const engine::RestingOrder& o) {
        const bool parked = !family.band.holds(o.price);
        const bool beyond = o.side == Side::buy ? o.price > book.band.high : o.price < book.band.low;
        REQUIRE(o.parked == parked);
        REQUIRE(o.non_executable == (!parked && beyond));
        REQUIRE((o.where == engine::Where::aside) != book.bids.spans(o.price));
        REQUIRE((state.records[o.record].state == engine::OrderState::parked) == parked);
        seen.parked += parked;
        seen.flagged += o.non_executable;
        seen.aside += o.where == engine::Where::aside;
    });
    engine::Book fresh = book;
    fresh.find_fronts(state.levels);
    REQUIRE(fresh.front[0] == book.front[0]);
    REQUIRE(fresh.front[1] == book.front[1]);
    REQUIRE(!(open && book.crossed()));
    REQUIRE(book.limit == (open ? plain_limit(state, book, family) : LimitKind::none));
    const std::uint32_t timer = engine::TimerIds::book(state, state.book_index(book));
    const bool limit = book.limit == LimitKind::limit_up || book.limit == LimitKind::limit_down;
    REQUIRE(state.timers.set(timer) == (!open || limit));
    seen.paused += !open;
    seen.limits += limit;
    seen.walls += book.limit != LimitKind::none && !limit;
}

engine::Command random_order(Random& random, int number) {
    const engine::AccountId who{static_cast<std::uint32_t>(random.below(4))};
    const auto cid = fmt::format("o-{}", number);
    const engine::Decimal price = engine::decimal_of(Price{1'150 + random.below(600)});
    auto order = random.below(2) ? buy(1 + random.below(9)) : sell(1 + random.below(9));
    order.at(price).from(who).as(cid).of(hour_of(0, 20 + random.below(2)));
    return with(order, [&](engine::PlaceOrder& o) {
        o.self_trade = static_cast<engine::SelfTrade>(random.below(4));
        o.post_only = random.below(8) == 0;
        o.on_band = random.below(2) ? engine::OnBand::cap : engine::OnBand::reject;
    });
}

engine::Command random_band(Random& random, std::uint32_t version) {
    if (random.below(6) == 0) return band().floor(40'000).ceiling(60'000).guidance(50'000).expecting(version);
    const int guidance = 1'250 + random.below(300);
    return band()
        .guidance(engine::decimal_of(Price{guidance}))
        .floor(engine::decimal_of(Price{guidance - 20 - random.below(400)}))
        .ceiling(engine::decimal_of(Price{guidance + 20 + random.below(400)}))
        .expecting(version);
}

Events random_command(Market& m, Random& random, int number) {
    const auto& family = m.exchange().state().catalogue.family(engine::FamilyId{0});
    switch (random.below(40)) {
        case 0: return m.send(random_band(random, family.last_version));
        case 1:
            return m.send(
                phase(static_cast<engine::PhaseAction>(random.below(3)), hour_of(0, 20 + random.below(2))));
        case 2: return m.send(suspend(random.below(2) ? engine::Time{} : m.now() + engine::second * 90));
        case 3:
        case 4:
        case 5: return m.at(m.now() + engine::second * (1 + random.below(60)));
        case 6: {
            const int of = random.below(number + 1);
            Events all;
            for (std::uint32_t a = 0; a < 4; ++a)
                for (const auto& e : m.send(cancel(fmt::format("o-{}", of), engine::AccountId{a})))
                    all.push_back(e);
            return all;
        }
        default: return m.send(random_order(random, number));
    }
}

}  // namespace

TEST_CASE("flags, fronts and limit states are what the orders say, after every command", "[bands]") {
    Seen seen;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Market m = dynamic_market();
        Random random(seed);
        for (int number = 0; number < 1'500; ++number) {
            for (const engine::Event& e : random_command(m, random, number))
                if (e.kind() == engine::EventKind::phase_changed)
                    seen.calls += e.as<engine::PhaseChanged>().phase == Phase::call;
            for (const int hour : {20, 21})
                check_book(m.exchange().state(), m.exchange().state().book(hour_of(0, hour)), seen);
        }
        // Its journal applied again says the same.
        engine::Exchange again;
        engine::EventBuffer buffer;
        std::size_t at = 0;
        for (const engine::Command& command : m.driver().journal()) {
            engine::EventSink sink = buffer.sink();
            again.apply(command, sink);
            for (std::size_t i = 0; i < sink.count(); ++i)
                REQUIRE(buffer[i].event() == m.driver().all_events()[at++]);
        }
    }
    // It came by everything that it is to watch.
    for (const std::size_t count :
         {seen.parked, seen.flagged, seen.aside, seen.paused, seen.limits, seen.walls, seen.calls})
        CHECK(count > 10);
}

}  // namespace gridbook::tests
