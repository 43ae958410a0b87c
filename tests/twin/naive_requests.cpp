// SPDX-License-Identifier: Apache-2.0
// Token days in the twin: how many requests there were, and how many of them were served, as either side says
// it; what the day gives back follows from that (market-rules section 7).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::Money;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;
using engine::Wide;

// Totals since the day began: they never fall, and no more are served than there are.
NaiveExchange::Refusal NaiveExchange::requests_refusal(const std::optional<Delivery::Day>& before,
                                                       const engine::ReportMeter& m) const {
    const auto outside = [this](RejectField field, std::uint64_t low, std::uint64_t high, std::uint64_t got) {
        auto r = refusal(RejectReason::format_value, field);
        r.limit_low = static_cast<std::int64_t>(low);
        r.limit_high = static_cast<std::int64_t>(high);
        r.got = static_cast<std::int64_t>(got);
        return r;
    };
    const std::uint64_t all = before ? before->all : 1, served = before ? before->served : 0;
    if (m.requests < all || m.requests > engine::most_requests)
        return outside(RejectField::requests, all, engine::most_requests, m.requests);
    if (m.served < served || m.served > m.requests)
        return outside(RejectField::served, served, m.requests, m.served);
    return std::nullopt;
}

// The last word of a side counts; what it says of an earlier minute, or of the same, changes nothing.
void NaiveExchange::take_requests(Delivery& d, const engine::ReportMeter& m) {
    const bool sells = d.seller == header().account;
    auto& said = sells ? d.day_by_seller : d.day_by_buyer;
    const bool again = said && m.minute <= said->minute;
    if (!again) {
        if (const auto refused = requests_refusal(said, m)) return refuse(*refused);
        said = Delivery::Day{m.minute, m.requests, m.served};
    }
    engine::Metered e;
    e.origin = header().origin;
    e.delivery = d.id;
    e.minute = m.minute;
    e.power_w = m.power_w;
    e.utilisation = m.utilisation;
    e.party = sells ? Side::sell : Side::buy;
    e.requests = said->all;
    e.served = said->served;
    const int flags = engine::event_flag::reply | (again ? engine::event_flag::duplicate : 0);
    emit(header().account, e, false, static_cast<std::uint8_t>(flags));
}

// The lesser share of the two, if anybody reported.
std::optional<Delivery::Day> NaiveExchange::day_of(const Delivery& d) {
    if (!d.day_by_seller || !d.day_by_buyer) return d.day_by_seller ? d.day_by_seller : d.day_by_buyer;
    const Wide seller = Wide{d.day_by_seller->served} * d.day_by_buyer->all;
    const Wide buyer = Wide{d.day_by_buyer->served} * d.day_by_seller->all;
    return buyer < seller ? d.day_by_buyer : d.day_by_seller;
}

// Of a token day with requests: what is told of it, and what it gives back.
void NaiveExchange::settle_day(const Delivery& d, engine::DeliverySettled& e) const {
    const auto day = day_of(d);
    if (!day) return;
    const engine::DefineTier& tier = tier_of(d.instrument);
    const Wide cost = Wide{d.price} * engine::micro_per_tick_lot(engine::Product::token) * d.qty;
    const Wide failed = Wide{day->all} - day->served;
    e.requests = day->all;
    e.served = day->served;
    e.delivered = static_cast<std::uint64_t>(Wide{d.promised()} * day->served / day->all);
    if (Wide{day->served} * 100'000 >= Wide{day->all} * tier.availability) return;
    e.short_of = e.promised - e.delivered;
    e.refund = Money{half_even(cost * failed, day->all)};
    const Wide penalty = cost * failed * tier.penalty.value, most = cost * day->all * 10'000;
    e.penalty = Money{half_even(std::min(penalty, most), Wide{day->all} * 10'000)};
}

}  // namespace gridbook::twin
