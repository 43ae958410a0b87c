// SPDX-License-Identifier: Apache-2.0
#include "engine/book/remembered.hpp"

#include "engine/book/orders.hpp"
#include "engine/refusal.hpp"
#include "engine/strips/strips.hpp"

namespace gridbook::engine {

AnyOfEvent any_of_event(const OrderRecord& record) {
    AnyOfEvent e;
    e.order = record.id;
    e.cid = record.cid;
    e.instrument = record.instrument;
    e.need = record.need();
    e.cost = record.cost();
    e.price = record.price;
    e.qty = record.qty;
    e.hours = static_cast<std::uint16_t>(record.hours());
    e.state = record.state;
    e.reason = record.reason;
    e.tif = record.tif;
    e.profile = record.self_trade == SelfTrade::cancel_taker ? Profile::train : Profile::infer;
    return e;
}

void tell_again(Step& step, std::uint32_t slot, std::uint64_t body_hash) {
    const OrderRecord& record = step.state.records[slot];
    if (record.body_hash != body_hash) {
        Refused r = refusal(RejectReason::cid_reused, RejectField::cid);
        r.cid = record.cid;
        return refuse(step, r);
    }
    constexpr std::uint8_t flags = event_flag::reply | event_flag::duplicate;
    const auto again = [&](auto body) {
        body.origin = step.command.origin;
        tell(step, record.account, body, flags);
    };
    if (record.state == OrderState::refused) return again(record.refusal());
    if (record.kind == OrderKind::strip) return again(strip_event(step.state, record));
    if (record.kind == OrderKind::any_of) return again(any_of_event(record));
    again(order_event(step.state, record));
}

void remember_refusal(Step& step, OrderKind kind, const Cid& cid, const OrderRecords::Place& place,
                      std::uint64_t body_hash, const Refused& refused) {
    State& state = step.state;
    OrderRecord& record = state.records[state.records.enter(step.command.account, cid, place)];
    record.kind = kind;
    record.body_hash = body_hash;
    record.time = state.time;
    record.remember(refused);
    refuse(step, refused);
}

}  // namespace gridbook::engine
