// SPDX-License-Identifier: Apache-2.0
#include "engine/book/orders.hpp"

#include <algorithm>

#include "engine/delivery/standby.hpp"
#include "engine/strips/strips.hpp"

namespace gridbook::engine {

std::uint8_t told_flags(const State& state, const OrderRecord& record) {
    std::uint8_t flags = 0;
    if (record.has(order_option::guidance_below)) flags |= order_flag::guidance_below;
    if (record.has(order_option::guidance_above)) flags |= order_flag::guidance_above;
    if (record.has(order_option::capped)) flags |= order_flag::capped;
    if (record.has(order_option::post_only)) flags |= order_flag::post_only;
    if (record.has(order_option::market)) flags |= order_flag::market;
    if (record.has(order_option::standby)) return flags | order_flag::standby;
    if (state.orders[record.live_slot].non_executable) flags |= order_flag::non_executable;
    return flags;
}

std::int32_t told_deviation(const OrderRecord& record) {
    if (!record.has(order_option::guidance_below) && !record.has(order_option::guidance_above)) return 0;
    const std::int64_t away = static_cast<std::int64_t>(record.price.value) - record.guidance.value;
    return static_cast<std::int32_t>(away * basis_points_one / record.guidance.value);
}

void cancel(Step& step, std::uint32_t slot, CancelReason reason, std::uint8_t flags) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    if (record.kind == OrderKind::strip) [[unlikely]]
        return cancel_strip(step, slot, reason, flags);
    if (record.kind == OrderKind::standby) [[unlikely]]
        return cancel_standby(step, slot, reason, flags);
    release_hold(state, record);
    unrest(state, record);
    finish(state, record, OrderState::cancelled, reason);
    const bool reply = (flags & event_flag::reply) != 0;
    tell_order(step, record, Money{}, {.origin = reply ? step.command.origin : Origin{}}, flags);
}

void decrement(Step& step, std::uint32_t slot, std::uint32_t lots) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    if (lots == record.leaves) return cancel(step, slot, CancelReason::self_trade);
    release_hold(state, record);
    if (rests(state, record)) {
        RestingOrder& order = state.orders[record.live_slot];
        order.leaves -= lots;
        state.books[order.book].reduce(state.levels, order, lots);
    }
    // As in a reduction, lots that carry margin go first: they would have been sold last.
    record.leaves -= lots;
    record.free = std::min(record.free, record.leaves);
    take_hold(state, record, held(state, record));
    OrderEvent e = order_event(state, record);
    e.order_flags |= order_flag::decremented;
    tell_numbered(step, record.account, e);
}

}  // namespace gridbook::engine
