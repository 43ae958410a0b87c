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

// Of a failed delivery the minutes before its failure may still be told; of a token day requests alone.
bool takes_meter(const State& state, const Delivery& d, const ReportMeter& body) {
    const bool tokens = product_of(state, d) == Product::token;
    if ((tokens && body.requests == 0) || (d.failed() && body.minute >= d.failed_from)) return false;
    return state.time < window_of(state, d).end + provisional_after;
}

Refused out_of_range(RejectField field, std::int64_t low, std::int64_t high, std::int64_t got) {
    Refused r = refusal(RejectReason::format_value, field, high, got);
    r.limit_low = low;
    return r;
}

// The minute is the delivery's own and has begun.
Refused check_minute(const State& state, const Delivery& d, std::uint32_t minute) {
    const std::int64_t first = d.first_minute;
    const std::int64_t begun = window_of(state, d).running(state.time);
    const std::int64_t last = std::clamp<std::int64_t>(begun, first - 1, std::int64_t{d.end_minute()} - 1);
    if (minute >= first && minute <= last) return {};
    return out_of_range(RejectField::meter_minute, first, last, minute);
}

// The quantity is on its step, and nothing is said of requests.
Refused check_reading(const ReportMeter& body) {
    if (body.requests != 0 || body.served != 0)
        return out_of_range(RejectField::requests, 0, 0,
                            static_cast<std::int64_t>(std::max(body.requests, body.served)));
    if (body.available >= Decimal{} && on_lot(body.available, Product::gpu)) return {};
    return refusal(RejectReason::lot, RejectField::available, lot_decimal(Product::gpu),
                   body.available.value);
}

// There are no more than may be counted, as many as were said before at least, and no more were served. What
// was said of an earlier minute is not asked for.
Refused check_requests(const Requests& before, const ReportMeter& body) {
    const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
    const std::uint64_t least = std::max<std::uint64_t>(before.all, 1);
    if (body.requests < least || body.requests > most_requests)
        return out_of_range(RejectField::requests, number(least), number(most_requests),
                            number(body.requests));
    if (body.served < before.served || body.served > body.requests)
        return out_of_range(RejectField::served, number(before.served), number(body.requests),
                            number(body.served));
    return {};
}

// Minutes that are over and that this side has not reported.
std::uint64_t gaps(const State& state, const Delivery& d, const Readings& readings) {
    const std::int64_t over =
        std::clamp<std::int64_t>(window_of(state, d).running(state.time), d.first_minute, d.end_minute());
    std::uint64_t mask = 0;
    for (std::int64_t m = d.first_minute; m < over; ++m) mask |= std::uint64_t{1} << m;
    return mask & ~readings.said;
}

// The answer, but for what is said of minutes or requests.
Metered& metered(Step& step, const Delivery& d, const ReportMeter& body, Side party, bool duplicate) {
    Metered& e = next_event<Metered>(
        step, step.command.account,
        static_cast<std::uint8_t>(event_flag::reply | (duplicate ? event_flag::duplicate : 0)));
    e.origin = step.command.origin;
    e.delivery = d.id;
    e.minute = body.minute;
    e.power_w = body.power_w;
    e.utilisation = body.utilisation;
    e.party = party;
    return e;
}

void tell_metered(Step& step, const Delivery& d, const ReportMeter& body, Side party, bool duplicate) {
    const Readings& readings = party == Side::sell ? d.by_seller : d.by_buyer;
    Metered& e = metered(step, d, body, party, duplicate);
    e.available = readings.lots[body.minute];
    e.counted = d.counts(body.minute);
    e.gaps = gaps(step.state, d, readings);
}

// The seller's report for the minute that runs, or for the one before it, ends a failing.
void recover(Step& step, Delivery& d, std::uint32_t minute) {
    if (d.state != DeliveryState::failing) return;
    if (minute + 1 < window_of(step.state, d).running(step.state.time)) return;
    d.state = DeliveryState::delivering;
    d.missed = 0;
    tell_both(step, d);
}

void take_reading(Step& step, Delivery& d, const ReportMeter& body, Side party) {
    if (const Refused r = check_reading(body); !passed(r)) return refuse(step, r);
    Readings& readings = party == Side::sell ? d.by_seller : d.by_buyer;
    if (readings.has(body.minute)) return tell_metered(step, d, body, party, true);
    const std::uint32_t before = d.counts(body.minute);
    const Quantity said = least(lots_of(body.available, Product::gpu), Quantity{d.qty});
    readings.set(body.minute, static_cast<std::uint32_t>(said.value));
    d.counted += d.counts(body.minute);
    d.counted -= before;
    tell_metered(step, d, body, party, false);
    if (party == Side::sell) recover(step, d, body.minute);
}

// Of a token day: the totals up to this minute, unless this side said those of a later one already.
void take_requests(Step& step, Delivery& d, const ReportMeter& body, Side party) {
    Requests& said = party == Side::sell ? d.of_day_by_seller : d.of_day_by_buyer;
    const bool duplicate = said.said() && body.minute <= said.minute;
    if (!duplicate) {
        if (const Refused r = check_requests(said, body); !passed(r)) return refuse(step, r);
        said = {.all = body.requests, .served = body.served, .minute = body.minute};
    }
    Metered& e = metered(step, d, body, party, duplicate);
    e.requests = said.all;
    e.served = said.served;
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
    if (!takes_meter(state, d, body))
        return refuse_delivery(step, RejectReason::delivery_state, body.delivery);
    if (const Refused r = check_minute(state, d, body.minute); !passed(r)) return refuse(step, r);
    if (product_of(state, d) == Product::token) return take_requests(step, d, body, spoken.party);
    take_reading(step, d, body, spoken.party);
}

}  // namespace gridbook::engine
