// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/positions.hpp"

#include <bit>

namespace gridbook::engine {

void Positions::reserve(std::size_t limit) {
    slots_.assign(limit, Position{});
    buckets_.assign(std::bit_ceil(limit * 2), no_slot);
    mask_ = buckets_.size() - 1;
    free_.resize(limit);
    for (std::size_t i = 0; i < limit; ++i) free_[i] = static_cast<std::uint32_t>(limit - 1 - i);
}

std::uint32_t Positions::enter(Accounts& accounts, AccountId account, InstrumentId instrument) {
    if (const std::uint32_t known = find(account, instrument); known != no_slot) return known;
    GRIDBOOK_CHECK(!free_.empty());
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    Position& position = slots_[slot];
    position = Position{};
    position.account = account;
    position.instrument = instrument;
    std::uint32_t& head = buckets_[bucket(account, instrument)];
    position.next_in_bucket = head;
    head = slot;
    std::uint32_t& first = accounts[account].first_position;
    position.next_of_account = first;
    if (first != no_slot) slots_[first].previous_of_account = slot;
    first = slot;
    return slot;
}

void Positions::remove(Accounts& accounts, std::uint32_t slot) {
    Position& position = slots_[slot];
    std::uint32_t* link = &buckets_[bucket(position.account, position.instrument)];
    while (*link != slot) link = &slots_[*link].next_in_bucket;
    *link = position.next_in_bucket;
    if (position.next_of_account != no_slot)
        slots_[position.next_of_account].previous_of_account = position.previous_of_account;
    if (position.previous_of_account != no_slot)
        slots_[position.previous_of_account].next_of_account = position.next_of_account;
    else
        accounts[position.account].first_position = position.next_of_account;
    position = Position{};
    free_.push_back(slot);
}

}  // namespace gridbook::engine
