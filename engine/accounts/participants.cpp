// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/participants.hpp"

#include "engine/refusal.hpp"

namespace gridbook::engine {

void open_account(Step& step, const OpenAccount& body) {
    Accounts& accounts = step.state.accounts;
    if (body.name.empty()) return refuse(step, refusal(RejectReason::format_value, RejectField::account));
    if (accounts.find(body.name))
        return refuse(step, refusal(RejectReason::format_value, RejectField::account));
    if (accounts.full()) return refuse(step, pool_full(Pool::accounts, accounts.accounts_limit()));
    const AccountId id = accounts.open(body.name, body.group, body.roles);
    AccountOpened e;
    e.origin = step.command.origin;
    e.name = body.name;
    e.group_name = body.group;
    e.group = accounts[id].group;
    e.roles = body.roles;
    tell(step, id, e, event_flag::reply);
}

void set_key(Step& step, const SetKey& body) {
    Accounts& accounts = step.state.accounts;
    const AccountId account = step.command.account;
    if (body.name.empty()) return refuse(step, refusal(RejectReason::format_value, RejectField::key));
    if (!accounts.known(account))
        return refuse(step, refusal(RejectReason::account_unknown, RejectField::account));
    if (accounts.keys_full() && !accounts.find_key(body.name))
        return refuse(step, pool_full(Pool::keys, accounts.keys_limit()));
    Key key;
    key.name = body.name;
    key.public_key = body.public_key;
    key.account = account;
    key.roles = body.roles;
    key.on_behalf = body.on_behalf;
    KeySet e;
    e.origin = step.command.origin;
    e.name = body.name;
    e.public_key = body.public_key;
    e.id = accounts.set_key(key);
    e.roles = body.roles;
    e.on_behalf = body.on_behalf;
    tell(step, account, e, event_flag::reply);
}

void credit(Step& step, const Credit& body) {
    Accounts& accounts = step.state.accounts;
    const AccountId id = step.command.account;
    if (!accounts.known(id))
        return refuse(step, refusal(RejectReason::account_unknown, RejectField::account));
    Account& account = accounts[id];
    // A thousandth of what 64 bits hold is a hundred times the world's product: more is a mistake.
    constexpr Money most{INT64_MAX / 1000};
    if (body.amount > most || body.amount < -most || account.cash + body.amount > most)
        return refuse(
            step, refusal(RejectReason::format_value, RejectField::amount, most.value, body.amount.value));
    if (account.cash + body.amount < Money{})
        return refuse(
            step, refusal(RejectReason::funds, RejectField::cash, account.cash.value, -body.amount.value));
    account.cash += body.amount;
    accounts.house.bank -= body.amount;
    Credited e;
    e.origin = step.command.origin;
    e.amount = body.amount;
    e.cash = account.cash;
    tell_numbered(step, id, e, event_flag::reply);
}

}  // namespace gridbook::engine
