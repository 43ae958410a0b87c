// SPDX-License-Identifier: Apache-2.0
// Bits flip on the disk. In journal, projection and snapshots single bits are changed one at a time, and meta
// pages are torn; whoever reads is told (an error, or the end of the process), or reads what was written.
// What must not be: another answer, and nobody knows.
//
//   GRIDBOOK_BIT_FLIPS=10000 build/release/tests/test_crash "[corruption]"      # in each; 120 in CI
#include <fstream>

#include "child.hpp"
#include "ledger/projection/rebuild.hpp"
#include "market.hpp"

using namespace gridbook;
using namespace gridbook::crash;
using ledger::test::flip_bit;

namespace {

// A data folder after a day.
struct Day {
    TempFolder folder;
    std::filesystem::path data = folder.path() / "data";
    std::uint64_t hash = 0;
    std::uint64_t last = 0;

    Day() {
        std::filesystem::create_directories(data);
        auto market = Market::open(data, true);
        if (!market) FAIL(market.error().text);
        for (int round = 0; !(*market)->at_end(); ++round) {
            REQUIRE((*market)->commit(8));
            if (round % 30 == 0) REQUIRE((*market)->follow(true));
        }
        REQUIRE((*market)->follow(true));
        market->reset();
        const auto started = restart(data);
        REQUIRE(started);
        hash = started->hash;
        last = started->sequence.value;
    }
};

// Everything that can be asked, as one hash; or an error.
ledger::Result<engine::Sha256> all_answers(const ledger::Projection& projection) {
    ledger::Sha256Sum sum;
    const auto add = [&](const auto& row) { sum.add(std::as_bytes(std::span(&row, 1))); };
    const auto page_of = [&](const auto& page) -> ledger::Result<void> {
        if (!page) return page.error();
        for (const auto& row : page->rows) add(row);
        add(page->applied);
        return {};
    };
    for (std::uint32_t a = 0; a < 5; ++a) {
        const engine::AccountId account{a == 4 ? engine::no_account.value : a};
        if (auto r = page_of(projection.balance(account)); !r) return r.error();
        if (auto r = page_of(projection.fills(account, {}, 1000)); !r) return r.error();
        if (auto r = page_of(projection.orders(account, {}, 1000)); !r) return r.error();
        if (auto r = page_of(projection.positions(
                account, engine::instrument(engine::FamilyId{0}, engine::Period{0}), 1000));
            !r)
            return r.error();
    }
    for (int hour = 2; hour <= 6; ++hour) {
        const auto instrument = tests::hour_of(0, hour);
        if (auto r = page_of(projection.trades(instrument, {}, 1000)); !r) return r.error();
        for (const auto resolution :
             {ledger::Resolution::minute, ledger::Resolution::hour, ledger::Resolution::day})
            if (auto r = page_of(projection.candles(resolution, instrument, {}, 1000)); !r) return r.error();
    }
    return sum.digest();
}

// A flip in the number of a commit may make LMDB take the older of its two. Every answer then names the older
// sequence that it holds for, so nobody is deceived; and a start has to go on from there to the same answers.
bool caught_up(const Day& day, const engine::Sha256& wanted) {
    const TempFolder copy;
    const auto data = copy.path() / "data";
    std::filesystem::copy(day.data, data, std::filesystem::copy_options::recursive);
    const auto projection = ledger::Projection::open(data, ledger::Access::write, std::size_t{1} << 20);
    const auto journal = ledger::Journal::open({data, ledger::Access::read, std::size_t{1} << 20});
    if (!projection || !journal || !(*projection)->verify()) return false;
    if (!ledger::project(**journal, **projection, {engine::Sequence{day.last}}, {})) return false;
    const auto answers = all_answers(**projection);
    return answers && *answers == wanted;
}

std::vector<std::filesystem::path> segments_of(const std::filesystem::path& data) {
    auto journal = ledger::Journal::open({data, ledger::Access::read, std::size_t{1} << 20});
    REQUIRE(journal);
    REQUIRE((*journal)->segments().files().size() > 2);
    return (*journal)->segments().files();
}

struct Tally {
    int flips = 0, told = 0, ended = 0, harmless = 0, silent = 0;
    std::string first;

    // Status of the child: 0 what was written was read, 1 an error was told, 2 another answer.
    void count(const Ended& e, std::uint64_t bit) {
        ++flips;
        told += e.by_itself && e.status == 1;
        ended += !e.by_itself;
        harmless += e.by_itself && e.status == 0;
        const bool wrong = e.by_itself && e.status > 1;
        silent += wrong;
        if (wrong && first.empty()) first = "bit " + std::to_string(bit) + ": " + e.told.text;
    }
    void conclude(const std::string& what) const {
        INFO(first);
        CHECK(silent == 0);
        WARN(what << ": " << flips << " bits flipped, " << told << " told, " << ended
                  << " ended the process, " << harmless << " harmless, " << silent << " silent");
    }
};

// A bit anywhere, but every eighth one where LMDB keeps its own: the first 96 bytes of a page.
std::uint64_t some_bit(std::mt19937_64& random, const std::filesystem::path& file) {
    const std::uint64_t bytes = std::filesystem::file_size(file);
    if (random() % 8 != 0) return random() % (bytes * 8);
    return (random() % (bytes / 4096) * 4096 + random() % 96) * 8 + random() % 8;
}

// As if a write of a meta page had stopped at each of its fields: the rest is the other page's, one commit
// older.
void tear_meta_pages(const std::filesystem::path& file, const Day& day, Tally& tally) {
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    std::vector<char> pages(8192);
    std::ifstream(file, std::ios::binary).read(pages.data(), 8192);
    for (std::size_t page = 0; page < 2; ++page)
        for (std::size_t from = 0; from < 192; from += 8) {
            std::vector<char> torn(pages.begin() + static_cast<std::ptrdiff_t>(page * 4096),
                                   pages.begin() + static_cast<std::ptrdiff_t>((page + 1) * 4096));
            std::copy(pages.begin() + static_cast<std::ptrdiff_t>((1 - page) * 4096 + from),
                      pages.begin() + static_cast<std::ptrdiff_t>((2 - page) * 4096),
                      torn.begin() + static_cast<std::ptrdiff_t>(from));
            const auto put = [&](const char* bytes) {
                std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
                out.seekp(static_cast<std::streamoff>(page * 4096));
                out.write(bytes, 4096);
            };
            put(torn.data());
            tally.count(in_child([&](Told& told) {
                            const auto started = restart(day.data);
                            if (!started) return 1;
                            if (started->sequence.value != day.last || started->hash != day.hash)
                                return told.say("it went on from an older commit"), 2;
                            return 0;
                        }),
                        from);
            put(pages.data() + page * 4096);
        }
}

}  // namespace

TEST_CASE("a flipped bit in the journal is told or harmless", "[corruption]") {
    const Day day;
    const auto files = segments_of(day.data);
    std::filesystem::remove_all(day.data / "snapshots");
    std::mt19937_64 random(3);
    Tally tally;
    for (int i = rounds("GRIDBOOK_BIT_FLIPS", 120); i > 0; --i) {
        const auto& file = files[random() % files.size()];
        const std::uint64_t bit = some_bit(random, file);
        flip_bit(file, bit);
        tally.count(
            in_child([&](Told& told) {
                // As an audit reads: without the right to write, every byte.
                auto journal = ledger::Journal::open({day.data, ledger::Access::read, std::size_t{1} << 20});
                if (!journal) return 1;
                auto reader = (*journal)->read_from(engine::Sequence{1}, ledger::Proof::hashes);
                if (!reader) return 1;
                engine::Sequence reached{};
                while (true) {
                    const auto more = reader->next();
                    if (!more) return 1;
                    if (!*more) break;
                    const auto& batch = reader->batch();
                    for (std::size_t c = 0, event = 0; c < batch.header.count; ++c) {
                        const auto& step = played()[batch.header.first.value - 1 + c];
                        bool same =
                            batch.command(c) == step.command && batch.event_count(c) == step.events.size();
                        for (std::size_t e = 0; same && e < step.events.size(); ++e)
                            same = batch.event(event++) == step.events[e];
                        if (!same) return told.say("another command or event"), 2;
                    }
                    reached = batch.header.last();
                }
                return reached.value == day.last ? 0 : (told.say("it ends early"), 2);
            }),
            bit);
        flip_bit(file, bit);
    }
    tally.conclude("journal");
}

TEST_CASE("a flipped bit in the projection is told or harmless", "[corruption]") {
    const Day day;
    const auto file = day.data / "projection" / "data.mdb";
    engine::Sha256 wanted{};
    {
        const auto projection =
            ledger::Projection::open(day.data, ledger::Access::read, std::size_t{1} << 20);
        REQUIRE(projection);
        REQUIRE((*projection)->verify());
        const auto answers = all_answers(**projection);
        REQUIRE(answers);
        wanted = *answers;
    }
    Tally tally;
    const auto read = [&](Told& told) {
        const auto projection =
            ledger::Projection::open(day.data, ledger::Access::read, std::size_t{1} << 20);
        if (!projection || !(*projection)->verify()) return 1;
        const auto answers = all_answers(**projection);
        if (!answers) return 1;
        if (*answers == wanted) return 0;
        const auto place = (*projection)->place();
        if (place && place->applied.value < day.last && caught_up(day, wanted)) return 0;
        return told.say("another answer"), 2;
    };
    const auto try_bit = [&](std::uint64_t bit) {
        flip_bit(file, bit);
        tally.count(in_child(read), bit);
        flip_bit(file, bit);
    };
    // The numbers of the last two commits stand at byte 144 of the first two pages.
    for (const std::uint64_t page : {0, 1})
        for (std::uint64_t bit = 0; bit < 64; ++bit) try_bit((page * 4096 + 144) * 8 + bit);
    std::mt19937_64 random(4);
    for (int i = rounds("GRIDBOOK_BIT_FLIPS", 120); i > 0; --i) try_bit(some_bit(random, file));
    tally.conclude("projection");
}

TEST_CASE("a flipped bit in a snapshot is told, and the exchange starts all the same", "[corruption]") {
    const Day day;
    const auto file = ledger::Snapshots(day.data).list().front().file;
    std::mt19937_64 random(5);
    Tally tally;
    for (int i = rounds("GRIDBOOK_BIT_FLIPS", 120) / 4; i > 0; --i) {
        const std::uint64_t bit = random() % (std::filesystem::file_size(file) * 8);
        flip_bit(file, bit);
        tally.count(in_child([&](Told& told) {
                        const auto started = restart(day.data);
                        if (!started) return told.say(started.error().text), 2;
                        if (started->hash != day.hash) return told.say("another state"), 2;
                        return started->snapshot.value < day.last ? 1 : 0;
                    }),
                    bit);
        flip_bit(file, bit);
    }
    CHECK(tally.ended == 0);
    tally.conclude("snapshots");
}

TEST_CASE("torn meta pages of the journal are told or harmless", "[corruption]") {
    const Day day;
    Tally tally;
    // Of the segment that grows, and of one that was closed.
    for (const auto& file : {segments_of(day.data).back(), segments_of(day.data).front()})
        tear_meta_pages(file, day, tally);
    tally.conclude("torn meta pages");
    CHECK(tally.told > 0);
}
