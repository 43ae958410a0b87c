// SPDX-License-Identifier: Apache-2.0
// Deliveries in the twin: who delivers to whom, what both sides report, and what is told of it (market-rules
// section 7).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::DeliveryState;
using engine::InstrumentId;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;
using engine::Time;

// ---- pairing ----

// Net sellers with net buyers: those who were paired in the hour before, then equal quantities, then the
// largest with the largest. All in the order of their names.
void NaiveExchange::pair(InstrumentId i) {
    if (genesis_.deliveries == 0) return;
    Left sellers, buyers;
    for (const auto& [key, p] : positions_) {
        if (key.second != i) continue;
        if (p.sold != 0 || p.bought != 0 || p.open_sells != 0) gated_.insert(i);
        if (p.sold == p.bought) continue;
        const std::int64_t net = p.sold - p.bought;
        (net > 0 ? sellers : buyers)[accounts_[key.first.value].name] = {key.first, std::abs(net)};
    }
    pair_those_of_before(i, sellers, buyers);
    const auto left = [](const auto& side) { return side.second.second; };
    for (auto& seller : sellers) {
        if (left(seller) == 0) continue;
        const auto equal =
            std::find_if(buyers.begin(), buyers.end(), [&](auto& b) { return left(b) == left(seller); });
        if (equal != buyers.end()) deliver(i, seller, *equal, left(seller));
    }
    // The first of the largest, so that ties go by name.
    const auto less = [&](const auto& a, const auto& b) { return left(a) < left(b); };
    for (;;) {
        const auto seller = std::max_element(sellers.begin(), sellers.end(), less);
        const auto buyer = std::max_element(buyers.begin(), buyers.end(), less);
        if (seller == sellers.end() || buyer == buyers.end()) return;
        const std::int64_t lots = std::min(left(*seller), left(*buyer));
        if (lots == 0) return;
        deliver(i, *seller, *buyer, lots);
    }
}

// Whoever delivers to somebody goes on doing so, unless it failed.
void NaiveExchange::pair_those_of_before(InstrumentId i, Left& sellers, Left& buyers) {
    const InstrumentId before = engine::instrument(i.family, engine::Period{i.period.value - 1});
    std::set<std::pair<std::string, std::string>> pairs;
    for (const auto& [id, d] : deliveries_)
        if (d.instrument == before && d.replaces.value == 0 && !d.failed())
            pairs.insert({accounts_[d.seller.value].name, accounts_[d.buyer.value].name});
    for (const auto& [seller_name, buyer_name] : pairs) {
        const auto seller = sellers.find(seller_name);
        const auto buyer = buyers.find(buyer_name);
        if (seller == sellers.end() || buyer == buyers.end()) continue;
        const std::int64_t lots = std::min(seller->second.second, buyer->second.second);
        if (lots != 0) deliver(i, *seller, *buyer, lots);
    }
}

// At the mean price of all that the seller sold of this hour.
void NaiveExchange::deliver(InstrumentId i, Left::value_type& seller, Left::value_type& buyer,
                            std::int64_t lots) {
    seller.second.second -= lots;
    buyer.second.second -= lots;
    const engine::Product product_ = product(i.family);
    Delivery d;
    d.instrument = i;
    d.seller = seller.second.first;
    d.buyer = buyer.second.first;
    const Position& sold = positions_.at({d.seller, i});
    d.price = half_even(sold.receivable, engine::Wide{sold.sold} * engine::micro_per_tick_lot(product_));
    d.qty = lots;
    d.minutes = engine::period_length(product_).value / engine::minute.value;
    tell(make(d));
}

Delivery& NaiveExchange::make(Delivery d) {
    d.id = engine::DeliveryId{++last_delivery_};
    return deliveries_[d.id] = d;
}

// ---- time ----

Time NaiveExchange::start_of(const Delivery& d) const {
    return engine::window_start(d.instrument.period, product(d.instrument.family));
}
Time NaiveExchange::end_of(const Delivery& d) const {
    return engine::window_end(d.instrument.period, product(d.instrument.family));
}
std::int64_t NaiveExchange::running_minute(const Delivery& d) const {
    const engine::Duration since = now_ - start_of(d);
    return since.value < 0 ? -1 : since.value / engine::minute.value;
}

// ---- reports ----

NaiveExchange::Refusal NaiveExchange::report_refusal(engine::DeliveryId id) const {
    if (!account_known(header().account)) return refusal(RejectReason::account_unknown, RejectField::account);
    const auto d = deliveries_.find(id);
    const bool known = d != deliveries_.end() &&
                       (d->second.seller == header().account || d->second.buyer == header().account);
    if (known) return std::nullopt;
    auto r = refusal(RejectReason::delivery_unknown, RejectField::delivery);
    r.got = id.value;
    return r;
}

// The seller says where. It is in time until the delivery fails or the window is over.
void NaiveExchange::ready(const engine::ReportReady& report) {
    if (const auto refused = report_refusal(report.delivery)) return refuse(*refused);
    Delivery& d = deliveries_.at(report.delivery);
    if (of_tokens(d) || d.failed() || now_ >= end_of(d) || d.seller != header().account) {
        auto r = refusal(RejectReason::delivery_state, RejectField::delivery);
        r.got = d.id.value;
        return refuse(r);
    }
    d.endpoint = report.endpoint;
    const bool before = now_ < start_of(d);
    const bool waited = d.state == DeliveryState::failing || (before && d.state == DeliveryState::gated);
    if (waited && (before || d.by_seller.empty()))
        d.state = before ? DeliveryState::ready : DeliveryState::delivering;
    tell(d, true);
}

NaiveExchange::Refusal NaiveExchange::meter_refusal(const Delivery& d, const engine::ReportMeter& m) const {
    const std::int64_t last = d.first + d.minutes - 1, minute = m.minute;
    if ((of_tokens(d) && m.requests == 0) || (d.failed() && minute >= *d.failed_from) ||
        now_ >= end_of(d) + engine::minute * 5) {
        auto r = refusal(RejectReason::delivery_state, RejectField::delivery);
        r.got = d.id.value;
        return r;
    }
    const std::int64_t begun = std::min(std::max(running_minute(d), d.first - 1), last);
    if (minute < d.first || minute > begun) {
        auto r = refusal(RejectReason::format_value, RejectField::meter_minute);
        r.limit_low = d.first;
        r.limit_high = begun;
        r.got = minute;
        return r;
    }
    if (of_tokens(d)) return std::nullopt;
    if (m.requests != 0 || m.served != 0) {
        auto r = refusal(RejectReason::format_value, RejectField::requests);
        r.got = static_cast<std::int64_t>(std::max(m.requests, m.served));
        return r;
    }
    if (m.available.value < 0 || !engine::on_lot(m.available, engine::Product::gpu)) {
        auto r = refusal(RejectReason::lot, RejectField::available);
        r.limit_high = engine::gpu_lot_decimal;
        r.got = m.available.value;
        return r;
    }
    return std::nullopt;
}

// One minute, said by one side. What was said first counts; a report of the minute that runs, or of the one
// before, brings a failing delivery back.
void NaiveExchange::meter(const engine::ReportMeter& m) {
    if (const auto refused = report_refusal(m.delivery)) return refuse(*refused);
    Delivery& d = deliveries_.at(m.delivery);
    if (const auto refused = meter_refusal(d, m)) return refuse(*refused);
    if (of_tokens(d)) return take_requests(d, m);
    const bool sells = d.seller == header().account;
    auto& said = sells ? d.by_seller : d.by_buyer;
    const std::int64_t lots = engine::lots_of(m.available, engine::Product::gpu).value;
    const bool first = said.emplace(m.minute, std::min(lots, d.qty)).second;
    engine::Metered e;
    e.origin = header().origin;
    e.delivery = d.id;
    e.minute = m.minute;
    e.available = static_cast<std::uint32_t>(said.at(m.minute));
    e.counted = static_cast<std::uint32_t>(d.counted(m.minute));
    for (std::int64_t k = d.first; k < std::min(running_minute(d), d.first + d.minutes); ++k)
        if (said.count(k) == 0) e.gaps |= std::uint64_t{1} << k;
    e.power_w = m.power_w;
    e.utilisation = m.utilisation;
    e.party = sells ? Side::sell : Side::buy;
    const int flags = engine::event_flag::reply | (first ? 0 : engine::event_flag::duplicate);
    emit(header().account, e, false, static_cast<std::uint8_t>(flags));
    const bool timely = m.minute >= running_minute(d) - 1;
    if (!first || !sells || !timely || d.state != DeliveryState::failing) return;
    d.missed = 0;
    change(d, DeliveryState::delivering);
}

// ---- telling ----

void NaiveExchange::change(Delivery& d, DeliveryState state) {
    d.state = state;
    tell(d);
}

engine::DeliveryChanged NaiveExchange::picture(const Delivery& d, Side party) const {
    engine::DeliveryChanged e;
    e.delivery = d.id;
    e.replaces = d.replaces;
    e.instrument = d.instrument;
    e.seller = d.seller;
    e.buyer = d.buyer;
    e.price = price_of(d.price);
    e.qty = static_cast<std::uint32_t>(d.qty);
    e.delivered = static_cast<std::uint64_t>(d.delivered());
    e.missed = static_cast<std::uint32_t>(d.missed);
    e.first_minute = static_cast<std::uint16_t>(d.first);
    e.minutes = static_cast<std::uint16_t>(d.minutes);
    e.state = d.state;
    e.party = party;
    e.endpoint = d.endpoint;
    return e;
}

// To the seller, whose report it may answer, then to the buyer.
void NaiveExchange::tell(const Delivery& d, bool reply, std::int64_t covers) {
    for (const Side party : {Side::sell, Side::buy}) {
        engine::DeliveryChanged e = picture(d, party);
        e.covers = static_cast<std::uint32_t>(covers);
        const bool answers = reply && party == Side::sell;
        if (answers) e.origin = header().origin;
        emit(party == Side::sell ? d.seller : d.buyer, e, true,
             answers ? engine::event_flag::reply : std::uint8_t{0});
    }
}

}  // namespace gridbook::twin
