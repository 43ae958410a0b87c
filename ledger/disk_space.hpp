// SPDX-License-Identifier: Apache-2.0
#pragma once
// Is there room on the disk of the data folder? Under a floor, which is larger than what a full ring may
// still commit, new orders are turned away while cancels go on, so that a commit never meets a full disk;
// above it again (and an eighth more, so that it does not flutter) they are taken as before. It asks at most
// four times a second.

#include <filesystem>

#include "engine/units/time.hpp"

namespace gridbook::ledger {

class DiskSpace {
  public:
    DiskSpace(std::filesystem::path folder, std::uint64_t floor_bytes)
        : folder_(std::move(folder)), floor_(floor_bytes) {}

    // True while there is too little. A disk that does not answer counts as before.
    bool low(engine::Time now);
    std::uint64_t free_bytes() const { return free_; }  // when it was last asked
    std::uint64_t floor_bytes() const { return floor_; }

  private:
    std::filesystem::path folder_;
    std::uint64_t floor_;
    std::uint64_t free_ = 0;
    bool low_ = false;
    engine::Time asked_{};
};

}  // namespace gridbook::ledger
