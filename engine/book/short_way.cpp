// SPDX-License-Identifier: Apache-2.0
#include "engine/book/short_way.hpp"

#include <algorithm>
#include <cstring>

#include "engine/book/matching.hpp"
#include "engine/book/orders.hpp"
#include "engine/units/likely.hpp"

namespace gridbook::engine {
namespace {

template <class T>
std::uint64_t word_at(const T& first) {
    std::uint64_t word = 0;
    std::memcpy(&word, &first, sizeof word);
    return word;
}

// A limit order for the gate that asks for nothing else. Seven fields of a byte are looked at as one word;
// side, mode of prevention and what becomes of a price beyond the band may be any.
bool plain(const PlaceOrder& body) {
    static_assert(offsetof(PlaceOrder, side) % 8 == 0 &&
                  offsetof(PlaceOrder, reason) == offsetof(PlaceOrder, side) + 8);
    PlaceOrder any{};
    any.side = Side{0xFF};
    any.self_trade = SelfTrade{0xFF};
    any.on_band = OnBand{0xFF};
    return (word_at(body.side) & ~word_at(any.side)) == 0 &&
           (word_at(body.min_qty) | word_at(body.reason)) == 0;
}

// Its lots; more than any order may have when the quantity is off its step.
std::uint64_t lots_exactly(Decimal qty, Product product) {
    return product == Product::gpu ? exact_quotient<gpu_lot_decimal>(qty.value)
                                   : exact_quotient<token_lot_decimal>(qty.value);
}

bool pools_have_room(const State& state, const Account& account) {
    return usually(!state.orders.full()) && usually(!state.levels.full()) &&
           usually(state.open_orders + 1 < state.records.limit()) &&
           usually(account.open_orders < state.genesis.account_orders);
}

// What was found out about an order before anything is written.
struct Entrant {
    OrderRecords::Place place;
    const HardBand* band;
    std::uint32_t book;
    Price price;
    std::uint32_t lots;
    std::uint32_t position;
    Money hold;
    std::uint16_t options = 0;   // on which side of the soft range
    std::int32_t deviation = 0;  // from the guidance, where it is outside of that
    bool meets;                  // crosses the other side
};

// A price about which bands have nothing to say, and guidance only how far away it is.
bool outside_soft_range(const Family& family, const Book& book, std::uint64_t ticks, Entrant& e) {
    const auto low = static_cast<std::uint64_t>(book.band.low.value);
    const auto high = static_cast<std::uint64_t>(book.band.high.value);
    if (ticks <= low || ticks >= high || family.defined.require_reason) return false;
    const std::int64_t guidance = family.band.guidance.value;
    const std::int64_t away = static_cast<std::int64_t>(ticks) - guidance;
    e.options = away < 0 ? order_option::guidance_below : order_option::guidance_above;
    e.deviation = static_cast<std::int32_t>(away * basis_points_one / guidance);
    return true;
}

// The record, field by field where it stays: a copy would be read before its fields have arrived.
[[gnu::always_inline]] inline void write_record(OrderRecord& r, const Step& step, const PlaceOrder& body,
                                                const Entrant& e, std::uint32_t live) {
    r.id = step.state.records.last_id();
    r.instrument = body.instrument;
    r.account = step.command.account;
    r.live_slot = live;
    r.price = e.price;
    r.qty = e.lots;
    r.leaves = e.lots;
    r.cum = 0;
    r.position = e.position;
    r.free = 0;
    r.side = body.side;
    r.state = OrderState::open;
    r.reason = CancelReason::none;
    r.tif = TimeInForce::gate;
    r.kind = OrderKind::order;
    r.self_trade = body.self_trade;
    r.options = e.options;
    r.hold = e.hold;
    r.cid = body.cid;
    r.body_hash = terms_of(body);
    r.priority = step.command.sequence;
    r.time = Time{};
    r.guidance = e.band->guidance;
    r.band = e.band->version;
}

[[gnu::always_inline]] inline void write_order(OrderEvent& told, const Step& step, const PlaceOrder& body,
                                               const Entrant& e) {
    told.origin = step.command.origin;
    told.order = step.state.records.last_id();
    told.cid = body.cid;
    told.hold = e.hold;
    told.instrument = body.instrument;
    told.price = e.price;
    told.qty = e.lots;
    told.leaves = e.lots;
    told.cum = 0;
    told.band = e.band->version;
    told.side = body.side;
    told.state = OrderState::open;
    told.reason = CancelReason::none;
    told.tif = TimeInForce::gate;
    told.replaced = false;
    told.priority_kept = false;
    told.moved = true;
    static_assert(order_option::guidance_below == order_flag::guidance_below << 4 &&
                  order_option::guidance_above == order_flag::guidance_above << 4);
    told.order_flags = static_cast<std::uint8_t>(e.options >> 4);
    told.deviation = e.deviation;
}

[[gnu::always_inline]] inline void write_resting(RestingOrder& r, const PlaceOrder& body, const Entrant& e,
                                                 std::uint32_t record, GroupId group) {
    r.leaves = e.lots;
    r.price = e.price;
    r.record = record;
    r.group = group;
    r.book = e.book;
    r.side = body.side;
    r.parked = false;
    r.non_executable = false;
}

// Lets the order meet the other side; what does not fit is left on the agenda.
[[gnu::noinline]] void meet_others(Step& step, std::uint32_t slot, std::uint32_t session) {
    if (match(step, slot, session)) return;
    step.state.agenda.push(Task{.kind = TaskKind::match_order, .record = slot, .session = session});
}

// Takes the hold and the capacity, tells the order and rests it, or lets it meet the other side. By itself,
// because what the checks needed would keep the registers occupied.
[[gnu::noinline]] void enter(Step& step, const PlaceOrder& body, const Entrant& e) {
    State& state = step.state;
    const bool buys = body.side == Side::buy;
    const std::uint32_t slot = state.records.claim(e.place);
    const std::uint32_t live = state.orders.take();
    write_record(state.records[slot], step, body, e, live);
    write_order(numbered_slot<OrderEvent>(step, step.command.account, event_flag::reply), step, body, e);
    Account& account = state.accounts[step.command.account];
    account.open_orders += 1;
    account.cash -= e.hold;
    (buys ? account.hold : account.margin) += e.hold;
    state.open.add(account, live, slot);
    std::uint32_t session = 0;
    if (seldom(account.sessions != 0))
        session = state.sessions.of(step.command.account, step.command.origin.connection);
    state.open_orders += 1;
    Position& position = state.positions[e.position];
    position.open_orders += 1;
    position.open_sells += Quantity{buys ? 0 : e.lots};
    if (e.meets) return meet_others(step, slot, session);
    if (seldom(session != 0)) state.open.session(live) = session;
    write_resting(state.orders[live], body, e, slot, account.group);
    state.books[e.book].append(state.levels, state.orders, live);
}

}  // namespace

void find_easy_prices(const State& state, Book& book) {
    const std::int64_t guidance = state.catalogue.family(book.instrument.family).band.guidance.value;
    const std::int64_t one = basis_points_one, soft = state.rules.soft_range.value;
    const std::int64_t low = (guidance * (one - soft) + one - 1) / one;
    const std::int64_t high = guidance * (one + soft) / one;
    // An order at an edge of the effective band may begin a limit state or a wall.
    const std::int64_t from = std::max<std::int64_t>(low, book.band.low.value + 1);
    const std::int64_t upto = std::min<std::int64_t>(high, book.band.high.value - 1);
    book.easy_from = static_cast<std::uint32_t>(from);
    book.easy_prices = from <= upto ? static_cast<std::uint32_t>(upto - from + 1) : 0;
}

Shortly place_shortly(Step& step, const PlaceOrder& body) {
    State& state = step.state;
    const AccountId id = step.command.account;
    if (seldom(!state.accounts.known(id))) return Shortly::no;
    Entrant e;
    e.place = state.records.look(id, body.cid);
    if (seldom(state.records.taken(e.place)) || seldom(!plain(body)) ||
        seldom(!state.catalogue.known(body.instrument.family)))
        return Shortly::no;
    const Family& family = state.catalogue.family(body.instrument.family);
    const Account& account = state.accounts[id];
    e.band = &family.band;
    e.book = family.book_of(body.instrument.period);
    const Book& book = state.books[e.book];
    if (seldom(!(book.instrument == body.instrument)) || seldom(!book.quiet()) || seldom(family.killed) ||
        seldom(state.killed) || seldom(account.killed != 0))
        return Shortly::no;
    const std::uint64_t ticks = exact_quotient<tick_decimal>(body.price.value);
    const std::uint64_t lots = lots_exactly(body.qty, family.product);
    if (ticks - book.easy_from >= book.easy_prices && !outside_soft_range(family, book, ticks, e))
        return Shortly::no;
    if (seldom(lots - 1 >=
               static_cast<std::uint64_t>(state.most_lots[static_cast<std::size_t>(family.product)])))
        return Shortly::no;
    e.price = Price{static_cast<std::int32_t>(ticks)};
    e.lots = static_cast<std::uint32_t>(lots);
    const Price best = book.front_of(opposite(body.side));
    e.meets = best != Price{} && crosses(body.side, e.price, best);
    std::int64_t amount = 0;
    if (seldom(__builtin_mul_overflow(static_cast<std::int64_t>(ticks * lots),
                                      micro_per_tick_lot(family.product), &amount)) ||
        seldom(amount > state.genesis.max_notional))
        return Shortly::no;
    e.position = state.positions.find(id, body.instrument);
    if (seldom(e.position == no_slot)) return Shortly::no;
    const Position& position = state.positions[e.position];
    const Quantity quantity{static_cast<std::int64_t>(lots)};
    if (body.side == Side::buy) {
        e.hold = state.rates.buy_hold(Money{amount});
    } else {
        const Quantity left = state.resources.capacity(id, body.instrument) - position.committed();
        if (seldom(position.free() > Quantity{}) || seldom(quantity > left)) return Shortly::no;
        const Price guidance = family.band.guidance;
        e.hold = state.rates.sell_margin(e.price < guidance ? guidance : e.price, quantity, family.product);
    }
    if (seldom(e.hold > account.cash) || seldom(!pools_have_room(state, account))) return Shortly::no;
    enter(step, body, e);
    return e.meets ? Shortly::met : Shortly::done;
}

Shortly cancel_shortly(Step& step, const CancelOrder& body) {
    State& state = step.state;
    const std::uint32_t slot = state.records.find(body.order);
    if (seldom(slot == no_slot)) return Shortly::no;
    OrderRecord& record = state.records[slot];
    if (seldom(record.account != step.command.account) || seldom(record.state != OrderState::open) ||
        seldom(record.kind != OrderKind::order) || seldom(record.tif != TimeInForce::gate))
        return Shortly::no;
    const RestingOrder& order = state.orders[record.live_slot];
    Book& book = state.books[order.book];
    if (seldom(order.where != Where::ladder) || seldom(!book.quiet()) || seldom(order.non_executable))
        return Shortly::no;
    release_hold(state, record);
    book.remove(state.levels, state.orders, record.live_slot);
    finish(state, record, OrderState::cancelled, CancelReason::user);
    tell_order(step, record, Money{}, {.origin = step.command.origin}, event_flag::reply);
    return Shortly::done;
}

}  // namespace gridbook::engine
