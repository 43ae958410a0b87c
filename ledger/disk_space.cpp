// SPDX-License-Identifier: Apache-2.0
#include "ledger/disk_space.hpp"

#include <sys/statvfs.h>

namespace gridbook::ledger {

namespace {

constexpr engine::Duration ask_every = engine::millisecond * 250;

}  // namespace

bool DiskSpace::low(engine::Time now) {
    if (floor_ == 0 || (asked_ != engine::Time{} && now - asked_ < ask_every)) return low_;
    asked_ = now;
    struct statvfs status {};
    if (::statvfs(folder_.c_str(), &status) != 0) return low_;
    free_ = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
    low_ = free_ < (low_ ? floor_ + floor_ / 8 : floor_);
    return low_;
}

}  // namespace gridbook::ledger
