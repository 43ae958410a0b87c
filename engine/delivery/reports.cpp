// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/reports.hpp"

#include <algorithm>

#include "engine/delivery/telling.hpp"
#include "engine/refusal.hpp"

namespace gridbook::engine {
namespace {

// The delivery that the account speaks of, and on which side it stands: the seller's, when it is both.
struct Spoken {
    Delivery* delivery = nullptr;  // null: unknown to this account
    Side party = Side::sell;
};
Spoken find(State& state, AccountId account, DeliveryId id) {
    const std::uint32_t slot = state.deliveries.find(id);
    if (slot == 0) return {};
    Delivery& d = state.deliveries[slot];
    if (d.seller != account && d.buyer != account) return {};
    return {&d, d.seller == account ? Side::sell : Side::buy};
}

void refuse_delivery(Step& step, RejectReason reason, DeliveryId id) {
    refuse(step, refusal(reason, RejectField::delivery, 0, id.value));
}

Product product_of(const State& state, const Delivery& d) {
    return state.catalogue.family(d.instrument.family).product;
}
Window window_of(const State& state, const Delivery& d) { return Window(d.instrument, product_of(state, d)); }

bool takes_ready(const State& state, const Spoken& spoken) {
    const Delivery& d = *spoken.delivery;
    return spoken.party == Side::sell && product_of(state, d) == Product::gpu && !d.failed() &&
           !window_of(state, d).ended(state.time);
}

// Of a failed delivery the minutes before its failure may still be told.
bool takes_meter(const State& state, const Delivery& d, std::uint32_t minute) {
    if (product_of(state, d) != Product::gpu || (d.failed() && minute >= d.failed_from)) return false;
    return state.time < window_of(state, d).end + provisional_after;
}

// The minute is the delivery's own and has begun, the quantity is on its step.
Refused check_reading(const State& state, const Delivery& d, const ReportMeter& body) {
    const std::int64_t first = d.first_minute;
    const std::int64_t begun = window_of(state, d).running(state.time);
    const std::int64_t last = std::clamp<std::int64_t>(begun, first - 1, std::int64_t{d.end_minute()} - 1);
    if (body.minute < first || body.minute > last) {
        Refused r = refusal(RejectReason::format_value, RejectField::meter_minute, last, body.minute);
        r.limit_low = first;
        return r;
    }
    if (body.available >= Decimal{} && on_lot(body.available, Product::gpu)) return {};
    return refusal(RejectReason::lot, RejectField::available, lot_decimal(Product::gpu),
                   body.available.value);
}

// Minutes that are over and that this side has not reported.
std::uint64_t gaps(const State& state, const Delivery& d, const Readings& readings) {
    const std::int64_t over =
        std::clamp<std::int64_t>(window_of(state, d).running(state.time), d.first_minute, d.end_minute());
    std::uint64_t mask = 0;
    for (std::int64_t m = d.first_minute; m < over; ++m) mask |= std::uint64_t{1} << m;
    return mask & ~readings.said;
}

void tell_metered(Step& step, const Delivery& d, const ReportMeter& body, Side party, bool duplicate) {
    const Readings& readings = party == Side::sell ? d.by_seller : d.by_buyer;
    Metered& e = next_event<Metered>(
        step, step.command.account,
        static_cast<std::uint8_t>(event_flag::reply | (duplicate ? event_flag::duplicate : 0)));
    e.origin = step.command.origin;
    e.delivery = d.id;
    e.minute = body.minute;
    e.available = readings.lots[body.minute];
    e.counted = d.counts(body.minute);
    e.gaps = gaps(step.state, d, readings);
    e.power_w = body.power_w;
    e.utilisation = body.utilisation;
    e.party = party;
}

// The seller's report for the minute that runs, or for the one before it, ends a failing.
void recover(Step& step, Delivery& d, std::uint32_t minute) {
    if (d.state != DeliveryState::failing) return;
    if (minute + 1 < window_of(step.state, d).running(step.state.time)) return;
    d.state = DeliveryState::delivering;
    d.missed = 0;
    tell_both(step, d);
}

}  // namespace

void report_ready(Step& step, const ReportReady& body) {
    State& state = step.state;
    const Spoken spoken = find(state, step.command.account, body.delivery);
    if (spoken.delivery == nullptr)
        return refuse_delivery(step, RejectReason::delivery_unknown, body.delivery);
    if (!takes_ready(state, spoken))
        return refuse_delivery(step, RejectReason::delivery_state, body.delivery);
    Delivery& d = *spoken.delivery;
    const bool begun = window_of(state, d).begun(state.time);
    if (!begun && (d.state == DeliveryState::gated || d.state == DeliveryState::failing))
        d.state = DeliveryState::ready;
    if (begun && d.state == DeliveryState::failing && d.by_seller.said == 0)
        d.state = DeliveryState::delivering;
    d.endpoint = body.endpoint;
    answer_both(step, d);
}

void report_meter(Step& step, const ReportMeter& body) {
    State& state = step.state;
    const Spoken spoken = find(state, step.command.account, body.delivery);
    if (spoken.delivery == nullptr)
        return refuse_delivery(step, RejectReason::delivery_unknown, body.delivery);
    Delivery& d = *spoken.delivery;
    if (!takes_meter(state, d, body.minute))
        return refuse_delivery(step, RejectReason::delivery_state, body.delivery);
    if (const Refused r = check_reading(state, d, body); !passed(r)) return refuse(step, r);
    Readings& readings = spoken.party == Side::sell ? d.by_seller : d.by_buyer;
    if (readings.has(body.minute)) return tell_metered(step, d, body, spoken.party, true);
    const std::uint32_t before = d.counts(body.minute);
    const Quantity said = least(lots_of(body.available, Product::gpu), Quantity{d.qty});
    readings.set(body.minute, static_cast<std::uint32_t>(said.value));
    d.counted += d.counts(body.minute);
    d.counted -= before;
    tell_metered(step, d, body, spoken.party, false);
    if (spoken.party == Side::sell) recover(step, d, body.minute);
}

}  // namespace gridbook::engine
