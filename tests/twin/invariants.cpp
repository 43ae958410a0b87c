// SPDX-License-Identifier: Apache-2.0
// What must always hold (market-rules section 9), tested on the twin's state; the exchange tells the same
// events, so it holds there too, and the answers to questions are compared besides.
#include "tests/engine/describe.hpp"
#include "tests/twin/pair.hpp"

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
    for (const auto& [key, position] : m.positions()) {
        held[key.first].margin += position.margin;
        receivable[key.first] += position.receivable;
    }
    std::int64_t sum = m.bank() + m.fee_income() + m.tax_payable();
    for (std::uint32_t a = 0; a < m.accounts().size(); ++a) {
        const Account& account = m.accounts()[a];
        sum += account.cash + account.hold + account.margin + account.receivable + account.penalty;
        if (account.cash < 0 || account.hold < 0 || account.margin < 0)
            return fmt::format("account {} owes: cash {} hold {} margin {}", a, account.cash, account.hold,
                               account.margin);
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

// Invariant: sold − bought <= registered, with what is still offered; bought = sold in every instrument.
Difference broken_position(const NaiveExchange& m) {
    std::map<InstrumentId, std::int64_t> net;
    std::map<NaiveExchange::PositionKey, std::int64_t> offered;
    for (const auto& [id, order] : m.live())
        if (order.side == Side::sell) offered[{order.account, order.instrument}] += order.leaves();
    for (const auto& [key, p] : m.positions()) {
        net[key.second] += p.bought - p.sold;
        if (p.open_sells != offered[key])
            return fmt::format("a{} offers {} in its orders, {} in its position", key.first.value,
                               offered[key], p.open_sells);
        if (p.open_sells == 0 && p.sold <= p.bought) continue;
        if (p.open_sells + p.sold - p.bought > m.registered(key.first, key.second.family))
            return fmt::format("a{} sold f{}/{} twice", key.first.value, key.second.family.value,
                               key.second.period.value);
        if (p.offered_again > p.bought)
            return fmt::format("a{} offers more than it bought without margin", key.first.value);
    }
    for (const auto& [i, lots] : net)
        if (lots != 0) return fmt::format("f{}/{}: bought - sold = {}", i.family.value, i.period.value, lots);
    return std::nullopt;
}

// Invariant: no crossed book; what is open lies inside the hard band, what is parked outside; nothing rests
// gated.
Difference broken_book(const NaiveExchange& m) {
    std::map<InstrumentId, std::int64_t> bid, ask;
    for (const auto& [id, order] : m.live()) {
        const Band& band = m.families()[order.instrument.family.value].band;
        if (band.inside(order.price) != (order.state == engine::OrderState::open))
            return fmt::format("order {} at {} is open or parked against its band", id.value, order.price);
        if (m.phases().at(order.instrument) != engine::Phase::open)
            return fmt::format("order {} rests behind the gate", id.value);
        if (order.tif == engine::TimeInForce::ioc) return fmt::format("ioc order {} rests", id.value);
        if (order.leaves() <= 0 || order.hold < 0)
            return fmt::format("order {} holds {}", id.value, order.hold);
        if (order.state != engine::OrderState::open) continue;
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
    return std::nullopt;
}

}  // namespace

Difference broken_invariant(const NaiveExchange& market) {
    if (auto broken = broken_account(market)) return broken;
    if (auto broken = broken_position(market)) return broken;
    return broken_book(market);
}

}  // namespace gridbook::twin
