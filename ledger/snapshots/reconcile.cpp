// SPDX-License-Identifier: Apache-2.0
#include "ledger/snapshots/reconcile.hpp"

#include <fmt/format.h>

#include "engine/state.hpp"

namespace gridbook::ledger {

using engine::Money;

namespace {

struct Held {
    Money hold{}, margin{};
};

std::map<engine::AccountId, Held> held_by_formula(const Postings& postings) {
    std::map<engine::AccountId, Held> held;
    const auto add = [&](const auto& order) {
        Held& h = held[order.account];
        (order.side == engine::Side::buy ? h.hold : h.margin) += postings.held(order);
    };
    for (const auto& [id, order] : postings.orders()) add(order);
    for (const auto& [id, strip] : postings.strips()) add(strip);
    for (const auto& [key, sums] : postings.positions()) held[key.first].margin += sums.margin;
    for (const auto& [key, dispute] : postings.disputes())
        held[dispute.payer(key.second)].hold += dispute.held;
    for (const auto& [id, payout] : postings.payouts()) held[payout.account].hold += payout.amount;
    return held;
}

std::string sums(const Balances::Participant& p) {
    return fmt::format("cash {}, hold {}, margin {}, receivable {}, penalty {}", p.cash.value, p.hold.value,
                       p.margin.value, p.receivable.value, p.penalty.value);
}

}  // namespace

std::optional<Difference> reconcile(const engine::Exchange& exchange, const Postings& postings,
                                    const Balances& balances) {
    const engine::Sequence sequence = exchange.sequence();
    const auto held = held_by_formula(postings);
    engine::EventBuffer buffer;
    for (std::uint32_t a = 0; a < exchange.state().accounts.all().size(); ++a) {
        const engine::AccountId account{a};
        engine::EventSink sink = buffer.sink();
        exchange.answer(engine::Command::of(engine::QueryBalance{}, account), sink);
        const auto told = buffer[0].event().as<engine::BalanceRow>();
        const Balances::Participant engine_has{told.cash, told.hold, told.margin, told.receivable,
                                               told.penalty};
        const Balances::Participant posted = balances.of(account);
        if (engine_has != posted)
            return Difference{sequence,
                              fmt::format("account {}: the engine has {}; the postings {} micro-CNY", a,
                                          sums(engine_has), sums(posted))};
        const auto found = held.find(account);
        const Held formula = found == held.end() ? Held{} : found->second;
        if (told.hold != formula.hold || told.margin != formula.margin)
            return Difference{
                sequence,
                fmt::format("account {}: the engine holds {} and margin {}, the formula over "
                            "its open orders gives {} and {} micro-CNY",
                            a, told.hold.value, told.margin.value, formula.hold.value, formula.margin.value)};
    }
    if (balances.total() != Money{} || balances.house(MoneyAccount::clearing) != Money{})
        return Difference{sequence,
                          fmt::format("all accounts sum to {} and clearing holds {} micro-CNY",
                                      balances.total().value, balances.house(MoneyAccount::clearing).value)};
    return std::nullopt;
}

}  // namespace gridbook::ledger
