// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/settlement.hpp"

#include <algorithm>

#include "engine/delivery/disputing.hpp"
#include "engine/delivery/money.hpp"

namespace gridbook::engine {
namespace {

// The buyer gets refund and penalty; the seller's account is in debt for both until its position is settled.
void settle_delivery(Step& step, Delivery& d) {
    State& state = step.state;
    const Shortfall s = shortfall_of(state, d);
    DeliverySettled e;
    e.delivery = d.id;
    e.qty = d.qty;
    e.instrument = d.instrument;
    e.seller = d.seller;
    e.buyer = d.buyer;
    e.promised = d.promised();
    e.delivered = s.delivered;
    e.short_of = s.short_of;
    e.refund = s.refund;
    e.penalty = s.penalty;
    e.price = d.price;
    e.was = d.state;
    e.requests = d.requests().all;
    e.served = d.requests().served;
    d.state = DeliveryState::settled;
    state.accounts[d.seller].penalty -= s.refund + s.penalty;
    state.accounts[d.buyer].cash += s.refund + s.penalty;
    tell_numbered(step, d.seller, e);
    e.party = Side::buy;
    tell_numbered(step, d.buyer, e);
}

// Calls f(slot) for the deliveries that the account sold in this instrument, by id, while it says yes.
template <class F>
bool for_each_sold(const State& state, AccountId account, InstrumentId i, F&& f) {
    const Deliveries& deliveries = state.deliveries;
    std::uint32_t node = deliveries.first_node(state.accounts[account]);
    for (; node != 0; node = deliveries.next_node(node)) {
        const std::uint32_t slot = Deliveries::slot_of(node);
        const bool sold = Deliveries::side_of(node) == Side::sell && deliveries[slot].instrument == i;
        if (sold && !f(slot)) return false;
    }
    return true;
}

bool settle_sold(Step& step, AccountId account, InstrumentId i) {
    Deliveries& deliveries = step.state.deliveries;
    return for_each_sold(step.state, account, i, [&](std::uint32_t slot) {
        if (deliveries[slot].state == DeliveryState::settled) return true;
        if (step.sink.room() < 2) return false;
        settle_delivery(step, deliveries[slot]);
        return true;
    });
}

// Refunds and penalties of all that the account sold in this instrument. They are told by then; what they
// came to is taken anew, because nothing that they follow from can have changed since.
Money owed_by(const State& state, AccountId account, InstrumentId i) {
    Money owed;
    for_each_sold(state, account, i, [&](std::uint32_t slot) {
        const Shortfall s = shortfall_of(state, state.deliveries[slot]);
        owed += s.refund + s.penalty;
        return true;
    });
    return owed;
}

// Takes what it can of `due` from what is there.
Money take(Money& due, Money there) {
    const Money taken{std::min(due.value, std::max<std::int64_t>(there.value, 0))};
    due -= taken;
    return taken;
}

void settle_position(Step& step, Position& p) {
    State& state = step.state;
    Account& account = state.accounts[p.account];
    PositionSettled e;
    e.instrument = p.instrument;
    e.sold = static_cast<std::uint32_t>(p.sold.value);
    e.bought = static_cast<std::uint32_t>(p.bought.value);
    e.receivable = p.receivable;
    e.fee = p.fee;
    e.tax = p.tax;
    e.owed = owed_by(state, p.account, p.instrument);
    Money due = e.fee + e.tax + e.owed;
    e.paid = p.receivable - take(due, p.receivable);
    e.from_margin = take(due, p.margin);
    e.margin = p.margin - e.from_margin;
    e.from_cash = take(due, account.cash);
    e.from_fund = due;
    account.receivable -= p.receivable;
    account.margin -= p.margin;
    account.penalty += e.owed;
    account.cash += e.paid + e.margin - e.from_cash;
    House& house = state.accounts.house;
    house.fee_income += e.fee;
    house.tax_payable += e.tax;
    house.default_fund -= e.from_fund;
    p.sold = p.bought = p.reoffered = p.paired = Quantity{};
    p.margin = p.receivable = p.fee = p.tax = Money{};
    tell_numbered(step, p.account, e);
}

// Positions of the instrument by account, from that of `task.record` on.
bool settle_positions(Step& step, Task& task, InstrumentId i) {
    State& state = step.state;
    std::vector<std::uint32_t>& slots = state.scratch;
    slots.clear();
    state.positions.for_each_of(i, [&](std::uint32_t slot) {
        const Position& p = state.positions[slot];
        const bool traded = p.sold != Quantity{} || p.bought != Quantity{};
        if (p.account.value >= task.record && traded) slots.push_back(slot);
    });
    std::sort(slots.begin(), slots.end(), [&](std::uint32_t a, std::uint32_t b) {
        return state.positions[a].account < state.positions[b].account;
    });
    for (const std::uint32_t slot : slots) {
        const AccountId account = state.positions[slot].account;
        task.record = account.value;
        if (!settle_sold(step, account, i) || step.sink.room() == 0) return false;
        settle_position(step, state.positions[slot]);
        state.positions.remove_if_idle(state.accounts, slot);
        task.record = account.value + 1;
    }
    return true;
}

// All are told: the deliveries of the instrument make room.
void forget(State& state, InstrumentId i) {
    Deliveries& deliveries = state.deliveries;
    for (std::uint32_t slot = deliveries.first(i.family); slot != 0;) {
        const std::uint32_t next = deliveries[slot].next;
        if (deliveries[slot].instrument == i) deliveries.remove(state.accounts, slot);
        slot = next;
    }
    deliveries.close(i);
}

// The instrument of this family that is settled now; no_instrument: none.
InstrumentId settled_now(const State& state, FamilyId id) {
    const Product product = state.catalogue.family(id).product;
    for (const Period period : state.deliveries.hours(id))
        if (period != Period{} && window_end(period, product) + final_after == state.time)
            return instrument(id, period);
    return no_instrument;
}

}  // namespace

bool settle_due(Step& step, Task& task) {
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor, task.record = 0) {
        if (!state.deliveries.any_hour(order[task.cursor])) continue;
        const InstrumentId i = settled_now(state, order[task.cursor]);
        if (i == no_instrument) continue;
        if (!settle_positions(step, task, i) || !suspend_disputed(step, i)) return false;
        forget(state, i);
    }
    return true;
}

}  // namespace gridbook::engine
