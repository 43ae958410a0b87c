// SPDX-License-Identifier: Apache-2.0
// The state is the twin's; the exchange tells the same events, so it holds there too, and the answers to
// questions are compared besides.
#include "tests/twin/invariants.hpp"

#include "tests/engine/describe.hpp"

namespace gridbook::twin {

using engine::AccountId;
using engine::InstrumentId;
using engine::Side;

namespace {

struct Held {
    std::int64_t hold = 0, margin = 0;
};

// Invariant: no account owes, and what accounts hold is what their orders and positions hold.
Difference broken_account(const NaiveExchange& m) {
    std::map<AccountId, Held> held;
    std::map<AccountId, std::int64_t> receivable;
    for (const auto& [id, order] : m.live())
        (order.side == Side::buy ? held[order.account].hold : held[order.account].margin) += order.hold;
    for (const auto& [id, s] : m.strips())
        (s.side == Side::buy ? held[s.account].hold : held[s.account].margin) += s.hold;
    for (const auto& [id, offer] : m.standbys()) held[offer.account].margin += offer.hold;
    for (const auto& [key, position] : m.positions()) {
        held[key.first].margin += position.margin;
        receivable[key.first] += position.receivable;
    }
    for (const auto& [key, dispute] : m.disputes())
        held[key.second == Side::sell ? dispute.buyer : dispute.seller].hold += dispute.held;
    for (const auto& [id, payout] : m.payouts()) held[payout.account].hold += payout.amount;
    std::int64_t sum = m.bank() + m.fee_income() + m.tax_payable() + m.default_fund();
    for (std::uint32_t a = 0; a < m.accounts().size(); ++a) {
        const Account& account = m.accounts()[a];
        sum += account.cash + account.hold + account.margin + account.receivable + account.penalty;
        if (account.cash < 0 || account.hold < 0 || account.margin < 0)
            return fmt::format("account {} owes: cash {} hold {} margin {}", a, account.cash, account.hold,
                               account.margin);
        if (account.penalty != 0) return fmt::format("account {} has a penalty outside a settlement", a);
        if (account.hold != held[AccountId{a}].hold)
            return fmt::format("account {} holds {}, its orders {}", a, account.hold,
                               held[AccountId{a}].hold);
        if (account.margin != held[AccountId{a}].margin || account.receivable != receivable[AccountId{a}])
            return fmt::format("account {} has margin {}, its positions {}", a, account.margin,
                               held[AccountId{a}].margin);
    }
    if (sum != 0) return fmt::format("accounts and house sum to {}", sum);
    return std::nullopt;
}

// Invariant: sold − bought <= what is registered and not in maintenance, with what is still offered; bought =
// sold in every instrument.
Difference broken_position(const NaiveExchange& m) {
    std::map<InstrumentId, std::int64_t> net;
    std::map<NaiveExchange::PositionKey, std::int64_t> offered;
    for (const auto& [id, order] : m.live())
        if (order.side == Side::sell) offered[{order.account, order.instrument}] += order.leaves();
    for (const auto& [id, s] : m.strips())
        for (std::int64_t k = 0; s.side == Side::sell && k < s.hours; ++k)
            offered[{s.account, s.hour(k)}] += s.lots;
    for (const auto& [id, offer] : m.standbys()) offered[{offer.account, offer.instrument}] += offer.left;
    for (const auto& [i, lots] : m.replaced()) net[i] += lots;  // sold to those who had bought elsewhere
    for (const auto& [key, p] : m.positions()) {
        net[key.second] += p.bought - p.sold;
        if (p.open_sells != offered[key])
            return fmt::format("a{} offers {} in its orders, {} in its position", key.first.value,
                               offered[key], p.open_sells);
        if (p.open_sells == 0 && p.sold <= p.bought) continue;
        if (p.margin < 0 || p.receivable < 0 || p.open_sells < 0 || p.offered_again < 0)
            return fmt::format("a{} has a negative position", key.first.value);
        if (p.open_sells + p.sold - p.bought > m.capacity(key.first, key.second))
            return fmt::format("a{} sold f{}/{} twice", key.first.value, key.second.family.value,
                               key.second.period.value);
        if (p.offered_again > p.bought)
            return fmt::format("a{} offers more than it bought without margin", key.first.value);
    }
    for (const auto& [i, lots] : net)
        if (lots != 0) return fmt::format("f{}/{}: bought - sold = {}", i.family.value, i.period.value, lots);
    return std::nullopt;
}

// Invariant: what is parked lies outside the hard band, what is not executable beyond the effective one; no
// book that is open is crossed; nothing rests that may not.
Difference broken_book(const NaiveExchange& m) {
    std::map<InstrumentId, std::int64_t> bid, ask;
    std::map<InstrumentId, Edges> effective;
    for (const auto& [i, hour] : m.hours())
        if (hour.listed()) effective[i] = m.effective(i);
    for (const auto& [id, order] : m.live()) {
        const Band& band = m.families()[order.instrument.family.value].band;
        if (effective.count(order.instrument) == 0)
            return fmt::format("order {} rests behind the gate", id.value);
        const Edges now = effective[order.instrument];
        if (now.lo > now.hi || now.lo < band.lo || now.hi > band.hi) return "the edges are out of order";
        if (band.inside(order.price) != (order.state == engine::OrderState::open))
            return fmt::format("order {} at {} is open or parked against its band", id.value, order.price);
        const bool beyond = order.side == Side::buy ? order.price > now.hi : order.price < now.lo;
        if (order.non_executable != (beyond && order.state == engine::OrderState::open))
            return fmt::format("order {} at {} is flagged against its band", id.value, order.price);
        if (order.tif == engine::TimeInForce::ioc || order.tif == engine::TimeInForce::fok)
            return fmt::format("order {} rests", id.value);
        if (order.leaves() <= 0 || order.hold < 0 || order.cum + order.left > order.qty)
            return fmt::format("order {} holds {}", id.value, order.hold);
        if (order.expire <= m.time()) return fmt::format("order {} is expired", id.value);
        if (!order.executable() || m.hours().at(order.instrument).phase != engine::Phase::open) continue;
        if (order.side == Side::buy) {
            bid[order.instrument] = std::max(bid[order.instrument], order.price);
        } else {
            auto& best = ask[order.instrument];
            best = best == 0 ? order.price : std::min(best, order.price);
        }
    }
    for (const auto& [i, price] : bid)
        if (ask.count(i) != 0 && ask[i] <= price)
            return fmt::format("f{}/{} is crossed", i.family.value, i.period.value);
    for (const auto& [id, s] : m.strips())
        for (std::int64_t k = 0; k < s.hours; ++k)
            if (effective.count(s.hour(k)) == 0) return fmt::format("strip {} rests behind a gate", id.value);
    return std::nullopt;
}

// Is this a state that a delivery may have now?
bool in_time(const Delivery& d, engine::Time now, engine::Product product) {
    using engine::DeliveryState;
    const engine::Time start = engine::window_start(d.instrument.period, product);
    const engine::Time end = engine::window_end(d.instrument.period, product);
    switch (d.state) {
        case DeliveryState::gated:
            return now < start - (product == engine::Product::gpu ? engine::minute * 5 : engine::Duration{});
        case DeliveryState::ready: return now < start;
        case DeliveryState::delivering: return now >= start && now < end;
        case DeliveryState::failing: return now < end;
        case DeliveryState::delivered: return now >= end && now < end + engine::minute * 5;
        case DeliveryState::provisional: return now >= end + engine::minute * 5;
        case DeliveryState::failed:
        case DeliveryState::replaced: return now > start;
        case DeliveryState::none:
        case DeliveryState::settled: break;
    }
    return false;
}

// Invariant: what is settled is gone; from its gate on, whoever sold more than it bought delivers just that,
// and whoever bought more is delivered just that; what replaces a delivery is no more than was promised.
Difference broken_delivery(const NaiveExchange& m) {
    if (m.genesis().deliveries == 0) return std::nullopt;
    const auto final = [&](InstrumentId i) {
        return engine::window_end(i.period, m.product(i.family)) + engine::hour;
    };
    std::map<NaiveExchange::PositionKey, std::int64_t> net;
    std::map<engine::DeliveryId, std::int64_t> covers;
    for (const auto& [id, d] : m.deliveries()) {
        if (!in_time(d, m.time(), m.product(d.instrument.family)))
            return fmt::format("delivery {} has a state out of time", id.value);
        if (final(d.instrument) <= m.time()) return fmt::format("delivery {} is not settled", id.value);
        if (d.qty <= 0 || d.delivered() > d.promised())
            return fmt::format("delivery {} delivers more than it promised", id.value);
        if (d.replaces.value == 0)
            net[{d.seller, d.instrument}] += d.qty, net[{d.buyer, d.instrument}] -= d.qty;
        if (d.replaces.value != 0) covers[d.replaces] += d.stands_for;
    }
    for (const auto& [id, lots] : covers) {
        const auto failed = m.deliveries().find(id);
        if (failed != m.deliveries().end() && (!failed->second.failed() || lots > failed->second.qty))
            return fmt::format("delivery {} is replaced by more than it was", id.value);
    }
    for (const auto& [key, p] : m.positions()) {
        const InstrumentId i = key.second;
        if (final(i) <= m.time())
            return fmt::format("a{} has a position that is not settled", key.first.value);
        if (m.replaced().count(i) != 0) continue;  // sold from standby, to whom another one sold
        const bool gated = engine::gate_time(i.period, m.product(i.family)) <= m.time();
        if (gated && p.sold - p.bought != net[key])
            return fmt::format("a{} sold {} net in f{}/{} and delivers {}", key.first.value,
                               p.sold - p.bought, i.family.value, i.period.value, net[key]);
    }
    for (const auto& [id, offer] : m.standbys())
        if (offer.left <= 0 || final(offer.instrument) <= m.time() + engine::hour)
            return fmt::format("offer {} stands by for an hour that is over", id.value);
    return std::nullopt;
}

// Invariant: what is owed is paid, to the micro-CNY.
Difference unpaid(const engine::Event& e) {
    if (e.kind() == engine::EventKind::replaced) {
        const auto r = e.as<engine::Replaced>();
        if (r.cost == r.from_receivable + r.from_margin + r.from_cash + r.from_fund) return std::nullopt;
        return fmt::format("the replacement of delivery {} is not paid", r.failed.value);
    }
    const auto p = e.as<engine::PositionSettled>();
    if (p.receivable + p.from_margin + p.from_cash + p.from_fund == p.fee + p.tax + p.owed + p.paid)
        return std::nullopt;
    return fmt::format("a{} is not settled to zero", e.header.account.value);
}

}  // namespace

// The band that was told last is the one that trades must lie in: phases and references by instrument, the
// hard band by family.
Difference Witness::see(const std::vector<engine::Event>& told) {
    for (const engine::Event& e : told) {
        if (e.kind() == engine::EventKind::family_defined) {
            const auto f = e.as<engine::FamilyDefined>();
            if (f.dynamic_width.value == 0) hard_only_[f.id] = {};
        } else if (e.kind() == engine::EventKind::band_changed) {
            const auto b = e.as<engine::BandChanged>();
            if (b.status != engine::BandStatus::scheduled && hard_only_.count(b.family) != 0)
                hard_only_[b.family] = {b.floor.value, b.ceiling.value};
        } else if (e.kind() == engine::EventKind::phase_changed) {
            const auto p = e.as<engine::PhaseChanged>();
            bands_[p.instrument] = {p.low.value, p.high.value};
            phases_[p.instrument] = p.phase;
        } else if (e.kind() == engine::EventKind::reference_changed) {
            const auto r = e.as<engine::ReferenceChanged>();
            bands_[r.instrument] = {r.low.value, r.high.value};
        } else if (e.kind() == engine::EventKind::fill) {
            if (auto broken = see_fill(e.as<engine::Fill>())) return broken;
        } else if (e.kind() == engine::EventKind::replaced ||
                   e.kind() == engine::EventKind::position_settled) {
            if (auto broken = unpaid(e)) return broken;
        }
        if (auto broken = tokens_.see(e)) return broken;
    }
    if (auto broken = tokens_.unfinished()) return broken;
    if (first_) return fmt::format("trade {} has one fill", first_->trade.value);
    return std::nullopt;
}

// Invariant: no trade outside the effective band, none while paused, two fills a trade that mirror each
// other.
Difference Witness::see_fill(const engine::Fill& f) {
    const auto hard = hard_only_.find(f.instrument.family);
    const Edges band = hard != hard_only_.end() ? hard->second : bands_[f.instrument];
    const auto trade = f.trade.value;
    if (!band.inside(f.price.value))
        return fmt::format("trade {} at {} outside {} to {}", trade, f.price.value, band.lo, band.hi);
    const engine::Phase phase = phases_[f.instrument];
    if (phase != (f.call ? engine::Phase::call : engine::Phase::open))
        return fmt::format("trade {} in phase {}", trade, tests::word(phase));
    if (f.released.value < 0) return fmt::format("trade {} releases less than nothing", trade);
    if (!first_) {
        first_ = f;
        return std::nullopt;
    }
    const engine::Fill a = *first_;
    first_.reset();
    const bool mirrors = a.trade == f.trade && a.price == f.price && a.qty == f.qty && a.side != f.side &&
                         a.instrument == f.instrument && a.liquidity == engine::Liquidity::maker;
    if (!mirrors) return fmt::format("the fills of trade {} do not fit", trade);
    return std::nullopt;
}

Difference broken_invariant(const NaiveExchange& market) {
    if (auto broken = broken_account(market)) return broken;
    if (auto broken = broken_position(market)) return broken;
    if (auto broken = broken_delivery(market)) return broken;
    if (auto broken = broken_holding(market)) return broken;
    if (auto broken = broken_grant(market)) return broken;
    return broken_book(market);
}

}  // namespace gridbook::twin
