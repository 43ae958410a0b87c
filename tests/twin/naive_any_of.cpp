// SPDX-License-Identifier: Apache-2.0
// Any-of orders in the twin: a need in benchmark units, bought whole from the family where it costs the
// least.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::InstrumentId;
using engine::OrderState;
using engine::RejectField;
using engine::RejectReason;
using engine::Wide;

namespace {

constexpr std::int64_t most_met = 2'000;
constexpr std::int64_t tenth = engine::gpu_lot_decimal;

}  // namespace

NaiveExchange::Refusal NaiveExchange::any_of_refusal(const engine::PlaceAnyOf& p) const {
    const engine::AccountId who = header().account;
    if (kills_.accounts.count(who) != 0 || kills_.groups.count(accounts_[who.value].group) != 0)
        return refusal(RejectReason::killed, RejectField::account);
    if (kills_.market) return refusal(RejectReason::killed, RejectField::none);
    const auto outside = [&](RejectField field, std::int64_t got, std::int64_t high) {
        auto r = refusal(RejectReason::format_value, field);
        r.limit_low = 1;
        r.limit_high = high;
        r.got = got;
        return r;
    };
    if (p.hours < 1 || p.hours > 168) return outside(RejectField::hours, p.hours, 168);
    if (p.count < 1 || p.count > engine::PlaceAnyOf::most_families)
        return outside(RejectField::family, p.count, engine::PlaceAnyOf::most_families);
    for (std::size_t k = 0; k < p.count; ++k)
        if (p.families[k].value >= families_.size() || product(p.families[k]) == engine::Product::token)
            return refusal(RejectReason::symbol_unknown, RejectField::family);
    for (std::uint32_t k = 0; k < p.hours; ++k) {
        const InstrumentId i = engine::instrument(p.families[0], engine::Period{p.start.value + k});
        auto r = symbol_refusal(i);
        if (!r) continue;
        r->instrument = i;
        return r;
    }
    if (auto r = tick_refusal(p.price)) return r;
    if (p.need.value % tenth != 0) {
        auto r = refusal(RejectReason::lot, RejectField::need);
        r.limit_high = tenth;
        r.got = p.need.value;
        return r;
    }
    if (p.need.value <= 0 || p.need.value > most_qty()) {
        auto r = refusal(RejectReason::qty_limit, RejectField::need);
        r.limit_low = tenth;
        r.limit_high = most_qty();
        r.got = p.need.value;
        return r;
    }
    return notional_refusal(Wide{engine::ticks_of(p.price)} * (p.need.value / tenth) * p.hours * 1'000);
}

// Whole units: ceil(need / k).
NaiveExchange::Choice NaiveExchange::choice(const engine::PlaceAnyOf& p, engine::FamilyId f) const {
    Choice c;
    c.family = f;
    const auto& class_ = classes_[families_[f.value].defined.class_id.value];
    c.factor = p.profile == engine::Profile::train ? class_.k_train : class_.k_infer;
    if (c.factor == 0) {  // no use of this kind: nothing to be had
        c.sweep.why = CancelReason::no_liquidity_in_band;
        c.sweep.hour = p.start;
        return c;
    }
    const std::int64_t units = (p.need.value / tenth * 100 + c.factor - 1) / c.factor;
    c.lots = units * 10;
    c.sweep =
        sweep(engine::instrument(f, p.start), p.hours, engine::Side::buy, c.lots, header().account, true);
    if (c.had()) c.cost = narrow(c.sweep.total * 1'000);
    return c;
}

void NaiveExchange::tell_alternatives(const engine::PlaceAnyOf& p, const std::vector<Choice>& choices,
                                      engine::OrderId id) {
    for (std::size_t k = 0; k < choices.size(); ++k) {
        const Choice& c = choices[k];
        engine::Alternative a;
        a.origin = header().origin;
        a.order = id;
        a.cost = engine::Money{c.cost};
        a.instrument = engine::instrument(c.family, p.start);
        a.qty = static_cast<std::uint32_t>(c.lots);
        a.factor = c.factor;
        a.place = static_cast<std::uint8_t>(k);
        a.count = p.count;
        a.why = c.sweep.why;
        a.hour = c.sweep.hour;
        emit(header().account, a);
    }
}

void NaiveExchange::place_any_of(const engine::PlaceAnyOf& p) {
    if (told_before(p.cid)) return;
    const auto refuse_with = [&](engine::Refused r) {
        if (r.instrument == engine::no_instrument) r.instrument = engine::instrument(p.families[0], p.start);
        refuse_order(r, p.cid);
    };
    if (const auto refused = any_of_refusal(p)) return refuse_with(*refused);
    std::vector<Choice> choices;
    for (std::size_t k = 0; k < p.count; ++k) choices.push_back(choice(p, p.families[k]));
    for (const Choice& c : choices) {
        if (c.sweep.met <= most_met) continue;
        auto r = pool_full(engine::Pool::events, most_met);
        r.got = most_met + 1;
        return refuse_with(r);
    }
    // The least total cost; of equal ones the first.
    const Choice* taken = nullptr;
    for (const Choice& c : choices)
        if (c.had() && (taken == nullptr || c.cost < taken->cost)) taken = &c;
    AnyOf a;
    a.account = header().account;
    a.entered = sequence_;
    a.told.cid = p.cid;
    a.told.need = p.need;
    a.told.price = price_of(engine::ticks_of(p.price));
    a.told.hours = p.hours;
    a.told.profile = p.profile;
    a.told.state = OrderState::cancelled;
    if (taken == nullptr) {
        a.told.reason = choices.front().sweep.why;
    } else if (taken->cost > Wide{engine::ticks_of(p.price)} * (p.need.value / tenth) * p.hours * 1'000) {
        a.told.reason = CancelReason::price;
    } else {
        a.told.hold = engine::Money{buy_hold(taken->cost)};
        if (const auto r = funds_refusal(accounts_[a.account.value].cash, a.told.hold.value))
            return refuse_with(*r);
        if (const auto r = limit_refusal(engine::Pool::none)) return refuse_with(*r);
        a.told.state = OrderState::open;
        a.told.instrument = engine::instrument(taken->family, p.start);
        a.told.cost = engine::Money{taken->cost};
        a.told.qty = static_cast<std::uint32_t>(taken->lots);
        a.band = families_[taken->family.value].band.version;
        a.guidance = families_[taken->family.value].band.guidance;
    }
    a.told.order = remember(p.cid);
    tell_alternatives(p, choices, a.told.order);
    engine::AnyOfEvent e = a.told;
    e.origin = header().origin;
    emit(a.account, e, true, engine::event_flag::reply);
    if (a.told.state == OrderState::open) fill_any_of(a, *taken);
    remembered_.at({a.account, p.cid}).done = now_;
    any_ofs_[a.told.order] = a;
}

// The hold of the exact cost is used up or released by the last fill.
void NaiveExchange::fill_any_of(AnyOf& a, const Choice& c) {
    Account& account = accounts_[a.account.value];
    std::int64_t hold = a.told.hold.value;
    account.cash -= hold;
    account.hold += hold;
    for (std::size_t k = 0; k < c.sweep.hours.size(); ++k) {
        const InstrumentId i = engine::instrument(
            c.family, engine::Period{a.told.instrument.period.value + static_cast<std::uint32_t>(k)});
        std::int64_t left = c.lots;
        for (const Leg& leg : c.sweep.hours[k]) {
            left -= leg.lots;
            ++trades_;
            fill(live_.at(leg.maker), leg.price, leg.lots, engine::Liquidity::maker);
            engine::Fill f = leg_fill(i, leg.price, leg.lots, engine::Liquidity::taker);
            const std::int64_t spent = leg.price * leg.lots * 1'000 + f.fee.value + f.tax.value;
            const bool last = k + 1 == c.sweep.hours.size() && left == 0;
            const std::int64_t released = last ? hold - spent : 0;
            hold -= spent + released;
            account.hold -= spent + released;
            account.cash += released;
            fee_income_ += f.fee.value;
            tax_payable_ += f.tax.value;
            positions_[{a.account, i}].bought += leg.lots;
            f.order = a.told.order;
            f.cid = a.told.cid;
            f.leaves = static_cast<std::uint32_t>(left);
            f.of = engine::OrderKind::any_of;
            f.released = engine::Money{released};
            emit(a.account, f, true);
            traded(i, leg.price);
        }
    }
    a.told.hold = {};
    a.told.state = OrderState::filled;
}

}  // namespace gridbook::twin
