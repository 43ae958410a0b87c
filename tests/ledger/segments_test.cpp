// SPDX-License-Identifier: Apache-2.0
#include "ledger/segments.hpp"

#include <fstream>
#include <sstream>
#include <thread>

#include "ledger/segment_check.hpp"
#include "support.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

// Small segments: an empty one has some pages already, a few batches fill it.
JournalOptions small(const std::filesystem::path& data, Access access = Access::write) {
    JournalOptions options{data, access, std::size_t{1} << 22};
    options.segment_bytes = 64 * 1024;
    return options;
}

std::unique_ptr<Journal> open_small(const std::filesystem::path& data, Access access = Access::write) {
    auto journal = Journal::open(small(data, access));
    if (!journal) FAIL(journal.error().text);
    return std::move(*journal);
}

void fill(const std::filesystem::path& data, int batches = 60) {
    const auto journal = open_small(data);
    for (int i = 0; i < batches; ++i) append(*journal, 20);
}

std::vector<std::filesystem::path> files(const std::filesystem::path& data) {
    return open_small(data, Access::read)->segments().files();
}

Result<std::uint64_t> read_all(const Journal& journal, std::uint64_t from = 1) {
    auto reader = journal.read_from(engine::Sequence{from}, Proof::hashes);
    if (!reader) return reader.error();
    std::uint64_t last = 0;
    while (true) {
        auto more = reader->next();
        if (!more) return more.error();
        if (!*more) return last;
        if (last != 0) REQUIRE(reader->batch().header.first.value == last + 1);
        last = reader->batch().header.last().value;
    }
}

// Why the journal is not opened, by a reader and by a writer alike.
Error refusal(const std::filesystem::path& data) {
    const auto written = Journal::open(small(data));
    const auto read = Journal::open(small(data, Access::read));
    REQUIRE_FALSE(written);
    REQUIRE_FALSE(read);
    CHECK(written.error().text == read.error().text);
    INFO(read.error().text);
    CHECK(read.error().text.find("mdb") != std::string::npos);
    return read.error();
}

bool may_be_written(const std::filesystem::path& file) {
    using std::filesystem::perms;
    return (std::filesystem::status(file).permissions() & perms::owner_write) != perms::none;
}

struct Told {
    int status = 0;
    std::string text;
    bool says(std::string_view words) const { return text.find(words) != std::string::npos; }
};
Told check(const std::filesystem::path& file) {
    std::ostringstream out;
    const int status = check_segment(file, out);
    return {status, out.str()};
}

}  // namespace

TEST_CASE("the batch that fills a segment closes it, and the next one begins the next file", "[segments]") {
    const TempFolder folder;
    fill(folder.path());
    const auto all = files(folder.path());
    REQUIRE(all.size() > 3);
    CHECK(all.front().filename() == "00000000000000000001.mdb");
    for (const auto& file : all) CHECK(may_be_written(file) == (file == all.back()));
    const auto journal = open_small(folder.path());
    CHECK(journal->last().value == 1200);
    CHECK(*read_all(*journal) == 1200);
    append(*journal, 5);
    CHECK(*read_all(*journal) == 1205);
    // From every place, also from the ends of segments.
    for (std::uint64_t from = 1; from <= 1205; from += 7) CHECK(*read_all(*journal, from) == 1205);
    for (const auto& file : all) CHECK(*read_all(*journal, Segment::named(file)->value) == 1205);
}

TEST_CASE("a segment is closed by time, too, and never an empty one", "[segments]") {
    const TempFolder folder;
    JournalOptions options{folder.path(), Access::write, std::size_t{1} << 22};
    options.segment_time = engine::Duration{1};
    const auto journal = Journal::open(options);
    REQUIRE(journal);
    for (int i = 0; i < 5; ++i) append(**journal, 1);
    CHECK((*journal)->segments().files().size() >= 2);
    CHECK(*read_all(**journal) == 5);
}

TEST_CASE("links and texts are found in whatever segment they are", "[segments]") {
    const TempFolder folder;
    const auto journal = open_small(folder.path());
    for (std::uint64_t i = 0; i < 40; ++i) {
        const std::string text = "text " + std::to_string(i);
        auto b = std::make_unique<Blob>();
        b->text = text;
        b->sha256 = sha256(std::as_bytes(std::span(text.data(), text.size())));
        DraftBuilder builder;
        builder.commands(1 + i * 20, 20);
        std::vector<BlobAt> blobs;
        blobs.push_back({engine::Sequence{1 + i * 20}, std::move(b)});
        REQUIRE(journal->append(builder.draft(), blobs));
    }
    REQUIRE(journal->segments().files().size() > 2);
    for (std::uint64_t i = 0; i < 40; ++i) {
        CHECK(**journal->blob(engine::Sequence{1 + i * 20}) == "text " + std::to_string(i));
        CHECK(journal->chain_after(engine::Sequence{20 + i * 20})->has_value());
        CHECK_FALSE(journal->chain_after(engine::Sequence{19 + i * 20})->has_value());
    }
    // In pages of seven, each over the end of a segment or two, nothing is left out or told twice.
    std::vector<std::string> told;
    for (engine::Sequence after{};;) {
        const auto page = journal->texts_after(after, 7);
        REQUIRE(page);
        for (const auto& text : *page) told.push_back(text.text);
        if (page->size() < 7) break;
        after = page->back().sequence;
    }
    REQUIRE(told.size() == 40);
    for (std::size_t i = 0; i < 40; ++i) CHECK(told[i] == "text " + std::to_string(i));
    CHECK(journal->texts_after(engine::Sequence{781}, 7)->empty());
}

TEST_CASE("a copied segment is proven by itself, and a changed bit in it is named", "[segments]") {
    const TempFolder folder, elsewhere;
    fill(folder.path());
    append(*open_small(folder.path()), 1);
    const auto all = files(folder.path());
    const auto copy = elsewhere.path() / "shipped.mdb";
    std::filesystem::copy_file(all[1], copy);
    const Told whole = check(copy);
    INFO(whole.text);
    CHECK(whole.status == 0);
    CHECK(whole.says("the segment is whole\n"));
    CHECK(check(all.back()).says("it was not closed"));
    std::ostringstream listed;
    CHECK(list_segments(folder.path(), listed, true) == 0);
    CHECK(listed.str().find(std::to_string(all.size()) + " segments") != std::string::npos);
    std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
    // In the contents of its last batch.
    std::fstream bytes(copy, std::ios::in | std::ios::out | std::ios::binary);
    const std::string contents{std::istreambuf_iterator<char>(bytes), {}};
    bytes.seekp(static_cast<std::streamoff>(contents.rfind("GBKC") + sizeof(BatchHeader) + 40));
    bytes.write("broken", 6);
    bytes.close();
    const Told broken = check(copy);
    INFO(broken.text);
    CHECK(broken.status == 1);
    CHECK(broken.says("FAILED"));
    CHECK(check(elsewhere.path() / "nothing.mdb").status == 2);
}

TEST_CASE("a missing segment is named with the sequence that nobody holds", "[segments]") {
    for (const std::size_t missing : {0u, 1u}) {
        const TempFolder folder;
        fill(folder.path());
        const auto all = files(folder.path());
        std::filesystem::remove(all[missing]);
        const Error error = refusal(folder.path());
        CHECK(error.code == ErrorCode::gap);
        CHECK(error.sequence == *Segment::named(all[missing]));
        CHECK(error.text.find(all[missing + 1].string()) != std::string::npos);
    }
}

TEST_CASE("a journal without its last segment is refused, because its witness saw more", "[segments]") {
    const TempFolder folder;
    {
        const auto journal = open_small(folder.path());
        for (int i = 0; i < 60; ++i) {
            append(*journal, 20);
            REQUIRE(journal->tell_witness());
        }
    }
    std::filesystem::remove(files(folder.path()).back());
    const auto opened = Journal::open(small(folder.path()));
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::gap);
}

TEST_CASE("a segment of another journal is named", "[segments]") {
    const TempFolder folder, other;
    fill(folder.path());
    {
        // As long, but begun otherwise.
        const auto journal = open_small(other.path());
        DraftBuilder builder;
        for (std::uint64_t s = 1; s <= 20; ++s) builder.command(s, s == 1 ? (1 + 1) % 3 + 1 : s % 3);
        REQUIRE(journal->append(builder.draft()));
        for (int i = 1; i < 60; ++i) append(*journal, 20);
    }
    const auto mine = files(folder.path()), theirs = files(other.path());
    REQUIRE(mine[1].filename() == theirs[1].filename());
    std::filesystem::remove(mine[1]);
    std::filesystem::copy_file(theirs[1], mine[1]);
    const Error error = refusal(folder.path());
    CHECK(error.code == ErrorCode::chain);
    CHECK(error.sequence == *Segment::named(mine[1]));
    CHECK(error.text.find(mine[1].string()) != std::string::npos);
}

TEST_CASE("a segment under another one's name, an emptied one, an unclosed one: each is named",
          "[segments]") {
    const TempFolder folder;
    fill(folder.path());
    const auto all = files(folder.path());
    const auto aside = folder.path() / "aside";
    std::filesystem::rename(all[1], aside);
    std::filesystem::copy_file(all[2], all[1]);
    CHECK(refusal(folder.path()).code == ErrorCode::gap);
    std::filesystem::remove(all[1]);
    REQUIRE(Store::open({all[1]}));
    CHECK(refusal(folder.path()).code == ErrorCode::gap);
    std::filesystem::remove(all[1]);
    std::filesystem::resize_file(aside, 20'000);
    std::filesystem::rename(aside, all[1]);
    CHECK(refusal(folder.path()).code == ErrorCode::corrupt);
}

TEST_CASE("what a crash leaves between two segments is gone on with", "[segments]") {
    const TempFolder folder;
    std::uint64_t last = 0;
    {
        const auto journal = open_small(folder.path());
        while (journal->segments().files().size() < 2) append(*journal, 20);
        while (journal->segments().files().size() < 3) append(*journal, 20), last = journal->last().value;
    }
    // The third one as it is before its first batch: made, and nothing in it; or begun under another name.
    const auto third = files(folder.path()).back();
    last = Segment::named(third)->value - 1;
    std::filesystem::remove(third);
    REQUIRE(Store::open({third}));
    std::ofstream(third.string() + ".new") << "half of one";
    CHECK(*read_all(*open_small(folder.path(), Access::read)) == last);
    const auto journal = open_small(folder.path());
    append(*journal, 20);
    CHECK(*read_all(*journal) == last + 20);
    CHECK(journal->segments().files().back() == third);
}

TEST_CASE("the one file of a release before segments is read, renamed and gone on with", "[segments]") {
    const TempFolder folder;
    fill(folder.path(), 2);
    const auto first = folder.path() / "journal" / Segment::file_name(engine::Sequence{1});
    const auto whole = folder.path() / "journal" / "data.mdb";
    {
        // Its own record had 24 bytes then.
        struct {
            char magic[4] = {'G', 'B', 'K', 'M'};
            std::uint16_t version = 1, zero = 0;
            std::uint64_t epoch = 1;
            std::uint32_t zero_more = 0, crc = 0;
        } record;
        record.crc = crc32c(std::as_bytes(std::span(&record, 1)).first(20));
        auto store = Store::open({first});
        REQUIRE((*store)->write([&](Store::Writer& w) {
            return w.put(Table::meta, "journal", std::as_bytes(std::span(&record, 1)));
        }));
    }
    std::filesystem::rename(first, whole);
    CHECK(*read_all(*open_small(folder.path(), Access::read)) == 40);
    CHECK(std::filesystem::exists(whole));
    {
        const auto journal = open_small(folder.path());
        CHECK_FALSE(std::filesystem::exists(whole));
        for (int i = 0; i < 20; ++i) append(*journal, 20);
        CHECK(*read_all(*journal) == 440);
    }
    CHECK(files(folder.path()).size() > 1);
    // And the older release, started here again, would begin a journal of its own.
    REQUIRE(Store::open({whole}));
    const Error error = refusal(folder.path());
    CHECK(error.text.find("older release") != std::string::npos);
}

TEST_CASE("an unknown version of a segment refuses the journal, naming file and version", "[segments]") {
    const TempFolder folder;
    fill(folder.path());
    const auto all = files(folder.path());
    {
        std::filesystem::permissions(all[1], std::filesystem::perms::owner_all);
        auto store = Store::open({all[1]});
        std::vector<std::byte> value;
        {
            auto reader = (*store)->read();
            const auto stored = reader->get(Table::meta, "journal");
            value.assign((*stored)->begin(), (*stored)->end());
        }
        value[4] = std::byte{9};
        REQUIRE((*store)->write([&](Store::Writer& w) { return w.put(Table::meta, "journal", value); }));
    }
    const Error error = refusal(folder.path());
    CHECK(error.code == ErrorCode::version);
    CHECK(error.text.find("version 9") != std::string::npos);
}

TEST_CASE("a reader follows over the ends of segments while they are written", "[segments]") {
    const TempFolder folder;
    const auto journal = open_small(folder.path());
    append(*journal, 1);
    std::atomic<bool> stop{false};
    std::string trouble;
    std::uint64_t reached = 0;
    std::thread follower([&] {
        bool last_round = false;
        while (true) {
            auto reader = journal->read_from(engine::Sequence{reached + 1});
            if (!reader) return void(trouble = reader.error().text);
            while (true) {
                auto more = reader->next();
                if (!more) return void(trouble = more.error().text);
                if (!*more) break;
                const auto& header = reader->batch().header;
                if (header.last().value <= reached) continue;
                if (header.first.value != reached + 1) return void(trouble = "a batch was passed over");
                reached = header.last().value;
            }
            if (last_round) return;
            last_round = stop.load();
        }
    });
    for (int i = 0; i < 400; ++i) append(*journal, 20);
    stop = true;
    follower.join();
    CHECK(trouble == "");
    CHECK(reached == journal->last().value);
    CHECK(journal->segments().files().size() > 10);
}
