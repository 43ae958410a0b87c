// SPDX-License-Identifier: Apache-2.0
// The public mirror against an obvious one that adds everything up anew after each command, over seeded
// random flows; and the table and the depth it is made of.

#include <cmath>
#include <map>

#include "gateway/egress/market_encoder.hpp"
#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using engine::FamilyId;
using engine::Period;

// A market that only keeps orders, and says what the events of each random step are.
class RandomFlow {
  public:
    explicit RandomFlow(unsigned seed, std::vector<InstrumentId> instruments)
        : random_(seed), instruments_(std::move(instruments)) {}

    // The events of one command.
    std::vector<Event> command(std::uint64_t seq) {
        events_.clear();
        seq_ = seq;
        switch (random_() % 8) {
            case 0: cancel(); break;
            case 1: replace(); break;
            case 2: park(); break;
            case 3: duplicate(); break;
            default: enter();
        }
        return events_;
    }

    // Depth added up from nothing: the naive answer.
    std::map<int, std::int64_t> levels(InstrumentId instrument, Side side) const {
        std::map<int, std::int64_t> sum;
        for (const auto& [id, o] : orders_)
            if (o.instrument == instrument && o.side == side && o.state == engine::OrderState::open)
                sum[o.price.value] += o.leaves;
        return sum;
    }
    std::size_t size() const { return orders_.size(); }
    std::uint64_t trades() const { return trades_; }

  private:
    using Orders = std::map<std::uint64_t, engine::OrderEvent>;

    void tell(const engine::OrderEvent& o, std::uint8_t flags = 0) {
        events_.push_back(event({seq_, 0, {}, flags}, o));
    }
    Orders::iterator any() {
        auto it = orders_.begin();
        if (!orders_.empty()) std::advance(it, static_cast<std::ptrdiff_t>(random_() % orders_.size()));
        return it;
    }
    void enter() {
        const Side side = random_() % 2 == 0 ? Side::buy : Side::sell;
        auto o =
            resting(instruments_[random_() % instruments_.size()], ++last_, side,
                    1350 + static_cast<int>(random_() % 30), 1 + static_cast<std::uint32_t>(random_() % 50));
        o.tif = random_() % 4 == 0 ? engine::TimeInForce::ioc : engine::TimeInForce::gate;
        place(o);
    }
    // Told as entered, then matched, then kept or cancelled: as the engine does.
    void place(engine::OrderEvent o) {
        tell(o, reply);
        match(o);
        if (o.leaves == 0) return;
        if (o.tif == engine::TimeInForce::ioc) return finish(o, engine::CancelReason::ioc);
        orders_[o.order.value] = o;
    }
    void match(engine::OrderEvent& taker) {
        for (auto it = best(taker); it != orders_.end() && taker.leaves > 0; it = best(taker)) {
            engine::OrderEvent& maker = it->second;
            const std::uint32_t lots = std::min(taker.leaves, maker.leaves);
            maker.leaves -= lots;
            taker.leaves -= lots;
            ++trades_;
            events_.push_back(event({seq_}, maker_fill(maker.instrument, maker.order.value, maker.side,
                                                       maker.price.value, lots, maker.leaves)));
            auto fill = example_fill(taker.instrument);
            fill.order = taker.order;
            fill.trade = engine::TradeId{trades_};
            fill.side = taker.side;
            fill.price = maker.price;
            fill.qty = lots;
            fill.leaves = taker.leaves;
            events_.push_back(event({seq_}, fill));
            if (maker.leaves == 0) orders_.erase(it);
        }
    }
    Orders::iterator best(const engine::OrderEvent& taker) {
        auto found = orders_.end();
        for (auto it = orders_.begin(); it != orders_.end(); ++it) {
            const engine::OrderEvent& o = it->second;
            const bool fits = o.instrument == taker.instrument && o.side != taker.side &&
                              o.state == engine::OrderState::open &&
                              crosses(taker.side, taker.price, o.price);
            if (fits && (found == orders_.end() || better(o.side, o.price, found->second.price))) found = it;
        }
        return found;
    }
    void finish(engine::OrderEvent o, engine::CancelReason reason) {
        o.state = engine::OrderState::cancelled;
        o.reason = reason;
        o.leaves = 0;
        tell(o);
    }
    void cancel() {
        const auto it = any();
        if (it == orders_.end()) return;
        finish(it->second, engine::CancelReason::user);
        orders_.erase(it);
    }
    void replace() {
        const auto it = any();
        if (it == orders_.end() || it->second.state != engine::OrderState::open) return;
        auto o = it->second;
        o.replaced = true;
        if (random_() % 2 == 0) {  // less at the same price: the place is kept
            o.leaves = 1 + static_cast<std::uint32_t>(random_() % o.leaves);
            o.priority_kept = true;
            it->second = o;
            return tell(o, reply);
        }
        orders_.erase(it);
        o.price = Price{1350 + static_cast<int>(random_() % 30)};
        o.leaves = 1 + static_cast<std::uint32_t>(random_() % 50);
        place(o);
    }
    void park() {
        const auto it = any();
        if (it == orders_.end()) return;
        auto& o = it->second;
        // Waking must not cross the book: only those that park may come back where they were.
        const bool parked = o.state == engine::OrderState::parked;
        if (parked && best(o) != orders_.end()) return;
        o.state = parked ? engine::OrderState::open : engine::OrderState::parked;
        o.replaced = o.moved = false;
        tell(o);
    }
    void duplicate() {
        if (any() == orders_.end()) return;
        auto o = any()->second;
        o.leaves = 7;  // whatever it says, it must not count
        tell(o, dup);
    }

    std::mt19937 random_;
    std::vector<InstrumentId> instruments_;
    Orders orders_;
    std::vector<Event> events_;
    std::uint64_t last_ = 0;
    std::uint64_t trades_ = 0;
    std::uint64_t seq_ = 0;
};

std::map<int, std::int64_t> levels(const Depth& depth) {
    std::map<int, std::int64_t> found;
    for (std::size_t i = 0; i < depth.size(); ++i) found[depth.at(i).price.value] = depth.at(i).lots.value;
    return found;
}

TEST_CASE("the public book equals the sum of the open orders after every command") {
    const unsigned seed = GENERATE(1u, 2u, 3u);
    INFO("seed " << seed);
    Egress x;
    const std::vector<InstrumentId> instruments{x.instrument(), x.instrument(other_symbol)};
    RandomFlow flow(seed, instruments);
    for (std::uint64_t seq = 100; seq < 5'100; ++seq) {
        for (const Event& e : flow.command(seq)) x.publisher.publish(e);
        x.publisher.end_of_batch();
        for (const InstrumentId instrument : instruments) {
            REQUIRE(levels(x.market.find(instrument)->bids) == flow.levels(instrument, Side::buy));
            REQUIRE(levels(x.market.find(instrument)->asks) == flow.levels(instrument, Side::sell));
        }
        REQUIRE(x.market.orders().size() == flow.size());
    }
    CHECK(flow.trades() > 500);
    CHECK(x.market.find(instruments[0])->trades + x.market.find(instruments[1])->trades == flow.trades());
    CHECK(x.market.tape().size() == flow.trades());
    CHECK(x.market.tape().at(0).trade.value == flow.trades());
}

TEST_CASE("changes of a command are the levels that differ after it, bids before asks, best first") {
    Egress x;
    const InstrumentId i = x.instrument();
    for (const auto& o : {resting(i, 1, Side::buy, 1340, 300), resting(i, 2, Side::sell, 1350, 100),
                          resting(i, 3, Side::sell, 1360, 50)})
        x.market.apply(event({10}, o));
    const auto first = x.market.close_command(Sequence{10});
    CHECK(std::vector(first.begin(), first.end()) ==
          std::vector<LevelChange>{{i, Side::buy, Price{1340}, engine::Quantity{300}},
                                   {i, Side::sell, Price{1350}, engine::Quantity{100}},
                                   {i, Side::sell, Price{1360}, engine::Quantity{50}}});
    // An incoming order that trades in full leaves no trace of its own level.
    x.market.apply(event({11}, resting(i, 4, Side::buy, 1350, 100)));
    x.market.apply(event({11}, maker_fill(i, 2, Side::sell, 1350, 100, 0)));
    auto taker = maker_fill(i, 4, Side::buy, 1350, 100, 0);
    taker.liquidity = engine::Liquidity::taker;
    x.market.apply(event({11}, taker));
    const auto second = x.market.close_command(Sequence{11});
    CHECK(std::vector(second.begin(), second.end()) ==
          std::vector<LevelChange>{{i, Side::sell, Price{1350}, engine::Quantity{0}}});
    CHECK(x.market.find(i)->previous == Sequence{10});
    CHECK(x.market.find(i)->sequence == Sequence{11});
    CHECK(x.market.close_command(Sequence{12}).empty());
    CHECK(x.market.find(i)->sequence == Sequence{11});
}

TEST_CASE("the checksum is the protocol's: 497567635, then 687071496") {
    Egress x;
    const InstrumentId i = x.instrument();
    x.market.apply(event({10}, resting(i, 1, Side::buy, 1340, 3'000)));
    x.market.apply(event({10}, resting(i, 2, Side::sell, 1350, 1'200)));
    CHECK(book_crc(*x.market.find(i), engine::Product::gpu) == 497567635u);
    x.market.apply(event({11}, maker_fill(i, 2, Side::sell, 1350, 160, 1'040)));
    CHECK(book_crc(*x.market.find(i), engine::Product::gpu) == 687071496u);
}

TEST_CASE("the checksum looks at ten levels a side") {
    Egress x;
    const InstrumentId i = x.instrument();
    for (int level = 0; level < 10; ++level)
        x.market.apply(
            event({10}, resting(i, static_cast<std::uint64_t>(level) + 1, Side::buy, 1340 - level, 10)));
    const auto ten = book_crc(*x.market.find(i), engine::Product::gpu);
    x.market.apply(event({11}, resting(i, 50, Side::buy, 1000, 10)));
    CHECK(book_crc(*x.market.find(i), engine::Product::gpu) == ten);
    x.market.apply(event({12}, resting(i, 51, Side::buy, 1331, 1)));
    CHECK(book_crc(*x.market.find(i), engine::Product::gpu) != ten);
}

TEST_CASE("rolling listing keeps one window behind and no more") {
    Egress x;
    const FamilyId family{0};
    const Period first = x.instrument().period;
    for (std::uint32_t hour = 2; hour < 1'000; ++hour) {
        engine::PhaseChanged p;
        p.instrument = engine::instrument(family, Period{first.value + hour});
        p.phase = engine::Phase::open;
        x.market.apply(event({100 + hour}, p));
        p.instrument = engine::instrument(family, Period{first.value + hour - 2});
        p.phase = engine::Phase::delivering;
        x.market.apply(event({100 + hour}, p));
    }
    CHECK(x.market.markets(family).size() == 3);
    CHECK(x.market.find(x.instrument()) == nullptr);
    CHECK(x.market.find(engine::instrument(family, Period{first.value + 999})) != nullptr);
    CHECK(x.market.find(engine::instrument(family, Period{first.value + 1'000})) == nullptr);
    CHECK(x.market.find(engine::no_instrument) == nullptr);
}

TEST_CASE("the table of orders finds what was put and not what was erased") {
    std::mt19937 random(7);
    OrderMirror table(4);
    std::map<std::uint64_t, std::uint32_t> naive;
    for (int step = 0; step < 20'000; ++step) {
        const std::uint64_t id = 1 + random() % 500;
        if (random() % 3 == 0) {
            table.erase(engine::OrderId{id});
            naive.erase(id);
        } else {
            MirroredOrder o;
            o.order = engine::OrderId{id};
            o.leaves = static_cast<std::uint32_t>(random());
            table.put(o);
            naive[id] = o.leaves;
        }
        REQUIRE(table.size() == naive.size());
        const std::uint64_t probe = 1 + random() % 500;
        const MirroredOrder* found = table.find(engine::OrderId{probe});
        REQUIRE((found != nullptr) == naive.contains(probe));
        if (found != nullptr) REQUIRE(found->leaves == naive[probe]);
    }
}

TEST_CASE("the tape forgets the oldest trade first") {
    TradeTape tape(3);
    for (std::uint64_t id = 1; id <= 5; ++id) {
        Trade t;
        t.trade = engine::TradeId{id};
        tape.add(t);
    }
    CHECK(tape.size() == 3);
    CHECK(tape.at(0).trade.value == 5);
    CHECK(tape.at(2).trade.value == 3);
}

}  // namespace

// ---- the chain of deltas ----

namespace {

// A reader of /v1/market that knows only what it was sent.
class Reader {
  public:
    void read(const std::string& text) {
        const bool snapshot = text.starts_with(R"({"ev":"book.snapshot")");
        if (!snapshot && !text.starts_with(R"({"ev":"book")")) return;
        if (snapshot) {
            bids_.clear();
            asks_.clear();
        } else {
            REQUIRE(number(text, "\"prev\":") == seq_);
            ++deltas;
        }
        seq_ = number(text, "\"seq\":");
        take(text, "\"bids\":[", bids_);
        take(text, "\"asks\":[", asks_);
        REQUIRE(number(text, "\"crc\":") == crc());
    }
    // Levels as snapshots write them, best first.
    std::string book() const {
        std::string out;
        for (auto it = bids_.rbegin(); it != bids_.rend(); ++it)
            out += it->second.first + ":" + it->second.second + " ";
        out += "/ ";
        for (const auto& [price, level] : asks_) out += level.first + ":" + level.second + " ";
        return out;
    }
    int deltas = 0;

  private:
    using Levels = std::map<long, std::pair<std::string, std::string>>;  // by price in ticks

    static std::uint64_t number(const std::string& text, const std::string& name) {
        return std::stoull(text.substr(text.find(name) + name.size()));
    }
    static void take(const std::string& text, const std::string& name, Levels& levels) {
        std::size_t at = text.find(name) + name.size();
        while (text[at] == '[') {
            const std::size_t comma = text.find("\",\"", at), stop = text.find("\"]", at);
            const std::string price = text.substr(at + 2, comma - at - 2);
            const std::string qty = text.substr(comma + 3, stop - comma - 3);
            const long ticks = std::lround(std::stod(price) * 100);
            if (qty == "0")
                REQUIRE(levels.erase(ticks) == 1);
            else
                levels[ticks] = {price, qty};
            at = stop + 2;
            if (text[at] == ',') ++at;
        }
    }
    // Bit by bit, so that it owes nothing to the library that the feed uses.
    std::uint32_t crc() const {
        std::string joined;
        int n = 0;
        for (auto it = bids_.rbegin(); it != bids_.rend() && n < 10; ++it, ++n)
            joined += (joined.empty() ? "" : "|") + it->second.first + ":" + it->second.second;
        n = 0;
        for (auto it = asks_.begin(); it != asks_.end() && n < 10; ++it, ++n)
            joined += (joined.empty() ? "" : "|") + it->second.first + ":" + it->second.second;
        std::uint32_t value = 0xFFFFFFFFu;
        for (const char c : joined) {
            value ^= static_cast<unsigned char>(c);
            for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1u) != 0 ? 0xEDB88320u : 0u);
        }
        return ~value;
    }

    Levels bids_;
    Levels asks_;
    std::uint64_t seq_ = 0;
};

TEST_CASE("snapshot and deltas lead a reader to the same book as a fresh snapshot, crc and prev unbroken") {
    const unsigned seed = GENERATE(11u, 12u);
    INFO("seed " << seed);
    Egress x;
    RandomFlow flow(seed, {x.instrument()});
    Reader reader;
    for (std::uint64_t seq = 100; seq < 3'100; ++seq) {
        if (seq == 151) x.feed.handle(1, {"1", "subscribe", {"book"}, {example_symbol}});
        for (const Event& e : flow.command(seq)) x.publisher.publish(e);
        if (seq % 3 == 0) x.publisher.end_of_batch();  // a batch may hold several commands
        for (const std::string& text : x.outbox.to(1)) reader.read(text);
        x.outbox.clear();
    }
    x.publisher.end_of_batch();
    for (const std::string& text : x.outbox.to(1)) reader.read(text);
    CHECK(reader.deltas > 1'000);

    x.outbox.clear();
    x.feed.handle(2, {"1", "book.snapshot", {}, {example_symbol}});
    Reader fresh;
    for (const std::string& text : x.outbox.to(2)) fresh.read(text);
    CHECK(reader.book() == fresh.book());
    CHECK(fresh.book().size() > 20);
}

}  // namespace

}  // namespace gridbook::gateway::egress
