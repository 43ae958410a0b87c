// SPDX-License-Identifier: Apache-2.0
#include "ledger/store.hpp"

#include <sys/wait.h>

#include <fstream>

#include "support.hpp"

using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

std::unique_ptr<Store> open_store(const TempFolder& folder, Access access = Access::write,
                                  std::size_t map_bytes = std::size_t{1} << 20) {
    auto store = Store::open({folder.path() / "data.mdb", access, map_bytes});
    if (!store) FAIL(store.error().text);
    return std::move(*store);
}

Result<void> append_value(Store& store, std::uint64_t key, std::size_t size) {
    return store.write([&](Store::Writer& writer) -> Result<void> {
        auto room = writer.append(Table::commands, BigEndian(key).key(), size);
        if (!room) return room.error();
        std::fill(room->begin(), room->end(), static_cast<std::byte>(key));
        return {};
    });
}

std::uint64_t last_key(const Store& store) {
    auto reader = store.read();
    REQUIRE(reader);
    auto row = reader->last(Table::commands);
    REQUIRE(row);
    return *row ? *number((*row)->key) : 0;
}

}  // namespace

TEST_CASE("keys order as their numbers", "[store]") {
    std::string before;
    for (const std::uint64_t n : {0ull, 1ull, 255ull, 256ull, 65'536ull, 1ull << 40, ~0ull}) {
        const BigEndian key(n);
        CHECK(number(key.key()) == n);
        CHECK(before <= std::string(key.key()));
        before = key.key();
    }
    CHECK_FALSE(number("short"));
}

TEST_CASE("rows are found at, below and above a key", "[store]") {
    const TempFolder folder;
    const auto store = open_store(folder);
    for (const std::uint64_t key : {10u, 20u, 30u}) REQUIRE(append_value(*store, key, 100));
    auto reader = store->read();
    REQUIRE(reader);
    const auto below = [&](std::uint64_t key) {
        auto row = reader->at_or_before(Table::commands, BigEndian(key).key());
        return *row ? *number((*row)->key) : 0;
    };
    const auto above = [&](std::uint64_t key) {
        auto row = reader->at_or_after(Table::commands, BigEndian(key).key());
        return *row ? *number((*row)->key) : 0;
    };
    CHECK(below(9) == 0);
    CHECK(below(10) == 10);
    CHECK(below(19) == 10);
    CHECK(below(99) == 30);
    CHECK(above(1) == 10);
    CHECK(above(20) == 20);
    CHECK(above(21) == 30);
    CHECK(above(31) == 0);
    CHECK(reader->get(Table::events, BigEndian(10).key())->has_value() == false);
}

TEST_CASE("a map that is too small grows without losing or repeating anything", "[store]") {
    const TempFolder folder;
    const auto store = open_store(folder, Access::write, 64 * 1024);
    const std::size_t before = store->map_bytes();
    for (std::uint64_t key = 1; key <= 100; ++key) REQUIRE(append_value(*store, key, 50'000));
    CHECK(store->map_bytes() >= 100 * 50'000);
    CHECK(store->map_bytes() > before);
    auto reader = store->read();
    for (std::uint64_t key = 1; key <= 100; ++key) {
        const auto value = reader->get(Table::commands, BigEndian(key).key());
        REQUIRE((*value)->size() == 50'000);
        REQUIRE((**value)[49'999] == static_cast<std::byte>(key));
    }
}

TEST_CASE("one value larger than the whole map fits after several doublings", "[store]") {
    const TempFolder folder;
    const auto store = open_store(folder, Access::write, 64 * 1024);
    REQUIRE(append_value(*store, 1, 10'000'000));
    CHECK(last_key(*store) == 1);
}

TEST_CASE("an earlier key is not appended", "[store]") {
    const TempFolder folder;
    const auto store = open_store(folder);
    REQUIRE(append_value(*store, 5, 10));
    const auto again = append_value(*store, 4, 10);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::corrupt);
    CHECK(last_key(*store) == 5);
}

TEST_CASE("what a filler refuses is not written", "[store]") {
    const TempFolder folder;
    const auto store = open_store(folder);
    const auto written = store->write([&](Store::Writer& writer) -> Result<void> {
        REQUIRE(writer.append(Table::commands, BigEndian(1).key(), 10));
        return failure(ErrorCode::corrupt, "no");
    });
    REQUIRE_FALSE(written);
    CHECK(last_key(*store) == 0);
}

TEST_CASE("a full disk is an error that says so, and what was committed stays", "[store]") {
    const TempFolder folder;
    {
        const auto store = open_store(folder, Access::write, std::size_t{1} << 26);
        REQUIRE(append_value(*store, 1, 100'000));
        const FileSizeLimit limit(std::filesystem::file_size(folder.path() / "data.mdb"));
        const auto written = append_value(*store, 2, 5'000'000);
        REQUIRE_FALSE(written);
        INFO(written.error().text);
        CHECK((written.error().code == ErrorCode::disk_full || written.error().code == ErrorCode::io));
        CHECK(written.error().text.find("data.mdb") != std::string::npos);
    }
    const auto store = open_store(folder);
    CHECK(last_key(*store) == 1);
    REQUIRE(append_value(*store, 2, 5'000'000));
}

TEST_CASE("a reader finds no journal where there is none", "[store]") {
    const TempFolder folder;
    const auto store = Store::open({folder.path() / "data.mdb", Access::read});
    REQUIRE_FALSE(store);
    CHECK(store.error().code == ErrorCode::absent);
    CHECK(store.error().text.find(folder.path().string()) != std::string::npos);
}

TEST_CASE("a file that is not a journal, and one that was cut, are refused with a sentence", "[store]") {
    const TempFolder folder;
    {
        const auto store = open_store(folder, Access::write, std::size_t{1} << 26);
        REQUIRE(append_value(*store, 1, 1'000'000));
    }
    std::filesystem::resize_file(folder.path() / "data.mdb", 100'000);
    for (const Access access : {Access::read, Access::write}) {
        const auto cut = Store::open({folder.path() / "data.mdb", access});
        REQUIRE_FALSE(cut);
        CHECK(cut.error().code == ErrorCode::corrupt);
        CHECK(cut.error().text.find("it was cut") != std::string::npos);
    }
    std::ofstream(folder.path() / "data.mdb", std::ios::trunc) << std::string(100'000, 'x');
    const auto other = Store::open({folder.path() / "data.mdb", Access::read});
    REQUIRE_FALSE(other);
    CHECK(other.error().code == ErrorCode::corrupt);
}

TEST_CASE("a folder without the right to write is refused with a sentence", "[store]") {
    if (::geteuid() == 0) return;  // root may write everywhere
    const TempFolder folder;
    std::filesystem::permissions(folder.path(),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    const auto store = Store::open({folder.path() / "journal" / "00000000000000000001.mdb"});
    REQUIRE_FALSE(store);
    CHECK(store.error().code == ErrorCode::permission);
}

TEST_CASE("what was committed is there after the writer was killed", "[store]") {
    const TempFolder folder;
    const pid_t child = ::fork();
    if (child == 0) {
        auto store = Store::open({folder.path() / "data.mdb", Access::write, std::size_t{1} << 20});
        for (std::uint64_t key = 1; key <= 20; ++key)
            if (!append_value(**store, key, 10'000)) ::_exit(1);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    CHECK(last_key(*open_store(folder, Access::read)) == 20);
    const auto store = open_store(folder);
    REQUIRE(append_value(*store, 21, 10));
}
