// SPDX-License-Identifier: Apache-2.0
#include "ledger/sandbox/day_tally.hpp"

#include <algorithm>

namespace gridbook::ledger {

using engine::CancelReason;
using engine::Command;
using engine::CommandKind;
using engine::decimal_one;
using engine::Event;
using engine::EventKind;
using engine::FamilyId;
using engine::Fill;
using engine::lot_decimal;
using engine::lots_of;
using engine::Money;
using engine::no_family;
using engine::notional;
using engine::OrderEvent;
using engine::OrderId;
using engine::OrderKind;
using engine::OrderRecord;
using engine::OrderState;
using engine::PlaceOrder;
using engine::PlaceStrip;
using engine::Product;
using engine::Quantity;
using engine::Refused;
using engine::RejectReason;
using engine::Side;
using engine::State;
using engine::StripEvent;
using engine::Time;
using engine::Wide;

namespace {

// Did the owner want it to end?
bool wished(CancelReason reason) {
    return reason == CancelReason::user || reason == CancelReason::disconnect ||
           reason == CancelReason::cancel_after || reason == CancelReason::self_trade ||
           reason == CancelReason::replaced_below_filled;
}

bool for_a_band(RejectReason reason) {
    return reason == RejectReason::price_band_hard || reason == RejectReason::price_band_dynamic;
}

// Buy lots that a refused command asked for.
Quantity asked(const Command& command, Product product) {
    if (command.kind() == CommandKind::place_order) {
        const auto& body = command.view<PlaceOrder>();
        return body.side == Side::buy ? lots_of(body.qty, product) : Quantity{};
    }
    if (command.kind() == CommandKind::place_strip) {
        const auto& body = command.view<PlaceStrip>();
        return body.side == Side::buy ? Quantity{lots_of(body.qty, product).value * body.hours} : Quantity{};
    }
    return Quantity{};
}

}  // namespace

Money DayTally::vwap(Product product) const {
    if (lots == Quantity{}) return Money{};
    const std::int64_t lots_a_unit = decimal_one / lot_decimal(product);
    return Money{static_cast<std::int64_t>(static_cast<Wide>(notional.value) * lots_a_unit / lots.value)};
}

bool DayTally::operator==(const DayTally& other) const {
    return trades == other.trades && lots == other.lots && notional == other.notional &&
           provider_income == other.provider_income && refused_hard == other.refused_hard &&
           refused_dynamic == other.refused_dynamic && parked == other.parked && unmet == other.unmet &&
           waiting == other.waiting;
}

DayTally& DayCount::of(FamilyId family) {
    if (families_.size() <= family.value) families_.resize(family.value + 1u);
    return families_[family.value];
}

HourTally& DayCount::hour(FamilyId family, Time time) {
    const std::int64_t passed = (time.value - from_.value) / engine::hour.value;
    return of(family).hours[static_cast<std::size_t>(std::clamp<std::int64_t>(passed, 0, 23))];
}

void DayCount::begin(const State& state, Time from) {
    from_ = from;
    for (const OrderRecord& r : state.records.all()) {
        if (!r.live() || r.kind == OrderKind::any_of) continue;
        const std::uint64_t hours = r.kind == OrderKind::strip ? r.hours() : 1;
        const std::uint64_t lots = r.kind == OrderKind::strip ? r.qty : r.leaves;
        open_[r.id] = {r.instrument.family, lots * hours, r.side == Side::buy};
    }
    add_families(state);
}

void DayCount::add_families(const State& state) {
    for (std::size_t i = products_.size(); i < state.catalogue.families().size(); ++i) {
        products_.push_back(state.catalogue.families()[i].product);
        of(FamilyId{static_cast<std::uint16_t>(i)});
    }
}

void DayCount::see(const Command& command, const Event& event) {
    switch (event.kind()) {
        case EventKind::order: return order(event.as<OrderEvent>());
        case EventKind::strip: return strip(event.as<StripEvent>());
        case EventKind::fill: return fill(event);
        case EventKind::refused: return refused(command, event);
        default: return;
    }
}

// An order that ends takes with it what it last had open.
void DayCount::track(OrderId id, OrderState state, CancelReason reason, const Open& now) {
    const auto known = open_.find(id);
    if (state == OrderState::open || state == OrderState::parked) {
        open_[id] = now;
        return;
    }
    const Open last = known == open_.end() ? now : known->second;
    if (state == OrderState::cancelled && last.buys && !wished(reason))
        of(last.family).unmet += Quantity{static_cast<std::int64_t>(last.lots)};
    if (known != open_.end()) open_.erase(known);
}

void DayCount::order(const OrderEvent& e) {
    if (e.state == OrderState::parked) ++of(e.instrument.family).parked;
    // Cancelled at once (FOK, MIN_QTY), it never had leaves.
    const std::uint32_t lots = e.state == OrderState::cancelled ? e.qty - e.cum : e.leaves;
    track(e.order, e.state, e.reason, {e.instrument.family, lots, e.side == Side::buy});
}

void DayCount::strip(const StripEvent& e) {
    const std::uint64_t lots = std::uint64_t{e.qty} * e.hours;
    track(e.order, e.state, e.reason, {e.instrument.family, lots, e.side == Side::buy});
}

void DayCount::fill(const Event& event) {
    const auto f = event.as<Fill>();
    DayTally& day = of(f.instrument.family);
    if (const auto known = open_.find(f.order); known != open_.end()) {
        known->second.lots -= std::min<std::uint64_t>(known->second.lots, f.qty);
        if (known->second.lots == 0) open_.erase(known);
    }
    if (f.side != Side::sell) return;
    HourTally& hour = this->hour(f.instrument.family, event.header.time);
    const Product product = products_[f.instrument.family.value];
    const Money amount = notional(f.price, Quantity{f.qty}, product);
    day.trades += 1, hour.trades += 1;
    day.lots += Quantity{f.qty}, hour.lots += Quantity{f.qty};
    day.notional += amount, hour.notional += amount;
    day.provider_income += amount - f.fee - f.tax;
}

void DayCount::refused(const Command& command, const Event& event) {
    const auto r = event.as<Refused>();
    if (!for_a_band(r.reason) || r.instrument.family == no_family) return;
    DayTally& day = of(r.instrument.family);
    (r.reason == RejectReason::price_band_hard ? day.refused_hard : day.refused_dynamic) += 1;
    hour(r.instrument.family, event.header.time).refused += 1;
    day.unmet += asked(command, products_[r.instrument.family.value]);
}

void DayCount::end() {
    for (const auto& [id, open] : open_)
        if (open.buys) of(open.family).waiting += Quantity{static_cast<std::int64_t>(open.lots)};
}

}  // namespace gridbook::ledger
