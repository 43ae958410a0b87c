// SPDX-License-Identifier: Apache-2.0
#include "ledger/journal.hpp"

#include <thread>

#include "support.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

// Reads to the end and returns the last sequence, or the first error.
Result<std::uint64_t> read_all(const Journal& journal, std::uint64_t from = 1, Proof proof = Proof::hashes) {
    auto reader = journal.read_from(engine::Sequence{from}, proof);
    if (!reader) return reader.error();
    std::uint64_t last = 0;
    while (true) {
        auto more = reader->next();
        if (!more) return more.error();
        if (!*more) return last;
        last = reader->batch().header.last().value;
    }
}

std::uint64_t first_read(const Journal& journal, std::uint64_t from) {
    auto reader = journal.read_from(engine::Sequence{from});
    REQUIRE(reader);
    auto more = reader->next();
    REQUIRE(more);
    return *more ? reader->batch().header.first.value : 0;
}

void fill(const TempFolder& folder) {
    const auto journal = open_journal(folder.path());
    for (const std::size_t count : {3u, 1u, 5u, 2u}) append(*journal, count);
}

// Opens the tables below the journal and changes them, as a broken disk or a forger would.
void tamper(const TempFolder& folder, const std::function<Result<void>(Store&)>& change) {
    auto store = Store::open({folder.path() / "journal" / "00000000000000000001.mdb"});
    REQUIRE(store);
    REQUIRE(change(**store));
}

std::vector<std::byte> value_at(Store& store, Table table, std::uint64_t sequence) {
    auto reader = store.read();
    auto value = reader->get(table, BigEndian(sequence).key());
    REQUIRE(value->has_value());
    return {(*value)->begin(), (*value)->end()};
}

Result<void> put_at(Store& store, Table table, std::uint64_t sequence, Bytes value) {
    return store.write([&](Store::Writer& w) { return w.put(table, BigEndian(sequence).key(), value); });
}

std::unique_ptr<Blob> blob(std::string text) {
    auto b = std::make_unique<Blob>();
    b->sha256 = sha256(std::as_bytes(std::span(text.data(), text.size())));
    b->text = std::move(text);
    return b;
}

}  // namespace

TEST_CASE("a journal in an empty folder starts with epoch 1 and nothing in it", "[journal]") {
    const TempFolder folder;
    const auto journal = open_journal(folder.path() / "new" / "data");
    CHECK(journal->epoch() == 1);
    CHECK(journal->last().value == 0);
    CHECK(*read_all(*journal) == 0);
    CHECK_FALSE(journal->genesis()->has_value());
}

TEST_CASE("what was appended is read back after a restart, and appending goes on", "[journal]") {
    const TempFolder folder;
    fill(folder);
    {
        const auto journal = open_journal(folder.path());
        CHECK(journal->last().value == 11);
        CHECK(journal->time().value == 11'000);
        CHECK(*read_all(*journal) == 11);
        append(*journal, 100);
        CHECK(*read_all(*journal) == 111);
    }
    const auto journal = open_journal(folder.path(), Access::read);
    CHECK(journal->last().value == 111);
    CHECK(*read_all(*journal) == 111);
    CHECK((*journal->genesis())->header.sequence.value == 1);
}

TEST_CASE("reading begins at the batch that holds the sequence", "[journal]") {
    const TempFolder folder;
    fill(folder);  // batches begin at 1, 4, 5, 10
    const auto journal = open_journal(folder.path());
    CHECK(first_read(*journal, 1) == 1);
    CHECK(first_read(*journal, 3) == 1);
    CHECK(first_read(*journal, 4) == 4);
    CHECK(first_read(*journal, 9) == 5);
    CHECK(first_read(*journal, 11) == 10);
}

TEST_CASE("a journal larger than its map grows", "[journal]") {
    const TempFolder folder;
    {
        const auto journal = open_journal(folder.path(), Access::write, 64 * 1024);
        for (int i = 0; i < 20; ++i) append(*journal, 1'000);
    }
    CHECK(*read_all(*open_journal(folder.path(), Access::read, 64 * 1024)) == 20'000);
}

TEST_CASE("a missing batch is a gap, named", "[journal]") {
    const TempFolder folder;
    {
        auto store = Store::open({folder.path() / "journal" / "00000000000000000001.mdb"});
        REQUIRE(store);
        REQUIRE((*store)->write(
            [](Store::Writer& w) { return Segment::put(w, SegmentBegin{.made = engine::Time{1}}); }));
        DraftBuilder early, late;
        early.commands(1, 3);
        late.commands(5, 2);
        for (const DraftBuilder* b : {&early, &late}) {
            const BatchDraft& d = b->draft();
            std::vector<std::byte> events(d.events_bytes()), commands(d.commands_bytes());
            const auto seal = encode_events(d, events);
            const auto first = encode_commands(d, {}, seal, commands).first.value;
            REQUIRE(put_at(**store, Table::commands, first, commands));
            REQUIRE(put_at(**store, Table::events, first, events));
        }
    }
    const auto end = read_all(*open_journal(folder.path()));
    REQUIRE_FALSE(end);
    CHECK(end.error().code == ErrorCode::gap);
    CHECK(end.error().sequence == engine::Sequence{4});
}

TEST_CASE("a batch that was replaced by another valid one breaks the chain behind it", "[journal]") {
    const TempFolder folder;
    fill(folder);
    tamper(folder, [](Store& store) {
        DraftBuilder forged;
        forged.command(4, 0);
        std::vector<std::byte> events(forged.draft().events_bytes()),
            commands(forged.draft().commands_bytes());
        const auto seal = encode_events(forged.draft(), events);
        BatchHeader before;
        const auto value = value_at(store, Table::commands, 1);
        std::memcpy(&before, value.data(), sizeof before);
        encode_commands(forged.draft(), {1, link_hash(before)}, seal, commands);
        REQUIRE(put_at(store, Table::commands, 4, commands));
        return put_at(store, Table::events, 4, events);
    });
    const auto end = read_all(*open_journal(folder.path()));
    REQUIRE_FALSE(end);
    CHECK(end.error().code == ErrorCode::chain);
    CHECK(end.error().sequence == engine::Sequence{5});
    const auto from_inside = read_all(*open_journal(folder.path()), 5);
    REQUIRE_FALSE(from_inside);
    CHECK(from_inside.error().code == ErrorCode::chain);
}

TEST_CASE("changed bytes are named by their batch", "[journal]") {
    for (const Table table : {Table::commands, Table::events}) {
        const TempFolder folder;
        fill(folder);
        tamper(folder, [&](Store& store) {
            auto value = value_at(store, table, 5);
            value.back() ^= std::byte{1};
            return put_at(store, table, 5, value);
        });
        const auto end = read_all(*open_journal(folder.path()), 1, Proof::checksums);
        REQUIRE_FALSE(end);
        CHECK(end.error().code == ErrorCode::checksum);
        CHECK(end.error().sequence == engine::Sequence{5});
    }
}

TEST_CASE("an unknown version of the last batch refuses the journal when it is opened", "[journal]") {
    const TempFolder folder;
    fill(folder);
    tamper(folder, [](Store& store) {
        auto value = value_at(store, Table::commands, 10);
        value[4] = std::byte{9};
        return put_at(store, Table::commands, 10, value);
    });
    const auto journal = Journal::open({folder.path()});
    REQUIRE_FALSE(journal);
    CHECK(journal.error().code == ErrorCode::version);
    CHECK(journal.error().sequence == engine::Sequence{10});
}

TEST_CASE("texts are committed with their command and proven when read", "[journal]") {
    const TempFolder folder;
    const auto journal = open_journal(folder.path());
    DraftBuilder builder;
    builder.commands(1, 3);
    std::vector<BlobAt> blobs;
    blobs.push_back({engine::Sequence{2}, blob("signed body")});
    REQUIRE(journal->append(builder.draft(), blobs));
    CHECK(**journal->blob(engine::Sequence{2}) == "signed body");
    CHECK_FALSE(journal->blob(engine::Sequence{1})->has_value());
}

TEST_CASE("a journal in use is not opened twice, not even to read", "[journal]") {
    const TempFolder folder;
    const auto journal = open_journal(folder.path());
    for (const Access access : {Access::write, Access::read}) {
        const auto second = Journal::open({folder.path(), access});
        REQUIRE_FALSE(second);
        CHECK(second.error().code == ErrorCode::locked);
    }
}

TEST_CASE("a batch that the disk refuses leaves the journal as it was", "[journal]") {
    const TempFolder folder;
    {
        const auto journal = open_journal(folder.path());
        append(*journal, 3);
        DraftBuilder big;
        big.commands(4, 8'000);
        const FileSizeLimit limit(
            std::filesystem::file_size(folder.path() / "journal" / "00000000000000000001.mdb"));
        REQUIRE_FALSE(journal->append(big.draft()));
        CHECK(journal->last().value == 3);
    }
    CHECK(*read_all(*open_journal(folder.path())) == 3);
}

TEST_CASE("texts are read by another thread while the journal grows", "[journal]") {
    const TempFolder folder;
    const auto journal = open_journal(folder.path(), Access::write, 64 * 1024);
    DraftBuilder builder;
    builder.commands(1, 1);
    std::vector<BlobAt> blobs;
    blobs.push_back({engine::Sequence{1}, blob("guidance")});
    REQUIRE(journal->append(builder.draft(), blobs));
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0}, read{0};
    std::thread reader([&] {
        while (!stop.load()) {
            const auto text = journal->blob(engine::Sequence{1});
            if (!text || !*text || **text != "guidance") ++wrong;
            ++read;
        }
    });
    for (int i = 0; i < 60; ++i) append(*journal, 500);
    while (read.load() == 0) std::this_thread::yield();
    stop = true;
    reader.join();
    CHECK(wrong.load() == 0);
}
