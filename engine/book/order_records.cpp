// SPDX-License-Identifier: Apache-2.0
#include "engine/book/order_records.hpp"

#include <bit>

namespace gridbook::engine {
namespace {

void put(std::int64_t value, std::uint32_t& low, std::uint32_t& high) {
    low = static_cast<std::uint32_t>(static_cast<std::uint64_t>(value));
    high = static_cast<std::uint32_t>(static_cast<std::uint64_t>(value) >> 32);
}
std::int64_t taken(std::uint32_t low, std::uint32_t high) {
    return static_cast<std::int64_t>(std::uint64_t{high} << 32 | low);
}
CommandKind command_of(OrderKind kind) {
    switch (kind) {
        case OrderKind::order:
        case OrderKind::standby: return CommandKind::place_order;
        case OrderKind::strip: return CommandKind::place_strip;
        case OrderKind::any_of: return CommandKind::place_any_of;
    }
    return CommandKind::none;
}

}  // namespace

void OrderRecord::remember(const Refused& r) {
    state = OrderState::refused;
    instrument = r.instrument;
    band = r.band;
    price = Price{static_cast<std::int32_t>(r.reason) | static_cast<std::int32_t>(r.field) << 8 |
                  static_cast<std::int32_t>(r.pool) << 16};
    put(r.limit_low, qty, leaves);
    put(r.limit_high, cum, position);
    put(r.got, free, live_slot);
}

Refused OrderRecord::refusal() const {
    Refused r;
    r.cid = cid;
    r.instrument = instrument;
    r.band = band;
    r.reason = static_cast<RejectReason>(price.value & 0xFF);
    r.field = static_cast<RejectField>(price.value >> 8 & 0xFF);
    r.pool = static_cast<Pool>(price.value >> 16 & 0xFF);
    r.limit_low = taken(qty, leaves);
    r.limit_high = taken(cum, position);
    r.got = taken(free, live_slot);
    r.command = command_of(kind);
    return r;
}

void OrderRecord::remember(Decimal need, Money cost) {
    put(need.value, leaves, free);
    priority = Sequence{static_cast<std::uint64_t>(cost.value)};
}

Decimal OrderRecord::need() const { return Decimal{taken(leaves, free)}; }

void OrderRecords::reserve(std::size_t slots, Duration retention) {
    GRIDBOOK_CHECK(std::has_single_bit(slots));
    records_.assign(slots, OrderRecord{});
    mask_ = static_cast<std::uint32_t>(slots - 1);
    index_.reserve(slots);
    retention_ = retention;
}

std::uint32_t OrderRecords::enter(AccountId account, const Cid& cid, const Place& place) {
    const std::uint32_t slot = claim(place);
    OrderRecord& record = records_[slot];
    record = OrderRecord{};
    record.id = last_;
    record.account = account;
    record.cid = cid;
    return slot;
}

void OrderRecords::put_back(const OrderRecord& record) {
    const std::uint32_t slot = slot_of(record.id);
    records_[slot] = record;
    // A later id displaces an earlier one of the same cid, as it did when it was entered.
    const Place place = look(record.account, record.cid);
    if (!taken(place))
        index_.insert(place.hash, slot);
    else if (records_[place.entry.slot].id < record.id)
        index_.replace(place.entry, slot);
}

}  // namespace gridbook::engine
