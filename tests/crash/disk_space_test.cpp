// SPDX-License-Identifier: Apache-2.0
// The floor of free space: low under it, and well again only an eighth above it, by itself.
#include "ledger/disk_space.hpp"

#include "disk.hpp"
#include "market.hpp"

using namespace gridbook;
using namespace gridbook::crash;

TEST_CASE("under the floor there is too little room, and an eighth above it enough again", "[space]") {
    const TempFolder folder;
    ledger::DiskSpace disk(folder.path(), 800 << 20);
    engine::Time now = tests::day_one;
    const auto low_with = [&](std::uint64_t megabytes) {
        free_bytes(megabytes << 20);
        now = now + engine::second;
        return disk.low(now);
    };
    CHECK_FALSE(low_with(801));
    CHECK(low_with(799));
    CHECK(disk.free_bytes() == 799ull << 20);
    CHECK(low_with(850));
    CHECK(low_with(899));
    CHECK_FALSE(low_with(901));
    CHECK_FALSE(low_with(801));
    // Not asked more often than four times a second.
    free_bytes(1 << 20);
    CHECK_FALSE(disk.low(now + engine::millisecond * 100));
    CHECK(disk.low(now + engine::millisecond * 300));
    free_bytes(0);
    ledger::DiskSpace without(folder.path(), 0);
    CHECK_FALSE(without.low(now));
}
