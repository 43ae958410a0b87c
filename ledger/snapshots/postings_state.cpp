// SPDX-License-Identifier: Apache-2.0
// The postings in a snapshot. Tables in this order, each a count of eight bytes and its entries by ascending
// key, so that equal books are equal bytes:
//
//   products    family 2, product 1
//   guidance    family 2, price 4 (ticks)
//   orders      id 8, account 4, instrument 8, price 4, margin price 4, qty 4, leaves 4, cum 4, free 4, side
//   1,
//               state 1, executable 1
//   strips      id 8, account 4, first hour 8, price 4, margin price 4, hold 8, qty 4, side 1, kind 1,
//               hours 8, then for each hour: leaves 4, free 4
//   positions   account 4, instrument 8, bought 8, sold 8, open sells 8, reoffered 8, margin 8, receivable 8
//   balances    account 4, cash 8, hold 8, margin 8, receivable 8, penalty 8; then the house's ten accounts
//   of 8
//
// Money in micro-CNY, quantities in lots.
#include <algorithm>

#include "ledger/postings.hpp"
#include "ledger/snapshots/pack.hpp"

namespace gridbook::ledger {

namespace {

template <class Map>
auto in_order(const Map& map) {
    std::vector<const typename Map::value_type*> rows;
    rows.reserve(map.size());
    for (const auto& row : map) rows.push_back(&row);
    std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    return rows;
}

// Keys come in ascending order and once each.
template <class Key>
bool ascending(Unpacker& in, std::optional<Key>& last, const Key& key) {
    const bool above = !last || *last < key;
    last = key;
    return in.expect(above);
}

template <class Value>
void save_by_family(Packer& out, const std::unordered_map<engine::FamilyId, Value>& map) {
    out(std::uint64_t{map.size()});
    for (const auto* row : in_order(map)) out(row->first, row->second);
}

template <class Value>
void load_by_family(Unpacker& in, std::unordered_map<engine::FamilyId, Value>& map) {
    std::optional<engine::FamilyId> last;
    for (std::size_t n = in.count(sizeof(engine::FamilyId) + sizeof(Value)); n > 0; --n) {
        engine::FamilyId family;
        Value value{};
        in(family, value);
        if (!ascending(in, last, family)) return;
        map[family] = value;
    }
}

void fields(auto& archive, auto& o) requires requires { o.executable; }
{
    archive(o.account, o.instrument, o.price, o.margin_price, o.qty, o.leaves, o.cum, o.free, o.side, o.state,
            o.executable);
}
void fields(auto& archive, auto& s) requires requires { s.legs; }
{ archive(s.account, s.first, s.price, s.margin_price, s.hold, s.qty, s.side, s.of); }
void fields(auto& archive, auto& p) requires requires { p.reoffered; }
{ archive(p.bought, p.sold, p.open_sells, p.reoffered, p.margin, p.receivable); }
void fields(auto& archive, auto& p) requires requires { p.penalty; }
{ archive(p.cash, p.hold, p.margin, p.receivable, p.penalty); }

constexpr std::size_t order_bytes = 47, strip_bytes = 50, leg_bytes = 8, position_bytes = 60,
                      balance_bytes = 44;

bool sound(engine::Side side) { return side == engine::Side::buy || side == engine::Side::sell; }
bool sound(const OpenOrder& order) {
    return sound(order.side) && order.state <= engine::OrderState::refused && order.free <= order.leaves;
}

void load_strips(Unpacker& in, Postings::Strips& strips) {
    std::optional<engine::OrderId> last;
    for (std::size_t n = in.count(strip_bytes); n > 0; --n) {
        engine::OrderId id;
        in(id);
        if (!ascending(in, last, id)) return;
        OpenStrip& strip = strips[id];
        fields(in, strip);
        strip.legs.resize(in.count(leg_bytes));
        for (OpenStrip::Leg& leg : strip.legs) {
            in(leg.leaves, leg.free);
            in.expect(leg.free <= leg.leaves);
        }
        if (!in.expect(sound(strip.side))) return;
    }
}

}  // namespace

void Postings::save(Packer& out) const {
    save_by_family(out, products_);
    save_by_family(out, guidance_);
    out(std::uint64_t{orders_.size()});
    for (const auto* row : in_order(orders_)) out(row->first), fields(out, row->second);
    out(std::uint64_t{strips_.size()});
    for (const auto* row : in_order(strips_)) {
        out(row->first);
        fields(out, row->second);
        out(std::uint64_t{row->second.legs.size()});
        for (const OpenStrip::Leg& leg : row->second.legs) out(leg.leaves, leg.free);
    }
    out(std::uint64_t{positions_.size()});
    for (const auto& [key, sums] : positions_) out(key.first, key.second), fields(out, sums);
}

bool Postings::load(Unpacker& in) {
    load_by_family(in, products_);
    load_by_family(in, guidance_);
    std::optional<engine::OrderId> last_order;
    for (std::size_t n = in.count(order_bytes); n > 0; --n) {
        engine::OrderId id;
        in(id);
        if (!ascending(in, last_order, id)) return false;
        OpenOrder& order = orders_[id];
        fields(in, order);
        if (!in.expect(sound(order))) return false;
    }
    load_strips(in, strips_);
    std::optional<PositionKey> last_position;
    for (std::size_t n = in.count(position_bytes); n > 0; --n) {
        PositionKey key;
        in(key.first, key.second);
        if (!ascending(in, last_position, key)) return false;
        fields(in, positions_[key]);
    }
    return in.good();
}

void Balances::save(Packer& out) const {
    out(std::uint64_t{participants_.size()});
    for (const auto& [account, p] : participants_) out(account), fields(out, p);
    for (const engine::Money m : house_) out(m);
}

bool Balances::load(Unpacker& in) {
    std::optional<engine::AccountId> last;
    for (std::size_t n = in.count(balance_bytes); n > 0; --n) {
        engine::AccountId account;
        in(account);
        if (!ascending(in, last, account)) return false;
        fields(in, participants_[account]);
    }
    for (engine::Money& m : house_) in(m);
    return in.good();
}

}  // namespace gridbook::ledger
