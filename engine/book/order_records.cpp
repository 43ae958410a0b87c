// SPDX-License-Identifier: Apache-2.0
#include "engine/book/order_records.hpp"

#include <bit>

#include "engine/units/hash.hpp"

namespace gridbook::engine {

void OrderRecords::reserve(std::size_t slots, Duration retention) {
    GRIDBOOK_CHECK(std::has_single_bit(slots));
    records_.assign(slots, OrderRecord{});
    buckets_.assign(slots * 2, no_slot);
    retention_ = retention;
}

std::size_t OrderRecords::bucket(AccountId account, const Cid& cid) const {
    return static_cast<std::size_t>(mix(hash_of(cid), account.value)) & (buckets_.size() - 1);
}

std::uint32_t OrderRecords::enter(AccountId account, const Cid& cid) {
    // Invariant: fewer orders rest than there are records, so a free or done slot is always found.
    std::uint32_t slot;
    do {
        last_.value += 1;
        slot = static_cast<std::uint32_t>(last_.value) & static_cast<std::uint32_t>(records_.size() - 1);
    } while (records_[slot].live());
    if (records_[slot].id != OrderId{}) forget(slot);
    OrderRecord& record = records_[slot];
    record = OrderRecord{};
    record.id = last_;
    record.account = account;
    record.cid = cid;
    std::uint32_t& head = buckets_[bucket(account, cid)];
    record.next_in_bucket = head;
    head = slot;
    return slot;
}

void OrderRecords::forget(std::uint32_t slot) {
    const OrderRecord& record = records_[slot];
    std::uint32_t* link = &buckets_[bucket(record.account, record.cid)];
    while (*link != slot) link = &records_[*link].next_in_bucket;
    *link = record.next_in_bucket;
}

std::uint32_t OrderRecords::find(AccountId account, const Cid& cid, Time now) const {
    // The newest record of a cid stands first in its chain, so one whose retention is over hides none that
    // counts.
    std::uint32_t slot = buckets_[bucket(account, cid)];
    while (slot != no_slot && !(records_[slot].account == account && records_[slot].cid == cid))
        slot = records_[slot].next_in_bucket;
    if (slot == no_slot) return no_slot;
    const OrderRecord& record = records_[slot];
    return record.live() || now < record.done + retention_ ? slot : no_slot;
}

std::uint32_t OrderRecords::find(OrderId id) const {
    const auto slot = static_cast<std::uint32_t>(id.value) & static_cast<std::uint32_t>(records_.size() - 1);
    const OrderRecord& record = records_[slot];
    return id != OrderId{} && record.id == id && record.state != OrderState::refused ? slot : no_slot;
}

}  // namespace gridbook::engine
