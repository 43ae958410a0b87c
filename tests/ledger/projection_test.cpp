// SPDX-License-Identifier: Apache-2.0
// The projection: what it answers is what the events told; it goes on where it stopped, and written anew it
// is the same, byte for byte.
#include "following.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

FollowerOptions options_of(const TempFolder& folder, Projection& projection) {
    FollowerOptions options;
    options.data = folder.path();
    options.projection = &projection;
    return options;
}

engine::Sha256 digest_of(const Projection& projection) {
    const auto digest = projection.digest();
    if (!digest) FAIL(digest.error().text);
    return *digest;
}

// All pages of a question.
template <class Row, class Ask>
std::vector<Row> all_pages(Ask&& ask) {
    std::vector<Row> rows;
    while (true) {
        const auto page = ask(rows.empty() ? nullptr : &rows.back());
        if (!page) FAIL(page.error().text);
        rows.insert(rows.end(), page->rows.begin(), page->rows.end());
        if (!page->more) return rows;
        REQUIRE_FALSE(page->rows.empty());
    }
}

// Four accounts trade; the projection is written in chunks of random length.
struct Projected {
    TempFolder folder;
    Story story{folder.path(), 5, 500};
    std::unique_ptr<Projection> projection = open_projection(folder.path());

    explicit Projected(std::uint64_t seed, int each = 400) {
        Follower follower(story.journal(), options_of(folder, *projection));
        begin(follower);
        for (int part = 0; part < 3; ++part) {
            trade_by_seed(story, seed * 10 + static_cast<std::uint64_t>(part), each);
            story.flush();
            catch_up(follower);
            snapshot(follower);
        }
    }
};

}  // namespace

TEST_CASE("fills by account are those that were told, page by page", "[projection]") {
    const Projected p(1);
    for (std::uint32_t a = 0; a < 4; ++a) {
        const engine::AccountId account{a};
        std::vector<engine::Event> told;
        for (const engine::Event& e : p.story.told())
            if (e.kind() == engine::EventKind::fill && e.header.account == account) told.push_back(e);
        const auto rows = all_pages<FillRow>([&](const FillRow* last) {
            return last == nullptr
                       ? p.projection->fills(account, engine::Sequence{}, 7)
                       : p.projection->fills(account, last->event.header.sequence, 7, last->place + 1);
        });
        REQUIRE(rows.size() == told.size());
        CHECK(rows.size() > 20);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            CHECK(rows[i].event == told[i]);
            CHECK(rows[i].number == i + 1);
        }
    }
}

TEST_CASE("fills behind a number of the account's stream are found wherever it lies", "[projection]") {
    const Projected p(3);
    for (std::uint32_t a = 0; a < 4; ++a) {
        const engine::AccountId account{a};
        const auto all = p.projection->fills(account, engine::Sequence{}, 1'000);
        REQUIRE(all);
        REQUIRE_FALSE(all->more);
        const std::uint64_t last = all->rows.back().event.header.number.value;
        for (std::uint64_t after = 0; after <= last + 1; ++after) {
            std::vector<FillRow> wanted;
            for (const FillRow& row : all->rows)
                if (row.event.header.number.value > after) wanted.push_back(row);
            const std::size_t shown = std::min<std::size_t>(3, wanted.size());
            const auto page = p.projection->fills_after(account, engine::StreamNumber{after}, 3);
            REQUIRE(page);
            REQUIRE(page->rows.size() == shown);
            for (std::size_t i = 0; i < shown; ++i) REQUIRE(page->rows[i] == wanted[i]);
            REQUIRE(page->more == (wanted.size() > 3));
        }
    }
}

TEST_CASE("a fill tells how much of its order is filled", "[projection]") {
    const Projected p(4);
    std::map<engine::OrderId, std::uint32_t> filled;
    std::size_t partly = 0;
    for (std::uint32_t a = 0; a < 4; ++a) {
        const auto rows = p.projection->fills(engine::AccountId{a}, engine::Sequence{}, 1'000);
        REQUIRE(rows);
        for (const FillRow& row : rows->rows) {
            const auto fill = row.fill();
            if (fill.of != engine::OrderKind::order) continue;
            CHECK(row.cum == (filled[fill.order] += fill.qty));
            partly += fill.leaves != 0;
        }
    }
    CHECK(partly > 0);
}

TEST_CASE("trades and candles of an instrument are those that the fills make", "[projection]") {
    const Projected p(2);
    std::map<engine::InstrumentId, std::vector<engine::Event>> told;
    for (const engine::Event& e : p.story.told())
        if (e.kind() == engine::EventKind::fill && completes_trade(e.as<engine::Fill>()))
            told[e.as<engine::Fill>().instrument].push_back(e);
    REQUIRE(told.size() > 1);
    for (const auto& [instrument, fills] : told) {
        const auto rows = all_pages<TradeRow>([&](const TradeRow* last) {
            return last == nullptr ? p.projection->trades(instrument, engine::Sequence{}, 5)
                                   : p.projection->trades(instrument, last->sequence, 5, last->place + 1);
        });
        REQUIRE(rows.size() == fills.size());
        for (const Resolution r : {Resolution::minute, Resolution::hour, Resolution::day}) {
            std::map<std::int64_t, CandleRow> candles;
            for (const engine::Event& e : fills) {
                const auto fill = e.as<engine::Fill>();
                const std::int64_t start = e.header.time.value / length(r).value * length(r).value;
                CandleRow& c = candles[start];
                if (c.trades++ == 0) c.open = c.high = c.low = fill.price;
                c.start = engine::Time{start};
                c.high = std::max(c.high, fill.price);
                c.low = std::min(c.low, fill.price);
                c.close = fill.price;
                c.qty += engine::Quantity{fill.qty};
            }
            const auto page = p.projection->candles(r, instrument, engine::Time{}, 1'000);
            REQUIRE(page);
            REQUIRE(page->rows.size() == candles.size());
            std::size_t i = 0;
            for (const auto& [start, candle] : candles) CHECK(page->rows[i++] == candle);
        }
        for (std::size_t i = 0; i < rows.size(); ++i) {
            CHECK(rows[i].trade == fills[i].as<engine::Fill>().trade);
            CHECK(rows[i].price == fills[i].as<engine::Fill>().price);
            CHECK(rows[i].number == i + 1);
        }
    }
}

TEST_CASE("balances, positions and orders are those of the engine", "[projection]") {
    const Projected p(3);
    const auto& exchange = const_cast<Projected&>(p).story.exchange();
    engine::EventBuffer buffer;
    for (std::uint32_t a = 0; a < 4; ++a) {
        const engine::AccountId account{a};
        engine::EventSink sink = buffer.sink();
        exchange.answer(engine::Command::of(engine::QueryBalance{}, account), sink);
        const auto told = buffer[0].event().as<engine::BalanceRow>();
        const auto page = p.projection->balance(account);
        REQUIRE(page);
        REQUIRE(page->rows.size() == 1);
        CHECK(page->applied == exchange.sequence());
        CHECK(page->rows[0].cash == told.cash);
        CHECK(page->rows[0].hold == told.hold);
        CHECK(page->rows[0].margin == told.margin);
        CHECK(page->rows[0].receivable == told.receivable);

        engine::QueryPositions positions;
        positions.limit = 1'000;
        engine::EventSink rows = buffer.sink();
        exchange.answer(engine::Command::of(positions, account), rows);
        for (std::size_t i = 0; i + 1 < rows.count(); ++i) {
            const auto row = buffer[i].event().as<engine::PositionRow>();
            engine::InstrumentId before = row.instrument;
            --before.period.value;
            const auto found = p.projection->positions(account, before, 1);
            REQUIRE(found);
            if (row.bought.value == 0 && row.sold.value == 0 && row.open_sells.value == 0) continue;
            REQUIRE(found->rows.size() == 1);
            CHECK(found->rows[0].instrument == row.instrument);
            CHECK(found->rows[0].bought == row.bought);
            CHECK(found->rows[0].sold == row.sold);
            CHECK(found->rows[0].open_sells == row.open_sells);
            CHECK(found->rows[0].margin == row.margin);
        }
    }
    // The last word on every order.
    std::map<std::pair<engine::AccountId, engine::OrderId>, engine::OrderEvent> last;
    for (const engine::Event& e : p.story.told()) {
        if (e.kind() == engine::EventKind::order && (e.header.flags & engine::event_flag::duplicate) == 0) {
            const auto order = e.as<engine::OrderEvent>();
            last[{e.header.account, order.order}] = order;
        }
        if (e.kind() != engine::EventKind::fill) continue;
        const auto fill = e.as<engine::Fill>();
        const auto found = last.find({e.header.account, fill.order});
        if (found == last.end()) continue;
        found->second.leaves = fill.leaves;
        found->second.cum += fill.qty;
        if (fill.leaves == 0) found->second.state = engine::OrderState::filled;
    }
    REQUIRE(last.size() > 100);
    for (const auto& [key, order] : last) {
        const auto row = p.projection->order(key.first, key.second);
        REQUIRE(row);
        REQUIRE(*row);
        const auto last_state = (*row)->event.as<engine::OrderEvent>();
        CHECK(std::memcmp(&last_state, &order, sizeof order) == 0);
        CHECK((*row)->filled == order.cum);
    }
    std::size_t listed = 0;
    for (std::uint32_t a = 0; a < 4; ++a)
        listed += all_pages<OrderRow>([&](const OrderRow* before) {
                      return p.projection->orders(
                          engine::AccountId{a}, before == nullptr ? engine::OrderId{} : before->order(), 11);
                  }).size();
    CHECK(listed == last.size());
}

TEST_CASE("a projection that is lost comes back the same, in other chunks and from a snapshot, too",
          "[projection]") {
    for (const std::uint64_t seed : {4u, 5u, 6u}) {
        Projected p(seed, 250);
        const auto before = digest_of(*p.projection);
        const auto applied = p.projection->place()->applied;
        p.projection.reset();
        REQUIRE(Projection::remove(p.folder.path()));
        const auto again = open_projection(p.folder.path());
        Follower follower(p.story.journal(), options_of(p.folder, *again));
        begin(follower);
        // The projection was written from the events; the engine begins at the snapshot.
        CHECK(follower.stats().snapshot.load() == applied.value);
        catch_up(follower);
        snapshot(follower);
        CHECK(again->place()->applied == applied);
        CHECK(applied == p.story.exchange().sequence());
        CHECK(digest_of(*again) == before);
    }
}

TEST_CASE("a projection whose follower died between chunks goes on without doing anything twice",
          "[projection]") {
    const TempFolder folder, other;
    Story story(folder.path(), 5, 0);
    auto projection = open_projection(folder.path());
    for (int part = 0; part < 6; ++part) {
        trade_by_seed(story, 70 + static_cast<std::uint64_t>(part), 120);
        story.flush();
        Follower follower(story.journal(), options_of(folder, *projection));
        begin(follower);
        catch_up(follower);
        // Every second one dies with what it has gathered; the next one sees it again.
        if (part % 2 == 0) snapshot(follower);
    }
    Follower last(story.journal(), options_of(folder, *projection));
    begin(last);
    catch_up(last);
    snapshot(last);
    const auto whole = open_projection(other.path());
    FollowerOptions fresh = options_of(other, *whole);
    Follower all(story.journal(), fresh);
    begin(all);
    catch_up(all);
    snapshot(all);
    CHECK(digest_of(*projection) == digest_of(*whole));
}

TEST_CASE("a row that differs from its checksum is refused, and a projection of another journal too",
          "[projection]") {
    Projected p(7, 60);
    const auto key = fill_key(engine::AccountId{0}, engine::Sequence{}, 0);
    p.projection.reset();
    {
        auto store = Store::open({p.folder.path() / "projection" / "data.mdb", Access::write,
                                  std::size_t{1} << 24, Tables{Table::balances, Table::place}});
        REQUIRE(store);
        std::string at;
        std::vector<std::byte> value;
        {
            auto reader = (*store)->read();
            const auto row = reader->at_or_after(Table::fills, key.key());
            at = std::string((*row)->key);
            value.assign((*row)->value.begin(), (*row)->value.end());
        }
        value[40] ^= std::byte{4};
        REQUIRE((*store)->write([&](Store::Writer& w) { return w.put(Table::fills, at, value); }));
    }
    p.projection = open_projection(p.folder.path());
    const auto verified = p.projection->verify();
    REQUIRE_FALSE(verified);
    CHECK(verified.error().code == ErrorCode::checksum);
    CHECK(verified.error().text.find("gridbook rebuild") != std::string::npos);
    const auto page = p.projection->fills(engine::AccountId{0}, engine::Sequence{}, 10);
    REQUIRE_FALSE(page);
    CHECK(page.error().code == ErrorCode::unverified);
    p.projection.reset();
    REQUIRE(Projection::remove(p.folder.path()));
    p.projection = open_projection(p.folder.path());
    {
        Follower again(p.story.journal(), options_of(p.folder, *p.projection));
        begin(again);
        catch_up(again);
        snapshot(again);
    }

    const TempFolder elsewhere;
    Story other(elsewhere.path(), 3, 0);
    trade_by_seed(other, 99, 400);
    other.flush();
    const auto before = digest_of(*p.projection);
    std::vector<std::string> told;
    FollowerOptions options = options_of(elsewhere, *p.projection);
    options.trouble = [&](const std::string& sentence) { told.push_back(sentence); };
    Follower follower(other.journal(), options);
    begin(follower);
    catch_up(follower);
    snapshot(follower);
    REQUIRE(told.size() == 1);
    CHECK(told[0].find("belongs to another journal") != std::string::npos);
    CHECK(digest_of(*p.projection) == before);
    CHECK(Snapshots(elsewhere.path()).list().size() == 1);
}

TEST_CASE("a reader that takes too long is ended, and the others go on", "[projection]") {
    const TempFolder folder;
    auto store = Store::open({folder.path() / "data.mdb", Access::write, std::size_t{1} << 20});
    REQUIRE(store);
    const std::vector<std::byte> value(100);
    REQUIRE((*store)->write([&](Store::Writer& w) { return w.put(Table::meta, "a", value); }));
    auto slow = (*store)->read();
    REQUIRE(slow);
    REQUIRE(slow->get(Table::meta, "a"));
    CHECK((*store)->end_old_readers(std::chrono::seconds(5)) == 0);
    auto other = (*store)->read();
    CHECK((*store)->end_old_readers(std::chrono::milliseconds(0)) == 2);
    const auto late = slow->get(Table::meta, "a");
    REQUIRE_FALSE(late);
    CHECK(late.error().code == ErrorCode::expired);
    CHECK_FALSE(slow->last(Table::meta));
    auto fresh = (*store)->read();
    REQUIRE(fresh);
    CHECK(fresh->get(Table::meta, "a"));
}

TEST_CASE("questions from several threads are answered while the projection is written and its map grows",
          "[projection]") {
    const TempFolder folder;
    Story story(folder.path(), 5, 0);
    const auto projection = open_projection(folder.path());
    Follower follower(story.journal(), options_of(folder, *projection));
    begin(follower);
    std::atomic<bool> stop{false};
    std::atomic<int> asked{0};
    std::atomic<int> wrong{0};
    std::vector<std::thread> askers;
    for (std::uint32_t t = 0; t < 2; ++t)
        askers.emplace_back([&, t] {
            while (!stop.load()) {
                const auto page = projection->fills(engine::AccountId{t}, engine::Sequence{}, 1'000);
                if (!page) ++wrong;
                if (page && !page->rows.empty() && page->rows.back().event.header.sequence > page->applied)
                    ++wrong;
                ++asked;
            }
        });
    for (int i = 0; i < 8; ++i) {
        trade_by_seed(story, static_cast<std::uint64_t>(i), 250);
        story.flush();
        catch_up(follower);
        snapshot(follower);
    }
    stop = true;
    for (auto& asker : askers) asker.join();
    CHECK(asked.load() > 0);
    CHECK(wrong.load() == 0);
}
