// SPDX-License-Identifier: Apache-2.0
// What time does to deliveries in the twin: they begin, fail, end; and whoever stands by takes over what
// failed (market-rules section 7).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::DeliveryState;
using engine::InstrumentId;
using engine::Time;

namespace {

constexpr engine::Duration ready_lead{engine::minute.value * 5};
constexpr engine::Duration provisional_after{engine::minute.value * 5};
constexpr engine::Duration final_after{engine::minute.value * 60};
constexpr engine::Duration notice_lead{engine::hour.value * 2};
constexpr std::int64_t most_missed = 3;
constexpr std::int64_t start_by_otherwise_s = 600;

}  // namespace

// The instants at which something may be due of deliveries, whatever their states, and if there is none.
std::vector<Time> NaiveExchange::instants(InstrumentId i) const {
    const engine::Product product_ = product(i.family);
    const Time start = engine::window_start(i.period, product_), end = engine::window_end(i.period, product_);
    std::vector<Time> all{start, end, end + provisional_after, end + final_after};
    if (product_ == engine::Product::token) {
        if (genesis_.draws_log2 != 0) all.push_back(end - notice_lead);
        return all;
    }
    all.push_back(start - ready_lead);
    const Time minute{now_.value - now_.value % engine::minute.value + engine::minute.value};
    if (minute > start && minute < end) all.push_back(minute);
    return all;
}

Time NaiveExchange::next_of_deliveries() const {
    Time next = engine::never;
    const auto sooner = [&](Time t) {
        if (t > now_) next = std::min(next, t);
    };
    for (const InstrumentId i : gated_)
        for (const Time t : instants(i)) sooner(t);
    for (const auto& [id, offer] : standbys_)
        sooner(engine::window_end(offer.instrument.period, product(offer.instrument.family)));
    return next;
}

// Families by symbol: the offers of the hour that ends, then the deliveries by id. Then what is final. Other
// timers may be due again at an instant; a minute is over once.
void NaiveExchange::clock() {
    if (genesis_.deliveries == 0 || clocked_ == now_) return;
    clocked_ = now_;
    for (const engine::FamilyId f : by_symbol()) {
        for (const engine::OrderId id : standbys_of(f))
            if (engine::window_end(standbys_.at(id).instrument.period, product(f)) == now_)
                cancel_and_tell(id, engine::CancelReason::gate_closed);
        std::vector<engine::DeliveryId> ids;
        for (const auto& [id, d] : deliveries_)
            if (d.instrument.family == f) ids.push_back(id);
        for (const engine::DeliveryId id : ids) tick(deliveries_.at(id));
    }
    std::set<InstrumentId> final;
    for (const auto& [key, position] : positions_)
        if (engine::window_end(key.second.period, product(key.second.family)) + final_after == now_)
            final.insert(key.second);
    for (const InstrumentId i : in_symbol_order(final)) settle(i);
    std::erase_if(gated_, [&](InstrumentId i) {
        return engine::window_end(i.period, product(i.family)) + final_after == now_;
    });
}

void NaiveExchange::tick(Delivery& d) {
    const Time start = start_of(d), end = end_of(d);
    const bool tokens = of_tokens(d);
    if (now_ == start - ready_lead && !tokens) {
        if (d.state == DeliveryState::gated) change(d, DeliveryState::failing);
    } else if (now_ == start) {
        if (d.state == DeliveryState::ready || tokens) change(d, DeliveryState::delivering);
    } else if (now_ > start && now_ <= end) {
        const bool whole = now_.value % engine::minute.value == 0;
        const std::int64_t over = running_minute(d) - 1;
        if (whole && !tokens && !d.failed() && over >= d.first) minute_over(d, over);
        if (tokens && now_ == end - notice_lead) notice(d);
        if (now_ != end || d.failed()) return;
        const std::uint64_t left = d.remaining();
        if (tokens) d.whole = d.promised();
        change(d, DeliveryState::delivered);
        if (tokens && left != 0 && genesis_.draws_log2 != 0) tell(d, engine::HoldingChange::expired, left);
    } else if (now_ == end + provisional_after && !d.failed()) {
        change(d, DeliveryState::provisional);
    }
}

// Something is left of a token day that ends soon.
void NaiveExchange::notice(const Delivery& d) {
    if (d.remaining() != 0 && genesis_.draws_log2 != 0) tell(d, engine::HoldingChange::notice, 0);
}

// Three silent minutes in a row after a first report, or no report at all by the tier's start.
void NaiveExchange::minute_over(Delivery& d, std::int64_t minute) {
    if (d.by_seller.count(minute) != 0) {
        d.missed = 0;
        return;
    }
    ++d.missed;
    const std::int64_t start_by = tier_of(d.instrument).start_by_s;
    const Time begin = start_of(d) + engine::minute * d.first;
    const Time late = begin + engine::second * (start_by == 0 ? start_by_otherwise_s : start_by);
    if (d.by_seller.empty() ? now_ >= late : d.missed >= most_missed) return fail(d);
    if (d.state != DeliveryState::failing) change(d, DeliveryState::failing);
}

// The whole minutes left are bought from those who stand by.
void NaiveExchange::fail(Delivery& d) {
    d.failed_from = running_minute(d);
    change(d, DeliveryState::failed);
    const std::int64_t minutes = d.first + d.minutes - *d.failed_from;
    if (minutes == 0) return;
    std::int64_t lots = d.qty;
    for (const engine::OrderId id : offers_for(d)) {
        if (lots == 0 || deliveries_.size() >= genesis_.deliveries) break;
        const std::int64_t covered = std::min(lots, enough_for(d, standbys_.at(id)));
        take_offer(d, id, covered, minutes);
        lots -= covered;
    }
    if (lots == 0) change(d, DeliveryState::replaced);
}

// The provider sold at its price, as a maker, what so many failed lots need of its class; whoever failed
// pays.
void NaiveExchange::take_offer(Delivery& d, engine::OrderId id, std::int64_t covered, std::int64_t minutes) {
    Order& offer = standbys_.at(id);
    const Worth w = worth(d, offer);
    const std::int64_t lots = (covered * w.lots + w.per - 1) / w.per;
    const InstrumentId i = offer.instrument;
    const engine::Wide value =
        engine::Wide{lots} * minutes * offer.price * engine::micro_per_tick_lot(product(i.family));
    engine::Replaced e;
    e.cost = engine::Money{half_even(value, 60)};
    e.fee = engine::Money{narrow(engine::Wide{e.cost.value} * genesis_.maker_fee.value / 10'000)};
    e.tax = engine::Money{narrow(engine::Wide{e.fee.value} * genesis_.tax.value / 10'000)};
    const Taken taken = take(d.seller, positions_.at({d.seller, d.instrument}), e.cost.value);

    Position& position = positions_.at({offer.account, i});
    const std::int64_t before = offer.hold;
    offer.free -= std::min(offer.free, lots);
    offer.left -= lots;
    offer.cum += lots;
    offer.hold = margin_for(i.family, offer.margin_price, offer.left - offer.free);
    position.margin += before - offer.hold;  // stays with what was sold
    position.open_sells -= lots;
    position.sold += lots;
    position.receivable += e.cost.value;
    position.fee += e.fee.value;
    position.tax += e.tax.value;
    accounts_[offer.account.value].receivable += e.cost.value;
    replaced_[i] += lots;
    d.covered += covered * minutes;

    Delivery by;
    by.replaces = d.id;
    by.instrument = i;
    by.seller = offer.account;
    by.buyer = d.buyer;
    by.price = offer.price;
    by.qty = lots;
    by.first = *d.failed_from;
    by.minutes = minutes;
    by.stands_for = covered;
    by.state = DeliveryState::delivering;
    const Delivery& made = make(by);
    const bool another = family(i).defined.class_id != family(d.instrument).defined.class_id;
    tell(made, false, another ? covered : 0);

    e.failed = d.id;
    e.by = made.id;
    e.order = id;
    e.seller = d.seller;
    e.standby = offer.account;
    e.qty = static_cast<std::uint32_t>(lots);
    e.leaves = static_cast<std::uint32_t>(offer.left);
    e.price = price_of(offer.price);
    e.minutes = static_cast<std::uint16_t>(minutes);
    e.from_receivable = engine::Money{taken.receivable};
    e.from_margin = engine::Money{taken.margin};
    e.from_cash = engine::Money{taken.cash};
    e.from_fund = engine::Money{taken.fund};
    emit(offer.account, e, true);
    e.party = engine::Side::buy;
    emit(d.seller, e, true);
    if (offer.left == 0) end_standby(id, engine::OrderState::filled, engine::CancelReason::none);
}

}  // namespace gridbook::twin
