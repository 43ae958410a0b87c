// SPDX-License-Identifier: Apache-2.0
#include "ledger/postings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gridbook::ledger {

using engine::Money;
using engine::Quantity;

namespace {

constexpr engine::AccountId house = engine::no_account;

// What is kept for deliveries that fail never stands in the book.
bool executable(const engine::OrderEvent& told) {
    return (told.order_flags & (engine::order_flag::non_executable | engine::order_flag::standby)) == 0;
}

}  // namespace

Money buy_hold(const engine::Genesis& rates, Money amount) {
    constexpr std::int64_t one = engine::basis_points_one * engine::basis_points_one;
    const std::int64_t with_fee =
        one + std::int64_t{rates.taker_fee.value} * (engine::basis_points_one + rates.tax.value);
    return share_up(amount, with_fee, one);
}

Money sell_margin(const engine::Genesis& rates, engine::Price price, Quantity lots, engine::Product product) {
    return share_up(notional(price, lots, product), rates.margin.value, engine::basis_points_one);
}

Fees fees_of(const engine::Genesis& rates, engine::Liquidity liquidity, Money amount) {
    const engine::BasisPoints rate =
        liquidity == engine::Liquidity::taker ? rates.taker_fee : rates.maker_fee;
    const Money fee = share_down(amount, rate.value, engine::basis_points_one);
    return {fee, share_down(fee, rates.tax.value, engine::basis_points_one)};
}

Money Entry::sum() const {
    Money total{};
    for (const Posting& p : postings) total += p.amount;
    return total;
}

std::span<const Entry> Postings::of(const engine::Event& event) {
    entries_.clear();
    difference_.reset();
    switch (event.kind()) {
        case engine::EventKind::credited: credit(event); break;
        case engine::EventKind::order: order_told(event); break;
        case engine::EventKind::fill: filled(event); break;
        case engine::EventKind::strip: strip_told(event); break;
        case engine::EventKind::any_of: any_of_told(event); break;
        case engine::EventKind::tier_defined: {
            const auto tier = event.as<engine::TierDefined>();
            tiers_[tier.id] = {tier.availability, tier.penalty};
            break;
        }
        case engine::EventKind::family_defined: family_told(event.as<engine::FamilyDefined>()); break;
        case engine::EventKind::delivery: delivery_told(event); break;
        case engine::EventKind::metered: metered(event); break;
        case engine::EventKind::replaced: replaced(event); break;
        case engine::EventKind::delivery_settled: delivery_settled(event); break;
        case engine::EventKind::position_settled: position_settled(event); break;
        case engine::EventKind::dispute: dispute_told(event); break;
        case engine::EventKind::payout: payout_told(event); break;
        case engine::EventKind::package: package_told(event); break;
        case engine::EventKind::grant: grant_told(event); break;
        case engine::EventKind::band_changed: {
            const auto band = event.as<engine::BandChanged>();
            if (band.status != engine::BandStatus::scheduled) guidance_[band.family] = band.guidance;
            break;
        }
        default: break;
    }
    keep_cash();
    return entries_;
}

void Postings::family_told(const engine::FamilyDefined& family) {
    products_[family.id] = family.product;
    promises_[family.id] = tiers_[family.tier_id];
}

// A settlement takes from cash, so the formulas have to know it.
void Postings::keep_cash() {
    for (const Entry& entry : entries_)
        for (const Posting& p : entry.postings) {
            if (p.money != MoneyAccount::cash) continue;
            if (p.account.value >= cash_.size()) cash_.resize(p.account.value + std::size_t{1});
            cash_[p.account.value] += p.amount;
        }
}

Money Postings::cash(engine::AccountId account) const {
    return account.value < cash_.size() ? cash_[account.value] : Money{};
}

const OpenOrder* Postings::order(engine::OrderId id) const {
    const auto found = orders_.find(id);
    return found == orders_.end() ? nullptr : &found->second;
}

engine::Product Postings::product(engine::FamilyId family) const {
    const auto found = products_.find(family);
    return found == products_.end() ? engine::Product::gpu : found->second;
}

engine::Price Postings::guidance(engine::FamilyId family) const {
    const auto found = guidance_.find(family);
    return found == guidance_.end() ? engine::Price{} : found->second;
}

Money Postings::held(const OpenOrder& order) const {
    const engine::Product p = product(order.instrument.family);
    if (order.side == engine::Side::buy)
        return buy_hold(rates_, notional(order.price, Quantity{order.leaves}, p));
    return sell_margin(rates_, order.margin_price, Quantity{order.leaves - order.free}, p);
}

void Postings::credit(const engine::Event& event) {
    const Money amount = event.as<engine::Credited>().amount;
    Entry& entry = enter(event, Cause::credit, {});
    entry.postings = {{house, MoneyAccount::bank, -amount},
                      {event.header.account, MoneyAccount::cash, amount}};
}

void Postings::order_told(const engine::Event& event) {
    if ((event.header.flags & engine::event_flag::duplicate) != 0) return;  // told again, nothing happened
    const auto told = event.as<engine::OrderEvent>();
    const auto known = orders_.find(told.order);
    if (told.state == engine::OrderState::cancelled) return order_ended(event, told);
    if (known == orders_.end()) return order_entered(event, told);
    if (told.replaced)
        order_replaced(event, told, known->second);
    else if ((told.order_flags & engine::order_flag::decremented) != 0)
        order_decremented(event, told, known->second);
    known->second.state = told.state;  // parked, or open again
    known->second.executable = executable(told);
    expect(event, told.order, "hold", held(known->second).value, told.hold.value);
    expect(event, told.order, "leaves", known->second.leaves, told.leaves);
}

void Postings::order_entered(const engine::Event& event, const engine::OrderEvent& told) {
    OpenOrder& order = orders_[told.order];
    order.account = event.header.account;
    order.instrument = told.instrument;
    order.price = told.price;
    order.qty = told.qty;
    order.leaves = told.leaves;
    order.side = told.side;
    order.state = told.state;
    order.executable = executable(told);
    take_place(order);
    move_hold(event, Cause::order_entered, told.order, order, held(order));
    expect(event, told.order, "hold", held(order).value, told.hold.value);
    expect(event, told.order, "lots filled before it was entered", 0, told.cum);
}

void Postings::order_replaced(const engine::Event& event, const engine::OrderEvent& told, OpenOrder& order) {
    const Money before = held(order);
    leave_place(order);
    order.price = told.price;
    order.qty = told.qty;
    order.leaves = told.qty - std::min(told.qty, order.cum);
    if (told.priority_kept) {
        // Fewer lots in the same place: those with margin go first, as the others are sold first.
        order.free = std::min(order.free, order.leaves);
        position(order).open_sells += Quantity{order.side == engine::Side::sell ? order.leaves : 0};
        position(order).reoffered += Quantity{order.free};
    } else {
        take_place(order);
    }
    move_hold(event, Cause::order_replaced, told.order, order, held(order) - before);
}

// Self-trade prevention took lots away: neither left nor filled. Those with margin go first, as in a replace.
void Postings::order_decremented(const engine::Event& event, const engine::OrderEvent& told,
                                 OpenOrder& order) {
    if (told.leaves > order.leaves) return;  // told by the comparison of leaves
    const Money before = held(order);
    const std::uint32_t lots = order.leaves - told.leaves;
    leave_place(order);
    order.leaves -= lots;
    order.free = std::min(order.free, order.leaves);
    if (order.side == engine::Side::sell) {
        position(order).open_sells += Quantity{order.leaves};
        position(order).reoffered += Quantity{order.free};
    }
    move_hold(event, Cause::order_decremented, told.order, order, held(order) - before);
}

// An order that is cancelled before it was entered (FOK, MIN_QTY) never held anything.
void Postings::order_ended(const engine::Event& event, const engine::OrderEvent& told) {
    const auto known = orders_.find(told.order);
    expect(event, told.order, "hold after its end", 0, told.hold.value);
    if (known == orders_.end()) {
        const bool at_once =
            told.reason == engine::CancelReason::fok || told.reason == engine::CancelReason::min_qty;
        return expect(event, told.order, "open orders with this id", at_once ? 0 : 1, 0);
    }
    leave_place(known->second);
    move_hold(event, Cause::order_ended, told.order, known->second, -held(known->second));
    orders_.erase(known);
}

// Fixes what a sell order's margin is computed from: the guidance of the moment, and how many of its lots
// were bought and are not offered yet.
void Postings::take_place(OpenOrder& order) {
    order.free = 0;
    if (order.side == engine::Side::buy) return;
    order.margin_price = std::max(order.price, guidance_[order.instrument.family]);
    order.free = offer({order.account, order.instrument}, order.leaves);
}

std::uint32_t Postings::offer(const PositionKey& key, std::uint32_t lots) {
    PositionSums& sums = positions_[key];
    const std::int64_t resold = std::max<std::int64_t>(0, sums.bought.value - sums.reoffered.value);
    const auto free = static_cast<std::uint32_t>(std::min<std::int64_t>(lots, resold));
    sums.open_sells += Quantity{lots};
    sums.reoffered += Quantity{free};
    return free;
}

void Postings::leave_place(const OpenOrder& order) {
    if (order.side == engine::Side::buy) return;
    PositionSums& sums = position(order);
    sums.open_sells -= Quantity{order.leaves};
    sums.reoffered -= Quantity{order.free};
}

void Postings::filled(const engine::Event& event) {
    const auto fill = event.as<engine::Fill>();
    if (fill.of != engine::OrderKind::order) return strip_filled(event, fill);
    const auto known = orders_.find(fill.order);
    if (known == orders_.end()) return expect(event, fill.order, "open orders with this id", 1, 0);
    OpenOrder& order = known->second;
    if (fill.qty > order.leaves)
        return expect(event, fill.order, "lots left before a fill", order.leaves, fill.qty);
    order.side == engine::Side::buy ? bought(event, fill, order) : sold(event, fill, order);
    expect(event, fill.order, "leaves", order.leaves, fill.leaves);
    if (order.leaves == 0) orders_.erase(known);
}

void Postings::bought(const engine::Event& event, const engine::Fill& fill, OpenOrder& order) {
    const engine::Product p = product(order.instrument.family);
    const Money amount = notional(fill.price, Quantity{fill.qty}, p);
    const Fees fees = fees_of(rates_, fill.liquidity, amount);
    const Money before = held(order);
    order.leaves -= fill.qty;
    order.cum += fill.qty;
    const Money spent = before - held(order);
    const Money released = spent - amount - fees.fee - fees.tax;
    Entry& entry = enter(event, Cause::bought, fill.order, fill.trade);
    entry.postings = {{order.account, MoneyAccount::hold, -spent},
                      {order.account, MoneyAccount::cash, released},
                      {house, MoneyAccount::fee_income, fees.fee},
                      {house, MoneyAccount::tax_payable, fees.tax},
                      {house, MoneyAccount::clearing, amount}};
    position(order).bought += Quantity{fill.qty};
    expect(event, fill.order, "fee", fees.fee.value, fill.fee.value);
    expect(event, fill.order, "tax", fees.tax.value, fill.tax.value);
    expect(event, fill.order, "released", released.value, fill.released.value);
}

// The seller's own fee and tax are told now and posted at settlement.
void Postings::sold(const engine::Event& event, const engine::Fill& fill, OpenOrder& order) {
    const Money amount = notional(fill.price, Quantity{fill.qty}, product(order.instrument.family));
    const Fees fees = fees_of(rates_, fill.liquidity, amount);
    const Money before = held(order);
    order.free -= std::min(order.free, fill.qty);
    order.leaves -= fill.qty;
    order.cum += fill.qty;
    PositionSums& sums = position(order);
    sums.open_sells -= Quantity{fill.qty};
    sums.sold += Quantity{fill.qty};
    sums.margin += before - held(order);
    sums.receivable += amount;
    sums.fee += fees.fee;
    sums.tax += fees.tax;
    Entry& entry = enter(event, Cause::sold, fill.order, fill.trade);
    entry.postings = {{house, MoneyAccount::clearing, -amount},
                      {order.account, MoneyAccount::receivable, amount}};
    expect(event, fill.order, "fee", fees.fee.value, fill.fee.value);
    expect(event, fill.order, "tax", fees.tax.value, fill.tax.value);
    expect(event, fill.order, "released", 0, fill.released.value);
}

Entry& Postings::enter(const engine::Event& event, Cause cause, engine::OrderId order,
                       engine::TradeId trade) {
    return entries_.emplace_back(Entry{event.header.sequence, order, trade, {}, cause, {}});
}

// From cash into what holds the order, or back when negative. Nothing moved is no entry.
void Postings::move_hold(const engine::Event& event, Cause cause, engine::OrderId id,
                         engine::AccountId account, engine::Side side, Money amount) {
    if (amount == Money{}) return;
    const MoneyAccount to = side == engine::Side::buy ? MoneyAccount::hold : MoneyAccount::margin;
    Entry& entry = enter(event, cause, id);
    entry.postings = {{account, MoneyAccount::cash, -amount}, {account, to, amount}};
}

void Postings::expect(const engine::Event& event, engine::OrderId order, std::string_view what,
                      std::int64_t formula, std::int64_t told) {
    if (formula != told) differ(event, "order", order.value, what, formula, told);
}

void Postings::expect(const engine::Event& event, engine::DeliveryId delivery, std::string_view what,
                      std::int64_t formula, std::int64_t told) {
    if (formula != told) differ(event, "delivery", delivery.value, what, formula, told);
}

void Postings::differ(const engine::Event& event, std::string_view of, std::uint64_t id,
                      std::string_view what, std::int64_t formula, std::int64_t told) {
    if (difference_) return;
    difference_ = Difference{
        event.header.sequence,
        fmt::format("{} {}: {} is {} by the rules and {} in the event", of, id, what, formula, told)};
}

void Balances::post(const Entry& entry) {
    for (const Posting& p : entry.postings) {
        if (of_house(p.money)) {
            house_[static_cast<std::size_t>(p.money)] += p.amount;
            continue;
        }
        Participant& participant = participants_[p.account];
        switch (p.money) {
            case MoneyAccount::cash: participant.cash += p.amount; break;
            case MoneyAccount::hold: participant.hold += p.amount; break;
            case MoneyAccount::margin: participant.margin += p.amount; break;
            case MoneyAccount::receivable: participant.receivable += p.amount; break;
            default: participant.penalty += p.amount; break;
        }
    }
}

Balances::Participant Balances::of(engine::AccountId account) const {
    const auto found = participants_.find(account);
    return found == participants_.end() ? Participant{} : found->second;
}

Money Balances::total() const {
    Money sum{};
    for (const Money m : house_) sum += m;
    for (const auto& [account, p] : participants_)
        sum += p.cash + p.hold + p.margin + p.receivable + p.penalty;
    return sum;
}

}  // namespace gridbook::ledger
