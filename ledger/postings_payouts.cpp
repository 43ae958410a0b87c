// SPDX-License-Identifier: Apache-2.0
// Postings of payouts: what an account asks back waits in its hold, and goes from there to the bank, or back.
#include "ledger/postings.hpp"

namespace gridbook::ledger {

using engine::Money;
using engine::PayoutState;

// What is told again, and what a decision tells who decided, moves nothing.
void Postings::payout_told(const engine::Event& event) {
    if (event.header.number.value == 0) return;
    const auto told = event.as<engine::PayoutChanged>();
    const engine::AccountId account = event.header.account;
    const auto same = [&](std::string_view what, std::int64_t formula, std::int64_t said) {
        if (formula != said) differ(event, "payout", told.payout.value, what, formula, said);
    };
    Money change = told.state == PayoutState::refused ? told.amount : Money{};
    if (told.state == PayoutState::requested) {
        change = -told.amount;
        same("requests under this id", 0, static_cast<std::int64_t>(payouts_.count(told.payout)));
        payouts_[told.payout] = {account, told.amount};
        enter_moved(
            event, Cause::payout_requested, {},
            {{account, MoneyAccount::cash, -told.amount}, {account, MoneyAccount::hold, told.amount}});
    } else {
        const auto known = payouts_.find(told.payout);
        if (known == payouts_.end()) return same("requests under this id", 1, 0);
        same("amount requested", known->second.amount.value, told.amount.value);
        same("account", known->second.account.value, account.value);
        const Money amount = known->second.amount;
        const bool paid = told.state == PayoutState::paid;
        enter_moved(
            event, paid ? Cause::payout_paid : Cause::payout_refused, {},
            {{account, MoneyAccount::hold, -amount},
             {paid ? engine::no_account : account, paid ? MoneyAccount::bank : MoneyAccount::cash, amount}});
        payouts_.erase(known);
    }
    same("cash after it", (cash(account) + change).value, told.cash.value);
}

}  // namespace gridbook::ledger
