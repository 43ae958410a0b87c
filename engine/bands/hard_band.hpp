// SPDX-License-Identifier: Apache-2.0
#pragma once
// A family's hard band [F, C] with its guidance (market-rules section 5). F = 0.70 G and C = 1.40 G follow G
// until the regulator sets them; edges round inward. Changes take a version when accepted, also if effective
// later.

#include <array>
#include <span>

#include "engine/event.hpp"

namespace gridbook::engine {

struct HardBand {
    std::uint32_t version = 0;
    Price low{};             // ceil_tick(F)
    Price high{};            // floor_tick(C)
    Price guidance{};        // G
    bool floor_set = false;  // by the regulator; otherwise 0.70 G
    bool ceiling_set = false;
    Time effective{};
    Sequence blob{};
    Text<24> rationale{};

    bool holds(Price price) const { return price >= low && price <= high; }
};

// 0.70 G rounded up and 1.40 G rounded down to the tick.
constexpr Price default_floor(Price guidance) {
    return Price{static_cast<std::int32_t>((static_cast<std::int64_t>(guidance.value) * 7 + 9) / 10)};
}
constexpr Price default_ceiling(Price guidance) {
    return Price{static_cast<std::int32_t>(static_cast<std::int64_t>(guidance.value) * 14 / 10)};
}

// What a regulator asks for; Price{} leaves a value as it is.
struct BandChange {
    std::uint32_t version = 0;
    Price floor{};
    Price ceiling{};
    Price guidance{};
    Time effective{};
    Sequence blob{};
    Text<24> rationale{};
};

constexpr HardBand changed(const HardBand& before, const BandChange& change) {
    HardBand after = before;
    after.version = change.version;
    after.effective = change.effective;
    after.blob = change.blob;
    if (!change.rationale.empty()) after.rationale = change.rationale;
    if (change.guidance != Price{}) after.guidance = change.guidance;
    if (change.floor != Price{}) after.floor_set = true, after.low = change.floor;
    if (change.ceiling != Price{}) after.ceiling_set = true, after.high = change.ceiling;
    if (!after.floor_set) after.low = default_floor(after.guidance);
    if (!after.ceiling_set) after.high = default_ceiling(after.guidance);
    return after;
}

// Accepted changes that are not yet in force, soonest first, then by version.
class BandSchedule {
  public:
    static constexpr std::size_t limit = 8;

    bool full() const { return size_ == limit; }
    bool empty() const { return size_ == 0; }
    const BandChange& front() const { return changes_[0]; }
    std::span<const BandChange> all() const { return {changes_.data(), size_}; }
    void add(const BandChange& change) {
        std::size_t at = size_++;
        for (; at > 0 && changes_[at - 1].effective > change.effective; --at) changes_[at] = changes_[at - 1];
        changes_[at] = change;
    }
    void pop_front() {
        for (std::size_t i = 1; i < size_; ++i) changes_[i - 1] = changes_[i];
        changes_[--size_] = BandChange{};
    }

  private:
    std::array<BandChange, limit> changes_{};
    std::size_t size_ = 0;
};

}  // namespace gridbook::engine
