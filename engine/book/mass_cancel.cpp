// SPDX-License-Identifier: Apache-2.0
#include "engine/book/mass_cancel.hpp"

#include "engine/book/checks.hpp"
#include "engine/book/orders.hpp"
#include "engine/delivery/standby.hpp"
#include "engine/refusal.hpp"
#include "engine/strips/strips.hpp"

namespace gridbook::engine {
namespace {

bool wanted(const State& state, const OrderRecord& record, const Task& task) {
    if (task.side == SideFilter::buy && record.side != Side::buy) return false;
    if (task.side == SideFilter::sell && record.side != Side::sell) return false;
    if (record.kind == OrderKind::standby && firm(state, record)) return false;
    if (task.session != 0) {
        const std::uint32_t session = record.kind == OrderKind::strip
                                          ? state.strips[record.live_slot].session
                                          : state.open.session(open_node(state, record));
        if (session != task.session) return false;
    }
    if (task.scope == no_instrument) return true;
    if (record.instrument.family != task.scope.family) return false;
    // A strip belongs to its family, not to an hour.
    return task.scope.period == Period{} ||
           (record.kind != OrderKind::strip && record.instrument == task.scope);
}

// What stands beside the books: strips, then standby offers.
bool kill_beside(Step& step, Task& task, InstrumentId scope) {
    return cancel_strips_covering(step, scope, CancelReason::killed, task.count) &&
           cancel_standbys(step, scope, CancelReason::killed, task.count);
}

// Every listed period of a family from `task.cursor` on, then its strips.
bool kill_family(Step& step, Task& task, FamilyId id) {
    State& state = step.state;
    const Family& family = state.catalogue.family(id);
    for (; task.part < family.horizon; ++task.part) {
        const Period period{family.last_listed.value - family.horizon + 1 + task.part};
        if (!cancel_book(step, state.books[family.book_of(period)], CancelReason::killed, task.count))
            return false;
    }
    return kill_beside(step, task, instrument(id, Period{}));
}

bool kill_all_families(Step& step, Task& task) {
    const auto& order = step.state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor, task.part = 0)
        if (!kill_family(step, task, order[task.cursor])) return false;
    return true;
}

// The orders of one account from `task.record` on.
bool cancel_account(Step& step, Task& task) {
    State& state = step.state;
    while (task.record != no_slot) {
        const OrderRecord& record = state.records[task.record];
        const std::uint32_t next = next_open(state, task.record);
        if (wanted(state, record, task)) {
            if (step.sink.room() == 0) return false;
            cancel(step, task.record, task.reason);
            task.count += 1;
        }
        task.record = next;
    }
    return true;
}

// Accounts of the killed one's group, by id; `cursor` is the next one to begin.
bool kill_accounts(Step& step, Task& task) {
    State& state = step.state;
    const bool group = task.kill_scope == KillScope::group;
    const GroupId wanted_group = state.accounts[task.account].group;
    for (;;) {
        if (!cancel_account(step, task)) return false;
        const std::size_t accounts = state.accounts.all().size();
        while (task.cursor < accounts && (group ? state.accounts[AccountId{task.cursor}].group != wanted_group
                                                : AccountId{task.cursor} != task.account))
            ++task.cursor;
        if (task.cursor == accounts) return true;
        task.record = first_open(state, AccountId{task.cursor++});
    }
}

bool kill_orders(Step& step, Task& task) {
    State& state = step.state;
    switch (task.kill_scope) {
        case KillScope::account:
        case KillScope::group: return kill_accounts(step, task);
        case KillScope::market: return kill_all_families(step, task);
        case KillScope::family: return kill_family(step, task, task.scope.family);
        case KillScope::instrument: break;
    }
    if (state.find_book(task.scope) != nullptr &&
        !cancel_book(step, state.book(task.scope), CancelReason::killed, task.count))
        return false;
    return kill_beside(step, task, task.scope);
}

// The flag that new orders are asked for.
void set_killed(State& state, const Kill& body) {
    switch (body.scope) {
        case KillScope::market: state.killed = body.on; return;
        case KillScope::family: state.catalogue.family(body.instrument.family).killed = body.on; return;
        case KillScope::instrument:
            if (state.find_book(body.instrument) != nullptr) state.book(body.instrument).killed = body.on;
            return;
        case KillScope::group: state.accounts.set_killed(state.accounts[body.target].group, body.on); return;
        case KillScope::account: {
            Account& account = state.accounts[body.target];
            account.killed = static_cast<std::uint8_t>(body.on ? account.killed | kill_by::account
                                                               : account.killed & ~kill_by::account);
            return;
        }
    }
}

Refused check_kill(const State& state, const Kill& body) {
    const bool accounts = body.scope == KillScope::account || body.scope == KillScope::group;
    if (accounts && !state.accounts.known(body.target))
        return refusal(RejectReason::account_unknown, RejectField::account);
    const bool one_family = body.scope == KillScope::family || body.scope == KillScope::instrument;
    if (one_family && !state.catalogue.known(body.instrument.family))
        return refusal(RejectReason::symbol_unknown,
                       body.scope == KillScope::family ? RejectField::family : RejectField::symbol,
                       body.instrument);
    // Only what is listed can be killed: a switch for something else would outlive every memory of it.
    if (body.scope == KillScope::instrument && state.find_book(body.instrument) == nullptr)
        return phase_refusal(state.phase(body.instrument), body.instrument);
    return {};
}

void tell_killed(Step& step, const Task& task, bool on) {
    Killed& e = next_event<Killed>(step, step.command.account, event_flag::reply);
    e.origin = task.origin;
    e.instrument = task.scope;
    e.target = task.account;
    e.orders = task.count;
    e.scope = task.kill_scope;
    e.on = on;
}

}  // namespace

bool cancel_book(Step& step, Book& book, CancelReason reason, std::uint32_t& count) {
    State& state = step.state;
    for (const Side side : {Side::buy, Side::sell})
        while (const std::uint32_t slot = book.best_of_all(state.levels, state.orders, side)) {
            if (step.sink.room() == 0) return false;
            cancel(step, state.orders[slot].record, reason);
            count += 1;
        }
    return true;
}

void push_cancel(State& state, AccountId account, std::uint32_t session, CancelReason reason) {
    state.agenda.push(Task{.kind = TaskKind::cancel_all,
                           .record = first_open(state, account),
                           .reason = reason,
                           .account = account,
                           .session = session});
}

void cancel_all(Step& step, const CancelAll& body) {
    State& state = step.state;
    if (body.scope != no_instrument && !state.catalogue.known(body.scope.family))
        return refuse(step, refusal(RejectReason::symbol_unknown, RejectField::symbol, body.scope));
    state.agenda.push(Task{.kind = TaskKind::cancel_all,
                           .record = first_open(state, step.command.account),
                           .reason = CancelReason::user,
                           .side = body.side,
                           .replies = true,
                           .account = step.command.account,
                           .scope = body.scope,
                           .origin = step.command.origin});
}

bool cancel_orders(Step& step, Task& task) {
    if (!cancel_account(step, task) || step.sink.room() == 0) return false;
    MassCancelled& e =
        next_event<MassCancelled>(step, task.account, task.replies ? event_flag::reply : std::uint8_t{0});
    e.origin = task.origin;
    e.orders = task.count;
    e.reason = task.reason;
    return true;
}

void kill(Step& step, const Kill& body) {
    State& state = step.state;
    if (const Refused r = check_kill(state, body); !passed(r)) return refuse(step, r);
    set_killed(state, body);
    Task task{.kind = TaskKind::kill,
              .record = no_slot,
              .reason = CancelReason::killed,
              .account = body.target,
              .scope = body.instrument,
              .origin = step.command.origin,
              .kill_scope = body.scope};
    if (!body.on) return tell_killed(step, task, false);
    state.agenda.push(task);
}

bool kill_scope(Step& step, Task& task) {
    // `scope` says what is killed; the orders of an account go wherever they rest.
    Task orders = task;
    if (task.kill_scope == KillScope::account || task.kill_scope == KillScope::group)
        orders.scope = no_instrument;
    const bool done = kill_orders(step, orders);
    orders.scope = task.scope;
    task = orders;
    if (!done || step.sink.room() == 0) return false;
    tell_killed(step, task, true);
    return true;
}

}  // namespace gridbook::engine
