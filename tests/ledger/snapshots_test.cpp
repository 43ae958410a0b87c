// SPDX-License-Identifier: Apache-2.0
// Snapshots: recovery from one and the tail behind it ends where recovery from genesis does; what does not
// hold is passed over, never believed.
#include "following.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

// What only some markets have: limits of accounts, which change, declared costs, resources that go again, and
// any-of orders.
void limit_and_declare(Story& story, int part) {
    engine::SetLimits limits;
    limits.limits.qty = engine::Decimal{(20 + part) * engine::decimal_one};
    limits.limits.orders_per_s = 100;
    story.send(engine::Command::of(limits, engine::AccountId{static_cast<std::uint32_t>(part % 2)}));
    engine::RegisterResource resource;
    resource.family = engine::FamilyId{0};
    resource.count = engine::Decimal{engine::decimal_one};
    resource.cost = engine::Decimal{9'123'456};
    resource.green_share = static_cast<std::uint16_t>(1'000 * part);
    story.send(engine::Command::of(resource, engine::AccountId{3}));
    engine::PlaceAnyOf any_of;
    any_of.cid = engine::Cid("any-" + std::to_string(part));
    any_of.families[0] = engine::FamilyId{0};
    any_of.count = 1;
    any_of.start = tests::hour_of(0, 6).period;
    any_of.hours = 1;
    any_of.need = engine::Decimal{engine::decimal_one};
    any_of.price = engine::Decimal{14 * engine::decimal_one};
    story.send(engine::Command::of(any_of, engine::AccountId{0}));
    // The one that the part before declared: two were there at the beginning.
    if (part > 0)
        story.send(
            engine::Command::of(engine::WithdrawResource{.resource = 2 + static_cast<std::uint32_t>(part)},
                                engine::AccountId{3}));
}

// A journal of some trading with three snapshots and a tail behind them. What was true at its end.
struct Written {
    TempFolder folder;
    std::uint64_t hash = 0;
    engine::Sequence last{};
    std::vector<Snapshots::Entry> snapshots;

    explicit Written(std::uint64_t seed, int each = 300, std::int32_t width = 0) {
        Story story(folder.path(), 5, width);
        FollowerOptions options;
        options.data = folder.path();
        Follower follower(story.journal(), options);
        begin(follower);
        for (int part = 0; part < 4; ++part) {
            limit_and_declare(story, part);
            trade_by_seed(story, seed * 10 + static_cast<std::uint64_t>(part), each);
            story.flush();
            if (part == 3) break;
            catch_up(follower);
            snapshot(follower);
        }
        hash = story.exchange().state_hash();
        last = story.exchange().sequence();
        snapshots = Snapshots(folder.path()).list();
    }

    struct Result {
        Recovered recovered;
        PlainMirror mirror;
        std::uint64_t hash = 0;
    };
    Result recover_all() const {
        const auto journal = open_journal(folder.path());
        engine::Exchange exchange;
        Result result;
        auto done = recover(*journal, Snapshots(folder.path()), exchange, result.mirror, nullptr);
        if (!done) FAIL(done.error().text);
        result.recovered = *done;
        result.hash = exchange.state_hash();
        result.mirror.forget_delivered();
        return result;
    }
    PlainMirror from_genesis() const {
        const auto journal = open_journal(folder.path());
        engine::Exchange exchange;
        PlainMirror mirror;
        REQUIRE(recover(
            *journal, exchange, [&](const engine::Event& e) { mirror.hear(e); }, nullptr));
        mirror.forget_delivered();
        return mirror;
    }
};

}  // namespace

TEST_CASE("recovery from a snapshot ends where recovery from genesis does, and mirrors hear the same",
          "[snapshots]") {
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
        const Written written(seed, 300, seed % 2 == 0 ? 500 : 0);
        REQUIRE(written.snapshots.size() == 3);
        const auto result = written.recover_all();
        CHECK(result.hash == written.hash);
        CHECK(result.recovered.sequence == written.last);
        CHECK(result.recovered.snapshot == written.snapshots.front().sequence);
        CHECK(result.recovered.commands == written.last.value - written.snapshots.front().sequence.value);
        CHECK(result.recovered.passed_over.empty());
        CHECK(result.mirror == written.from_genesis());
        CHECK_FALSE(result.mirror.choices().empty());
        CHECK(result.mirror.resources().of(engine::FamilyId{0}, tests::day_one + engine::day * 9, 1'000));
    }
}

TEST_CASE("a snapshot that does not hold is passed over for the one before it, at last for genesis",
          "[snapshots]") {
    const Written written(5);
    for (std::size_t damaged = 0; damaged < 3; ++damaged) {
        const auto size = std::filesystem::file_size(written.snapshots[damaged].file);
        flip_bit(written.snapshots[damaged].file, size * 4);
        const auto result = written.recover_all();
        CHECK(result.hash == written.hash);
        CHECK(result.recovered.passed_over.size() == damaged + 1);
        CHECK(result.recovered.snapshot ==
              (damaged < 2 ? written.snapshots[damaged + 1].sequence : engine::Sequence{}));
    }
}

TEST_CASE("every flipped bit and every cut of a snapshot is refused", "[snapshots]") {
    const Written written(6, 60);
    const auto& entry = written.snapshots.front();
    const auto journal = open_journal(written.folder.path());
    const auto chain = journal->chain_after(entry.sequence);
    REQUIRE((chain && *chain));
    const SnapshotPlace place{(*chain)->epoch, entry.sequence, {}, (*chain)->previous};
    REQUIRE(read_snapshot(entry.file, place));
    const auto size = std::filesystem::file_size(entry.file);
    std::mt19937_64 random(7);
    for (int i = 0; i < 400; ++i) {
        // The head bit by bit, the rest by chance.
        const std::uint64_t bit = i < 128 ? random() % (128 * 8) : random() % (size * 8);
        flip_bit(entry.file, bit);
        const auto read = read_snapshot(entry.file, place);
        CHECKED_ELSE(!read) { FAIL("bit " << bit << " was not noticed"); }
        flip_bit(entry.file, bit);
    }
    for (const std::uintmax_t length :
         {std::uintmax_t{0}, std::uintmax_t{127}, std::uintmax_t{128}, size / 2, size - 1}) {
        const auto cut = written.folder.path() / "cut.gbs";
        std::filesystem::copy_file(entry.file, cut, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(cut, length);
        CHECK_FALSE(read_snapshot(cut, place));
    }
    REQUIRE(read_snapshot(entry.file, place));
}

TEST_CASE("three snapshots are kept, and a half-written one is none", "[snapshots]") {
    const TempFolder folder;
    Story story(folder.path());
    FollowerOptions options;
    options.data = folder.path();
    Follower follower(story.journal(), options);
    begin(follower);
    std::vector<engine::Sequence> made;
    for (int i = 0; i < 5; ++i) {
        trade_by_seed(story, static_cast<std::uint64_t>(i), 20);
        story.flush();
        catch_up(follower);
        snapshot(follower);
        made.push_back(story.exchange().sequence());
    }
    const auto kept = Snapshots(folder.path()).list();
    REQUIRE(kept.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK(kept[i].sequence == made[4 - i]);
    const FileSizeLimit full(4096);
    trade_by_seed(story, 9, 5);
    CHECK_FALSE(follower.snapshot());
    CHECK(Snapshots(folder.path()).list().size() == 3);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path() / "snapshots"), {}) == 3);
}

TEST_CASE("a snapshot beside another journal is passed over, and one of a later sequence stops the start",
          "[snapshots]") {
    const Written one(1, 100), other(2, 100);
    std::filesystem::remove_all(other.folder.path() / "snapshots");
    std::filesystem::copy(one.folder.path() / "snapshots", other.folder.path() / "snapshots");
    const auto journal = open_journal(other.folder.path());
    engine::Exchange exchange;
    PlainMirror mirror;
    const auto recovered = recover(*journal, Snapshots(other.folder.path()), exchange, mirror, nullptr);
    if (one.snapshots.front().sequence > other.last) {
        REQUIRE_FALSE(recovered);
        CHECK(recovered.error().code == ErrorCode::gap);
    } else {
        REQUIRE(recovered);
        CHECK(recovered->passed_over.size() == 3);
        CHECK(exchange.state_hash() == other.hash);
    }
    const auto newest = other.folder.path() / "snapshots" / "snapshot-00000000000000999999.gbs";
    std::filesystem::copy_file(one.snapshots.front().file, newest);
    engine::Exchange again;
    const auto refused = recover(*journal, Snapshots(other.folder.path()), again, mirror, nullptr);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::gap);
    CHECK(refused.error().sequence.value == other.last.value + 1);
}

TEST_CASE("a follower goes on from its snapshot, and what it kept is what one from genesis keeps",
          "[snapshots]") {
    const TempFolder folder;
    Story story(folder.path());
    FollowerOptions options;
    options.data = folder.path();
    const auto bytes_of = [](const Books& books) {
        Packer out;
        out(books.entries, books.exchange->state_hash());
        books.postings->save(out);
        books.balances.save(out);
        books.past.save(out);
        return std::vector<std::byte>(out.bytes().begin(), out.bytes().end());
    };
    for (int part = 0; part < 3; ++part) {
        trade_by_seed(story, 40 + static_cast<std::uint64_t>(part), 200);
        story.flush();
        Follower resumed(story.journal(), options);
        begin(resumed);
        CHECK(resumed.stats().applied.load() == (part == 0 ? 0 : resumed.stats().snapshot.load()));
        catch_up(resumed);
        snapshot(resumed);
        const TempFolder empty;
        FollowerOptions fresh;
        fresh.data = empty.path();
        Follower whole(story.journal(), fresh);
        begin(whole);
        catch_up(whole);
        CHECK(bytes_of(resumed.books()) == bytes_of(whole.books()));
    }
}

TEST_CASE("money that differs from the postings is found before a snapshot is written", "[snapshots]") {
    const TempFolder folder;
    Story story(folder.path());
    FollowerOptions options;
    options.data = folder.path();
    Follower follower(story.journal(), options);
    begin(follower);
    trade_by_seed(story, 3, 100);
    story.flush();
    catch_up(follower);
    const Books& books = follower.books();
    CHECK_FALSE(reconcile(*books.exchange, *books.postings, books.balances));
    Balances wrong = books.balances;
    Entry micro;
    micro.postings = {{engine::AccountId{1}, MoneyAccount::cash, engine::Money{1}},
                      {engine::no_account, MoneyAccount::bank, engine::Money{-1}}};
    wrong.post(micro);
    const auto difference = reconcile(*books.exchange, *books.postings, wrong);
    REQUIRE(difference);
    CHECK(difference->sequence == story.exchange().sequence());
    CHECK(difference->text.find("account 1:") == 0);
}

TEST_CASE("the thread follows, makes snapshots and stops", "[snapshots]") {
    const TempFolder folder;
    Story story(folder.path());
    FollowerOptions options;
    options.data = folder.path();
    options.every = engine::millisecond * 20;
    Follower follower(story.journal(), options);
    follower.start();
    for (int i = 0; i < 20; ++i) {
        trade_by_seed(story, static_cast<std::uint64_t>(i), 30);
        story.flush();
    }
    // Long, because the thread has the lowest priority and other builds may run on this machine.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (follower.stats().snapshot.load() < story.exchange().sequence().value &&
           std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(follower.stats().applied.load() == story.exchange().sequence().value);
    CHECK(follower.stats().snapshot.load() == story.exchange().sequence().value);
    CHECK_FALSE(follower.stats().stopped_by_difference.load());
}
