// SPDX-License-Identifier: Apache-2.0
// The postings in a snapshot. Tables in this order, each a count of eight bytes and its entries by ascending
// key, so that equal books are equal bytes:
//
//   products    family 2, product 1
//   guidance    family 2, price 4 (ticks)
//   tiers       tier 2, availability 4, lambda 4
//   promises    family 2, availability 4, lambda 4
//   orders      id 8, account 4, instrument 8, price 4, margin price 4, qty 4, leaves 4, cum 4, free 4, side
//   1,
//               state 1, executable 1
//   strips      id 8, account 4, first hour 8, price 4, margin price 4, hold 8, qty 4, side 1, kind 1,
//               hours 8, then for each hour: leaves 4, free 4
//   deliveries  id 4, instrument 8, seller 4, buyer 4, replaces 4, price 4, qty 4, replaced 8, first minute
//   2,
//               minutes 2, state 1, then of the seller and of the buyer: told 8, whole 8, parts 8, for each
//               part: minute 4, lots 4; then of both: requests 8, served 8, minute 4
//   disputes    delivery 4, claimant 1, seller 4, buyer 4, minutes 8, stake 8, held 8
//   packages    id 4, issuer 4, class 2, blocks 4, days 4, carry 4, price 8, overage 8, grants 4, sold 1
//   grants      id 4, package 4, issuer 4, buyer 4, qty 4, granted 8, balance 8, begin 8, end 8, carried 1
//   payouts     id 4, account 4, amount 8
//   positions   account 4, instrument 8, bought 8, sold 8, open sells 8, reoffered 8, margin 8, receivable 8,
//               fee 8, tax 8, owed 8, paired 8
//   cash        by account from 0: 8
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

template <class Key, class Value>
void save_by_key(Packer& out, const std::unordered_map<Key, Value>& map) {
    out(std::uint64_t{map.size()});
    for (const auto* row : in_order(map)) out(row->first, row->second);
}

template <class Key, class Value>
void load_by_key(Unpacker& in, std::unordered_map<Key, Value>& map) {
    std::optional<Key> last;
    for (std::size_t n = in.count(sizeof(Key) + sizeof(Value)); n > 0; --n) {
        Key key;
        Value value{};
        in(key, value);
        if (!ascending(in, last, key)) return;
        map[key] = value;
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
{
    archive(p.bought, p.sold, p.open_sells, p.reoffered, p.margin, p.receivable, p.fee, p.tax, p.owed,
            p.paired);
}
void fields(auto& archive, auto& d) requires requires { d.stake; }
{ archive(d.seller, d.buyer, d.minutes, d.stake, d.held); }
void fields(auto& archive, auto& p) requires requires { p.overage; }
{ archive(p.issuer, p.class_id, p.blocks, p.days, p.carry, p.price, p.overage, p.grants, p.sold); }
void fields(auto& archive, auto& g) requires requires { g.granted; }
{ archive(g.package, g.issuer, g.buyer, g.qty, g.granted, g.balance, g.begin, g.end, g.carried); }
void fields(auto& archive, auto& d) requires requires { d.by_seller; }
{
    archive(d.instrument, d.seller, d.buyer, d.replaces, d.price, d.qty, d.replaced, d.first_minute,
            d.minutes, d.state);
}
void fields(auto& archive, auto& p) requires requires { p.penalty; }
{ archive(p.cash, p.hold, p.margin, p.receivable, p.penalty); }

template <class Key, class Row>
void save_rows(Packer& out, const std::map<Key, Row>& rows) {
    out(std::uint64_t{rows.size()});
    for (const auto& [key, row] : rows) out(key), fields(out, row);
}

template <class Key, class Row>
void load_rows(Unpacker& in, std::size_t bytes, std::map<Key, Row>& rows) {
    std::optional<Key> last;
    for (std::size_t n = in.count(bytes); n > 0; --n) {
        Key key;
        in(key);
        if (!ascending(in, last, key)) return;
        fields(in, rows[key]);
    }
}

constexpr std::size_t order_bytes = 47, strip_bytes = 50, leg_bytes = 8, delivery_bytes = 133, part_bytes = 8,
                      dispute_bytes = 37, package_bytes = 43, grant_bytes = 53, payout_bytes = 16,
                      position_bytes = 92, balance_bytes = 44;

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

void save_said(Packer& out, const MinutesSaid& said) {
    out(said.told, said.whole, std::uint64_t{said.parts.size()});
    for (const MinutesSaid::Part& part : said.parts) out(part.minute, part.lots);
}

void load_said(Unpacker& in, MinutesSaid& said) {
    in(said.told, said.whole);
    said.parts.resize(in.count(part_bytes));
    for (MinutesSaid::Part& part : said.parts) {
        in(part.minute, part.lots);
        in.expect(part.minute < 64);
    }
}

void save_said(Packer& out, const RequestsSaid& said) { out(said.all, said.served, said.minute); }
void load_said(Unpacker& in, RequestsSaid& said) {
    in(said.all, said.served, said.minute);
    in.expect(said.served <= said.all);
}

void load_deliveries(Unpacker& in, Postings::Deliveries& deliveries) {
    std::optional<engine::DeliveryId> last;
    for (std::size_t n = in.count(delivery_bytes); n > 0; --n) {
        engine::DeliveryId id;
        in(id);
        if (!ascending(in, last, id)) return;
        OpenDelivery& delivery = deliveries[id];
        fields(in, delivery);
        load_said(in, delivery.by_seller);
        load_said(in, delivery.by_buyer);
        load_said(in, delivery.day_by_seller);
        load_said(in, delivery.day_by_buyer);
        if (!in.expect(delivery.state <= engine::DeliveryState::settled)) return;
    }
}

}  // namespace

void Postings::save(Packer& out) const {
    save_by_key(out, products_);
    save_by_key(out, guidance_);
    save_by_key(out, tiers_);
    save_by_key(out, promises_);
    out(std::uint64_t{orders_.size()});
    for (const auto* row : in_order(orders_)) out(row->first), fields(out, row->second);
    out(std::uint64_t{strips_.size()});
    for (const auto* row : in_order(strips_)) {
        out(row->first);
        fields(out, row->second);
        out(std::uint64_t{row->second.legs.size()});
        for (const OpenStrip::Leg& leg : row->second.legs) out(leg.leaves, leg.free);
    }
    out(std::uint64_t{deliveries_.size()});
    for (const auto* row : in_order(deliveries_)) {
        out(row->first);
        fields(out, row->second);
        save_said(out, row->second.by_seller);
        save_said(out, row->second.by_buyer);
        save_said(out, row->second.day_by_seller);
        save_said(out, row->second.day_by_buyer);
    }
    out(std::uint64_t{disputes_.size()});
    for (const auto& [key, dispute] : disputes_) out(key.first, key.second), fields(out, dispute);
    save_rows(out, packages_);
    save_rows(out, grants_);
    out(std::uint64_t{payouts_.size()});
    for (const auto& [id, payout] : payouts_) out(id, payout.account, payout.amount);
    out(std::uint64_t{positions_.size()});
    for (const auto& [key, sums] : positions_) out(key.first, key.second), fields(out, sums);
    out(std::uint64_t{cash_.size()});
    for (const engine::Money m : cash_) out(m);
}

bool Postings::load(Unpacker& in) {
    load_by_key(in, products_);
    load_by_key(in, guidance_);
    load_by_key(in, tiers_);
    load_by_key(in, promises_);
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
    load_deliveries(in, deliveries_);
    std::optional<DisputeKey> last_dispute;
    for (std::size_t n = in.count(dispute_bytes); n > 0; --n) {
        DisputeKey key;
        in(key.first, key.second);
        if (!ascending(in, last_dispute, key) || !in.expect(sound(key.second))) return false;
        OpenDispute& dispute = disputes_[key];
        fields(in, dispute);
        if (!in.expect(dispute.held >= engine::Money{} && dispute.held <= dispute.stake)) return false;
    }
    load_rows(in, package_bytes, packages_);
    load_rows(in, grant_bytes, grants_);
    for (const auto& [id, grant] : grants_)
        if (!in.expect(packages_.contains(grant.package) && grant.balance <= grant.granted)) return false;
    std::optional<engine::PayoutId> last_payout;
    for (std::size_t n = in.count(payout_bytes); n > 0; --n) {
        engine::PayoutId id;
        in(id);
        if (!ascending(in, last_payout, id)) return false;
        OpenPayout& payout = payouts_[id];
        in(payout.account, payout.amount);
        if (!in.expect(payout.amount > engine::Money{})) return false;
    }
    std::optional<PositionKey> last_position;
    for (std::size_t n = in.count(position_bytes); n > 0; --n) {
        PositionKey key;
        in(key.first, key.second);
        if (!ascending(in, last_position, key)) return false;
        fields(in, positions_[key]);
    }
    cash_.resize(in.count(sizeof(engine::Money)));
    for (engine::Money& m : cash_) in(m);
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
