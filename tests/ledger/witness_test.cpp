// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "support.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

// The stage's commits, told to the witness as it does it.
void append_witnessed(Journal& journal, std::size_t count) {
    append(journal, count);
    REQUIRE(journal.tell_witness());
}

Result<std::unique_ptr<Journal>> opened(const TempFolder& folder) {
    return Journal::open({folder.path(), Access::write, std::size_t{1} << 24});
}

}  // namespace

TEST_CASE("a journal that agrees with its witness opens, with the last commit witnessed or not",
          "[witness]") {
    const TempFolder folder;
    append_witnessed(*open_journal(folder.path()), 5);
    append(*open_journal(folder.path()), 3);
    const auto journal = opened(folder);
    REQUIRE(journal);
    CHECK((*journal)->last().value == 8);
}

// The older of LMDB's two meta pages comes to power when the newer one is torn: the file is then as it was
// one commit ago, and looks whole.
TEST_CASE("a torn meta page is noticed: the witness saw a commit that is not there", "[witness]") {
    const TempFolder folder;
    append_witnessed(*open_journal(folder.path()), 5);
    append_witnessed(*open_journal(folder.path()), 4);
    {
        std::fstream file(folder.path() / "journal" / "00000000000000000001.mdb",
                          std::ios::in | std::ios::out | std::ios::binary);
        std::array<std::uint64_t, 2> transaction{};
        // mm_txnid of each meta page: page header 16, magic 4, version 4, address 8, mapsize 8, two trees of
        // 48, last page 8.
        for (std::size_t page = 0; page < 2; ++page) {
            file.seekg(static_cast<std::streamoff>(page * 4096 + 16 + 24 + 2 * 48 + 8));
            file.read(reinterpret_cast<char*>(&transaction[page]), 8);
        }
        const std::size_t newer = transaction[1] > transaction[0] ? 1 : 0;
        REQUIRE(transaction[newer] == transaction[1 - newer] + 1);
        // Torn at 512 bytes would keep it whole; what a controller does to a page it did not finish is zero.
        file.seekp(static_cast<std::streamoff>(newer * 4096 + 16 + 24 + 2 * 48 + 8));
        const std::uint64_t lost = 0;
        file.write(reinterpret_cast<const char*>(&lost), 8);
    }
    const auto journal = opened(folder);
    REQUIRE_FALSE(journal);
    CHECK(journal.error().code == ErrorCode::gap);
    CHECK(journal.error().text.find("its witness saw 9 committed") != std::string::npos);
}

TEST_CASE("a journal that another one was put in the place of is noticed", "[witness]") {
    const TempFolder folder, other;
    append_witnessed(*open_journal(folder.path()), 5);
    {
        const auto journal = open_journal(other.path());
        DraftBuilder builder;
        for (std::uint64_t s = 1; s <= 5; ++s) builder.command(s, 2);
        REQUIRE(journal->append(builder.draft()));
    }
    std::filesystem::remove_all(folder.path() / "journal");
    std::filesystem::copy(other.path() / "journal", folder.path() / "journal");
    const auto journal = opened(folder);
    REQUIRE_FALSE(journal);
    CHECK(journal.error().code == ErrorCode::chain);
    CHECK(journal.error().sequence.value == 5);
}

TEST_CASE("a torn slot of the witness leaves the other one, and without a file nothing is witnessed",
          "[witness]") {
    const TempFolder folder;
    {
        const auto journal = open_journal(folder.path());
        append_witnessed(*journal, 2);
        append_witnessed(*journal, 2);
    }
    CHECK(std::filesystem::file_size(folder.path() / "WITNESS") == 8192);
    for (const std::streamoff slot : {4096, 0}) {
        std::fstream file(folder.path() / "WITNESS", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(slot + 20);
        file.put('x');
        file.close();
        CHECK(opened(folder));
    }
    std::filesystem::remove(folder.path() / "WITNESS");
    CHECK(opened(folder));
}
