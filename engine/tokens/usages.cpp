// SPDX-License-Identifier: Apache-2.0
#include "engine/tokens/usages.hpp"

namespace gridbook::engine {
namespace {

std::uint32_t day_of(Time now) { return static_cast<std::uint32_t>(now.value / day.value); }
std::uint64_t hash_of_id(const Usage& u) { return CidIndex::hash(u.account, u.id); }

}  // namespace

void Usages::reserve(std::uint8_t log2) {
    if (log2 == 0) return;
    limit_ = std::size_t{1} << log2;
    ring_.reserve(limit_);
    index_.reserve(limit_);
}

const Usage* Usages::find(AccountId account, const Text<32>& id, Time now) const {
    const auto is_it = [&](std::uint32_t slot) {
        const Usage& u = ring_[slot];
        return u.account == account && u.id == id && lives(u, now);
    };
    const std::uint32_t slot = index_.look(CidIndex::hash(account, id), is_it).slot;
    return slot == no_slot ? nullptr : &ring_[slot];
}

// No more than two days are remembered at a time, the earlier one in the first hour after it.
std::size_t Usages::remembered(Time now) const {
    const Time last_end{(std::int64_t{last_day_} + 1) * day.value};
    if (now >= last_end + usage_kept) return 0;
    return of_last_ + (now < last_end - day + usage_kept ? of_before_ : 0);
}

void Usages::count(std::uint32_t today) {
    if (today != last_day_) {
        of_before_ = today == last_day_ + 1 ? of_last_ : 0;
        of_last_ = 0;
        last_day_ = today;
    }
    of_last_ += 1;
}

// Two for each that comes, so all are gone when they have to be: were there no place left, the oldest would
// be too old, because those remembered are fewer than the places.
void Usages::forget(Time now) {
    for (int i = 0; i < 2 && first_ != end_ && !lives(at(first_), now); ++i, ++first_)
        index_.remove(hash_of_id(at(first_)), static_cast<std::uint32_t>(first_ & (limit_ - 1)));
}

void Usages::append(const Usage& usage) {
    GRIDBOOK_CHECK(end_ - first_ < limit_);
    const auto slot = static_cast<std::uint32_t>(end_ & (limit_ - 1));
    if (slot == ring_.size())
        ring_.push_back(usage);
    else
        ring_[slot] = usage;
    index_.insert(hash_of_id(usage), slot);
    end_ += 1;
    count(usage.day);
}

void Usages::add(const Usage& usage, Time now) {
    forget(now);
    Usage today = usage;
    today.day = day_of(now);
    append(today);
}

bool Usages::put_back(const Usage& usage, Time now) {
    const bool in_order = usage.day >= last_day_ && usage.day <= day_of(now) && lives(usage, now);
    if (!in_order || full(now) || find(usage.account, usage.id, now) != nullptr) return false;
    append(usage);
    return true;
}

}  // namespace gridbook::engine
