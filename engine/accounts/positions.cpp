// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/positions.hpp"

#include <bit>

namespace gridbook::engine {

void Positions::reserve(std::size_t limit, std::size_t instruments) {
    slots_.assign(limit, Position{});
    buckets_.assign(std::bit_ceil(limit * 2), no_slot);
    if (instruments != 0) instruments_.assign(std::bit_ceil(instruments * 2), no_slot);
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
    if (!instruments_.empty()) link_instrument(slot);
    return slot;
}

void Positions::link_instrument(std::uint32_t slot) {
    std::uint32_t& head = instruments_[place(slots_[slot].instrument)];
    slots_[slot].next_of_instrument = head;
    if (head != no_slot) slots_[head].previous_of_instrument = slot;
    head = slot;
}

void Positions::unlink_instrument(std::uint32_t slot) {
    const Position& gone = slots_[slot];
    if (gone.next_of_instrument != no_slot)
        slots_[gone.next_of_instrument].previous_of_instrument = gone.previous_of_instrument;
    if (gone.previous_of_instrument != no_slot)
        slots_[gone.previous_of_instrument].next_of_instrument = gone.next_of_instrument;
    else
        instruments_[place(gone.instrument)] = gone.next_of_instrument;
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
    if (!instruments_.empty()) unlink_instrument(slot);
    position = Position{};
    free_.push_back(slot);
}

}  // namespace gridbook::engine
