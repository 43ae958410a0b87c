// SPDX-License-Identifier: Apache-2.0
#pragma once
// Accepted changes that are not yet in force, soonest first, then by version: of a family's band, of the
// factors of a class. Of fixed size, because nothing is allocated after start.

#include <array>
#include <cstddef>
#include <span>

namespace gridbook::engine {

template <class Change>
class Schedule {
  public:
    static constexpr std::size_t limit = 8;

    bool full() const { return size_ == limit; }
    bool empty() const { return size_ == 0; }
    const Change& front() const { return changes_[0]; }
    std::span<const Change> all() const { return {changes_.data(), size_}; }
    void add(const Change& change) {
        std::size_t at = size_++;
        for (; at > 0 && changes_[at - 1].effective > change.effective; --at) changes_[at] = changes_[at - 1];
        changes_[at] = change;
    }
    void pop_front() {
        for (std::size_t i = 1; i < size_; ++i) changes_[i - 1] = changes_[i];
        changes_[--size_] = Change{};
    }

  private:
    std::array<Change, limit> changes_{};
    std::size_t size_ = 0;
};

}  // namespace gridbook::engine
