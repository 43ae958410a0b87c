// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/replacement.hpp"

#include <algorithm>
#include <optional>

#include "engine/book/orders.hpp"
#include "engine/delivery/money.hpp"
#include "engine/delivery/standby.hpp"
#include "engine/delivery/substitution.hpp"
#include "engine/delivery/telling.hpp"

namespace gridbook::engine {
namespace {

// A new delivery and what it cost, each to both, and at the end that all is replaced.
constexpr std::size_t replacement_events = 6;

std::uint32_t minutes_left(const Delivery& failed) { return failed.end_minute() - failed.failed_from; }

// What is left to be replaced, in its own lots: all replacements have the same minutes.
std::uint32_t lots_left(const Delivery& failed) {
    return failed.qty - static_cast<std::uint32_t>(failed.replaced / minutes_left(failed));
}

// The cap: the ceiling of the failed family, and one and a half times the contract's price.
Price most_paid(const State& state, const Delivery& failed) {
    const Price ceiling = state.catalogue.family(failed.instrument.family).band.high;
    return std::min(ceiling, Price{static_cast<std::int32_t>(std::int64_t{failed.price.value} * 3 / 2)});
}

// Another class may stand in; tier, product and residency are as they were.
bool may_stand_in(const Catalogue& c, const DefineFamily& x, const DefineFamily& y) {
    return x.tier_id == y.tier_id && x.product == y.product &&
           c.zones()[x.zone_id.value].residency == c.zones()[y.zone_id.value].residency;
}

Substitution rate_between(const Catalogue& c, const DefineFamily& failed, const DefineFamily& offered) {
    if (failed.class_id == offered.class_id) return {};
    return {.failed = c.classes()[failed.class_id.value].defined.k_train,
            .offered = c.classes()[offered.class_id.value].defined.k_train,
            .same_class = false};
}

// At which rate the offer may take over; nothing: it may not, or not a single lot.
std::optional<Substitution> rate_of(const State& state, const Delivery& failed, const OrderRecord& offer) {
    if (offer.instrument.period != failed.instrument.period) return {};
    if (state.accounts[offer.account].group == state.accounts[failed.seller].group) return {};
    const DefineFamily& own = state.catalogue.family(failed.instrument.family).defined;
    const DefineFamily& others = state.catalogue.family(offer.instrument.family).defined;
    if (!may_stand_in(state.catalogue, own, others)) return {};
    const Substitution rate = rate_between(state.catalogue, own, others);
    if (!rate.possible() || rate.covered(offer.leaves) == 0) return {};
    return rate;
}

struct Best {
    std::uint32_t offer = no_slot;  // its record; no_slot: there is none
    Substitution rate{};
};

// The offer that takes over next: the cheapest by the work it does; among equals one of the same class, then
// the oldest.
Best best_offer(const State& state, const Delivery& failed) {
    const Price most = most_paid(state, failed);
    Best best;
    for (std::uint32_t slot = state.standbys.first(); slot != 0; slot = state.standbys.next(slot)) {
        const std::uint32_t offer = state.standbys.record(slot);
        const OrderRecord& record = state.records[offer];
        const auto rate = rate_of(state, failed, record);
        if (!rate || rate->dearer(record.price, most)) continue;
        if (best.offer == no_slot || rate->before(record.price, best.rate, state.records[best.offer].price))
            best = {.offer = offer, .rate = *rate};
    }
    return best;
}

// From what it had to receive, its margin, its cash, and the default fund for the rest.
void charge_seller(State& state, const Delivery& failed, Replaced& e) {
    Position& p = state.positions[state.positions.find(failed.seller, failed.instrument)];
    Account& account = state.accounts[failed.seller];
    Money due = e.cost;
    const auto take = [&due](Money there) {
        const Money taken{std::min(due.value, std::max<std::int64_t>(there.value, 0))};
        due -= taken;
        return taken;
    };
    e.from_receivable = take(p.receivable);
    e.from_margin = take(p.margin);
    e.from_cash = take(account.cash);
    e.from_fund = due;
    p.receivable -= e.from_receivable;
    p.margin -= e.from_margin;
    account.receivable -= e.from_receivable;
    account.margin -= e.from_margin;
    account.cash -= e.from_cash;
    state.accounts.house.default_fund -= e.from_fund;
}

// The provider sold these lots: as in a trade, resold ones first; its margin stays with the others.
void sell_offer(State& state, OrderRecord& record, Replaced& e) {
    const Product product = state.catalogue.family(record.instrument.family).product;
    record.leaves -= e.qty;
    record.free -= std::min(record.free, e.qty);
    record.cum += e.qty;
    const Money left = record.leaves == 0 ? Money{} : hold_for(state, product, record);
    const Money given = record.hold - left;
    record.hold = left;
    e.fee = state.rates.fee(e.cost, Liquidity::maker);
    e.tax = state.rates.tax_on(e.fee);
    Position& p = state.positions[record.position];
    p.margin += given;
    p.open_sells -= Quantity{e.qty};
    p.sold += Quantity{e.qty};
    p.receivable += e.cost;
    p.fee += e.fee;
    p.tax += e.tax;
    state.accounts[record.account].receivable += e.cost;
    e.leaves = record.leaves;
    if (record.leaves == 0) finish_standby(state, record, OrderState::filled, CancelReason::none);
}

Delivery replacement(const Delivery& failed, const OrderRecord& offer, std::uint32_t lots) {
    Delivery d;
    d.replaces = failed.id;
    d.instrument = offer.instrument;
    d.seller = offer.account;
    d.buyer = failed.buyer;
    d.price = offer.price;
    d.qty = lots;
    d.first_minute = failed.failed_from;
    d.minutes = static_cast<std::uint16_t>(minutes_left(failed));
    d.state = DeliveryState::delivering;
    return d;
}

// As many of the failed lots as the offer covers whole, and no more of its own than that takes.
void take_offer(Step& step, Delivery& failed, const Best& best) {
    State& state = step.state;
    OrderRecord& record = state.records[best.offer];
    const std::uint32_t covered = std::min(best.rate.covered(record.leaves), lots_left(failed));
    const std::uint32_t lots = best.rate.needed(covered);
    const std::uint32_t made = state.deliveries.add(state.accounts, replacement(failed, record, lots));
    const Delivery& by = state.deliveries[made];
    Replaced e;
    e.failed = failed.id;
    e.by = by.id;
    e.order = record.id;
    e.seller = failed.seller;
    e.standby = record.account;
    e.qty = lots;
    e.price = record.price;
    e.minutes = by.minutes;
    e.cost = cost_of(by.promised(), by.price, Product::gpu);
    charge_seller(state, failed, e);
    sell_offer(state, record, e);
    failed.replaced += std::uint64_t{covered} * by.minutes;
    tell_replacement(step, by, best.rate.same_class ? 0 : covered);
    tell_numbered(step, by.seller, e);
    e.party = Side::buy;
    tell_numbered(step, failed.seller, e);
}

}  // namespace

bool replace_failed(Step& step, Delivery& failed) {
    State& state = step.state;
    if (minutes_left(failed) == 0) return true;
    while (!state.deliveries.full()) {
        const Best best = best_offer(state, failed);
        if (best.offer == no_slot) return true;
        if (step.sink.room() < replacement_events) return false;
        take_offer(step, failed, best);
        if (lots_left(failed) != 0) continue;
        failed.state = DeliveryState::replaced;
        tell_both(step, failed);
        return true;
    }
    return true;
}

}  // namespace gridbook::engine
