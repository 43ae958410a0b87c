// SPDX-License-Identifier: Apache-2.0
#include "engine/tokens/holdings.hpp"

namespace gridbook::engine {
namespace {

HoldingChanged told_holding(const Delivery& d, HoldingChange change, std::uint64_t amount) {
    HoldingChanged e;
    e.holding = d.id;
    e.instrument = d.instrument;
    e.seller = d.seller;
    e.buyer = d.buyer;
    e.qty = d.qty;
    e.change = change;
    e.amount = amount;
    e.drawn = d.drawn;
    e.remaining = left_of(d);
    return e;
}

void tell_holding(Step& step, HoldingChanged e) {
    tell_numbered(step, e.seller, e);
    e.party = Side::buy;
    tell_numbered(step, e.buyer, e);
}

}  // namespace

bool class_has_tokens(const State& state, ClassId id) {
    for (const Family& family : state.catalogue.families())
        if (family.defined.class_id == id && family.product == Product::token) return true;
    return false;
}

bool is_holding(const State& state, const Delivery& d) {
    return state.usages.kept() && state.catalogue.family(d.instrument.family).product == Product::token;
}

void draw_from(Step& step, std::uint32_t slot, std::uint64_t amount, const Text<32>& usage) {
    State& state = step.state;
    Delivery& d = state.deliveries[slot];
    GRIDBOOK_CHECK(amount <= left_of(d));
    d.drawn += amount;
    if (left_of(d) == 0) state.deliveries.release(state.accounts, slot);
    HoldingChanged e = told_holding(d, HoldingChange::drawn, amount);
    e.usage = usage;
    tell_holding(step, e);
}

void notice_holding(Step& step, const Delivery& d) {
    if (!is_holding(step.state, d) || left_of(d) == 0) return;
    HoldingChanged e = told_holding(d, HoldingChange::notice, 0);
    e.party = Side::buy;
    tell_numbered(step, d.buyer, e);
}

void end_holding(Step& step, const Delivery& d) {
    State& state = step.state;
    if (!d.held) return;
    state.deliveries.release(state.accounts, state.deliveries.find(d.id));
    tell_holding(step, told_holding(d, HoldingChange::expired, held_quarters(d) - d.drawn));
}

HoldingRow holding_row(const Delivery& d, Side party, Origin origin) {
    HoldingRow row;
    row.origin = origin;
    row.holding = d.id;
    row.instrument = d.instrument;
    row.qty = d.qty;
    row.drawn = d.drawn;
    row.remaining = left_of(d);
    row.party = party;
    return row;
}

}  // namespace gridbook::engine
