// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/pairing.hpp"

#include <algorithm>
#include <cstring>

#include "engine/delivery/clock.hpp"
#include "engine/delivery/money.hpp"
#include "engine/delivery/telling.hpp"

namespace gridbook::engine {
namespace {

// Where the pairing of an instrument stands (Task::part). What a pair takes is the lesser of what both have
// left, so one of them has nothing left: going through a round again from its beginning makes no pair twice.
namespace round {
constexpr std::uint32_t none = 0, previous = 1, equal = 2, largest = 3;
}
constexpr std::size_t events_a_pair = 2;

int compare_names(const State& state, AccountId a, AccountId b) {
    const Text<32>&x = state.accounts[a].name, &y = state.accounts[b].name;
    return std::memcmp(x.bytes.data(), y.bytes.data(), x.bytes.size());
}

// Sellers and buyers with something left, by name.
void gather(State& state, InstrumentId i) {
    auto &sellers = state.deliveries.sellers, &buyers = state.deliveries.buyers;
    sellers.clear();
    buyers.clear();
    state.positions.for_each_of(i, [&](std::uint32_t slot) {
        const Position& p = state.positions[slot];
        if (p.unpaired() > Quantity{}) (p.net() > Quantity{} ? sellers : buyers).push_back(slot);
    });
    const auto by_name = [&](std::uint32_t a, std::uint32_t b) {
        return compare_names(state, state.positions[a].account, state.positions[b].account) < 0;
    };
    std::sort(sellers.begin(), sellers.end(), by_name);
    std::sort(buyers.begin(), buyers.end(), by_name);
}

// P: the seller's receivable over its lots sold, to the tick, half to even.
Price price_of(const Position& seller, Product product) {
    return Price{static_cast<std::int32_t>(
        half_even(Wide{seller.receivable.value}, Wide{seller.sold.value} * micro_per_tick_lot(product)))};
}

// The lesser of what both have left becomes a delivery. False: the sink has no room for it.
bool pair(Step& step, Position& seller, Position& buyer) {
    State& state = step.state;
    const Quantity lots = least(seller.unpaired(), buyer.unpaired());
    if (lots == Quantity{}) return true;
    if (step.sink.room() < events_a_pair) return false;
    const Product product = state.catalogue.family(seller.instrument.family).product;
    Delivery d;
    d.instrument = seller.instrument;
    d.seller = seller.account;
    d.buyer = buyer.account;
    d.price = price_of(seller, product);
    d.qty = static_cast<std::uint32_t>(lots.value);
    d.minutes = Window(d.instrument, product).minutes();
    d.state = DeliveryState::gated;
    seller.paired += lots;
    buyer.paired += lots;
    const std::uint32_t slot = state.deliveries.add(state.accounts, d);
    if (product == Product::token && state.usages.kept()) state.deliveries.hold(state.accounts, slot);
    tell_both(step, state.deliveries[slot]);
    return true;
}

// A position of this account that has something left on that side; null: none.
Position* partner(State& state, AccountId account, InstrumentId i, Side side) {
    const std::uint32_t slot = state.positions.find(account, i);
    if (slot == no_slot) return nullptr;
    Position& p = state.positions[slot];
    const bool sells = p.net() > Quantity{};
    return p.unpaired() > Quantity{} && sells == (side == Side::sell) ? &p : nullptr;
}

// The pairs of the period before, by seller's, then buyer's name.
bool pair_previous(Step& step, InstrumentId i) {
    State& state = step.state;
    const Deliveries& deliveries = state.deliveries;
    const InstrumentId before = instrument(i.family, Period{i.period.value - 1});
    std::vector<std::uint32_t>& pairs = state.scratch;
    pairs.clear();
    for (std::uint32_t slot = deliveries.first(i.family); slot != 0; slot = deliveries[slot].next) {
        const Delivery& d = deliveries[slot];
        if (d.instrument == before && d.replaces == DeliveryId{} && !d.failed()) pairs.push_back(slot);
    }
    std::sort(pairs.begin(), pairs.end(), [&](std::uint32_t a, std::uint32_t b) {
        const int by_seller = compare_names(state, deliveries[a].seller, deliveries[b].seller);
        if (by_seller != 0) return by_seller < 0;
        return compare_names(state, deliveries[a].buyer, deliveries[b].buyer) < 0;
    });
    for (const std::uint32_t slot : pairs) {
        Position* seller = partner(state, deliveries[slot].seller, i, Side::sell);
        Position* buyer = partner(state, deliveries[slot].buyer, i, Side::buy);
        if (seller != nullptr && buyer != nullptr && !pair(step, *seller, *buyer)) return false;
    }
    return true;
}

// Sellers by name, each with the first buyer that has as much left.
bool pair_equal(Step& step) {
    State& state = step.state;
    for (const std::uint32_t s : state.deliveries.sellers) {
        Position& seller = state.positions[s];
        if (seller.unpaired() == Quantity{}) continue;
        for (const std::uint32_t b : state.deliveries.buyers) {
            Position& buyer = state.positions[b];
            if (buyer.unpaired() != seller.unpaired()) continue;
            if (!pair(step, seller, buyer)) return false;
            break;
        }
    }
    return true;
}

// The one with most left, the first by name among equals.
Position& most_left(State& state, const std::vector<std::uint32_t>& slots) {
    std::uint32_t most = slots.front();
    for (const std::uint32_t slot : slots)
        if (state.positions[slot].unpaired() > state.positions[most].unpaired()) most = slot;
    return state.positions[most];
}

bool pair_largest(Step& step) {
    State& state = step.state;
    const auto &sellers = state.deliveries.sellers, &buyers = state.deliveries.buyers;
    if (sellers.empty() || buyers.empty()) return true;
    for (;;) {
        Position &seller = most_left(state, sellers), &buyer = most_left(state, buyers);
        if (seller.unpaired() == Quantity{} || buyer.unpaired() == Quantity{}) return true;
        if (!pair(step, seller, buyer)) return false;
    }
}

bool any_position(const State& state, InstrumentId i) {
    bool any = false;
    state.positions.for_each_of(i, [&](std::uint32_t) { any = true; });
    return any;
}

bool pair_instrument(Step& step, Task& task, InstrumentId i) {
    State& state = step.state;
    if (task.part == round::none) {
        // Something else may be due at an instant whose gates have closed already.
        if (state.deliveries.is_open(i) || !any_position(state, i)) return true;
        state.deliveries.open(i);
        task.part = round::previous;
    }
    if (task.part == round::previous && !pair_previous(step, i)) return false;
    task.part = std::max(task.part, round::equal);
    gather(state, i);
    if (task.part == round::equal && !pair_equal(step)) return false;
    task.part = round::largest;
    return pair_largest(step);
}

}  // namespace

bool pair_gated(Step& step, Task& task) {
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor, task.part = round::none) {
        const FamilyId id = order[task.cursor];
        const Product product = state.catalogue.family(id).product;
        const InstrumentId i = instrument(id, period_at(state.time + gate_lead, product));
        if (gate_time(i.period, product) != state.time) continue;
        if (!pair_instrument(step, task, i)) return false;
    }
    refresh_clock(state);
    return true;
}

}  // namespace gridbook::engine
