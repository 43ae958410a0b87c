// SPDX-License-Identifier: Apache-2.0
// Account streams out of journal and projection: from any number on, every event once, as it was told.
#include "ledger/projection/stream_history.hpp"

#include "following.hpp"
#include "ledger/projection/rebuild.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

struct Told {
    TempFolder folder;
    Story story{folder.path(), 5, 500};
    std::unique_ptr<Projection> projection = open_projection(folder.path());

    FollowerOptions options(StreamsKept kept = {}) {
        FollowerOptions o;
        o.data = folder.path();
        o.projection = projection.get();
        o.streams = kept;
        return o;
    }
    void follow(StreamsKept kept = {}) {
        story.flush();
        Follower follower(story.journal(), options(kept));
        begin(follower);
        test::catch_up(follower);
        snapshot(follower);
    }
    std::vector<engine::Event> stream_of(engine::AccountId account) const {
        std::vector<engine::Event> events;
        for (const engine::Event& e : story.told())
            if (e.header.account == account && e.header.number.value != 0) events.push_back(e);
        return events;
    }
    StreamHistory history() const { return {const_cast<Story&>(story).journal(), *projection}; }
};

}  // namespace

TEST_CASE("a stream is read from any number on, without a gap or a repetition", "[streams]") {
    Told t;
    for (std::uint64_t part = 0; part < 4; ++part) {
        trade_by_seed(t.story, 40 + part, 500);
        t.follow();  // each a new one, as after a restart
    }
    const StreamHistory history = t.history();
    CHECK(history.applied() == t.story.journal().last());
    for (std::uint32_t a = 0; a < 4; ++a) {
        const engine::AccountId account{a};
        const auto wanted = t.stream_of(account);
        REQUIRE(wanted.size() > 100);
        REQUIRE(wanted.back().header.number.value == wanted.size());
        for (std::uint64_t from = 1; from <= wanted.size(); from += 1 + from / 3) {
            REQUIRE(history.has(account, engine::StreamNumber{from}));
            std::vector<engine::Event> got;
            while (from + got.size() <= wanted.size()) {
                const auto piece = history.from(account, engine::StreamNumber{from + got.size()}, 50);
                REQUIRE(piece);
                REQUIRE_FALSE(piece->empty());
                REQUIRE(piece->size() <= 50);
                for (const auto& told : *piece) {
                    got.push_back(told.event);
                    if (told.event.kind() != engine::EventKind::fill) continue;
                    CHECK(told.cum >= told.event.as<engine::Fill>().qty);
                }
            }
            CHECK(std::equal(got.begin(), got.end(), wanted.begin() + static_cast<std::ptrdiff_t>(from - 1),
                             wanted.end()));
        }
        CHECK(history.oldest(account) == 1);
        const auto beyond = history.from(account, engine::StreamNumber{wanted.size() + 1}, 50);
        REQUIRE(beyond);
        CHECK(beyond->empty());
    }
    CHECK_FALSE(history.has(engine::AccountId{77}, engine::StreamNumber{1}));
    CHECK_FALSE(history.oldest(engine::AccountId{77}).has_value());
}

TEST_CASE("while the projection is behind the journal, a stream is read up to where it is", "[streams]") {
    Told t;
    trade_by_seed(t.story, 70, 200);
    t.follow();
    const StreamHistory history = t.history();
    const engine::Sequence applied = history.applied();
    trade_by_seed(t.story, 71, 200);
    t.story.flush();
    REQUIRE(t.story.journal().last() > applied);
    for (std::uint32_t a = 0; a < 4; ++a) {
        const engine::AccountId account{a};
        auto wanted = t.stream_of(account);
        const std::size_t all = wanted.size();
        std::erase_if(wanted, [&](const engine::Event& e) { return e.header.sequence > applied; });
        REQUIRE(wanted.size() > 10);
        REQUIRE(wanted.size() < all);
        const std::uint64_t from = wanted.size() - 5;
        const auto piece = history.from(account, engine::StreamNumber{from}, 200);
        REQUIRE(piece);
        REQUIRE_FALSE(piece->empty());
        CHECK(piece->back().event == wanted.back());
        const auto beyond = history.from(account, engine::StreamNumber{wanted.size() + 1}, 200);
        REQUIRE(beyond);
        CHECK(beyond->empty());
    }
}

TEST_CASE("streams of long ago are let go by the hour, and a projection written anew lets the same go",
          "[streams]") {
    Told t;
    const StreamsKept two_hours{2, 0};
    trade_by_seed(t.story, 50, 300);
    t.follow(two_hours);
    const engine::AccountId account{1};
    REQUIRE(t.history().has(account, engine::StreamNumber{1}));
    const std::uint64_t early = t.stream_of(account).size();
    t.story.at(t.story.now() + engine::hour * 4);
    t.story.send(tests::credit(account, 7));
    t.follow(two_hours);
    CHECK_FALSE(t.history().has(account, engine::StreamNumber{1}));
    CHECK(t.history().oldest(account).value() > early);
    const auto late = t.history().from(account, engine::StreamNumber{t.stream_of(account).size()}, 10);
    REQUIRE(late);
    CHECK(late->size() == 1);
    REQUIRE(t.projection->verify());

    const TempFolder other;
    const auto again = open_projection(other.path());
    const auto place = t.projection->place();
    REQUIRE(project(t.story.journal(), *again, {t.story.journal().last(), {~0ull, place->streams_from}},
                    nullptr));
    CHECK(*again->digest() == *t.projection->digest());
}

TEST_CASE(
    "a projection that was deleted is written from the events alone, and the engine begins at the snapshot",
    "[streams]") {
    Told t;
    trade_by_seed(t.story, 60, 400);
    t.follow();
    const auto before = t.projection->digest();
    t.projection.reset();
    REQUIRE(Projection::remove(t.folder.path()));
    t.projection = open_projection(t.folder.path());
    Follower follower(t.story.journal(), t.options());
    begin(follower);
    CHECK(follower.stats().applied.load() == t.story.journal().last().value);
    CHECK(*t.projection->digest() == *before);
    trade_by_seed(t.story, 61, 50);
    t.story.flush();
    test::catch_up(follower);
    snapshot(follower);
    CHECK(t.history().applied() == t.story.journal().last());
}
