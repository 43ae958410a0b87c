// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/switches.hpp"

#include <algorithm>

#include "engine/book/mass_cancel.hpp"
#include "engine/book/orders.hpp"
#include "engine/refusal.hpp"
#include "engine/timers.hpp"

namespace gridbook::engine {
namespace {

Due switch_off_at(Time time, Sequence armed, std::uint32_t session = 0) {
    // No symbol: they come after the orders that expire, by the command that armed them.
    return Due{
        .time = time, .kind = due_kind::switch_off, .symbol = 0, .sequence = armed.value, .session = session};
}

// Orders of a lost session belong to the new one.
std::uint32_t adopt(State& state, AccountId account, std::uint32_t from, std::uint32_t to) {
    std::uint32_t adopted = 0;
    for (std::uint32_t slot = first_open(state, account); slot != no_slot; slot = next_open(state, slot)) {
        const OrderRecord& record = state.records[slot];
        std::uint32_t& session = record.kind == OrderKind::strip
                                     ? state.strips[record.live_slot].session
                                     : state.open.session(open_node(state, record));
        if (session != from) continue;
        session = to;
        adopted += 1;
    }
    return adopted;
}

}  // namespace

void cancel_after(Step& step, const CancelAfter& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    const std::uint32_t timer = TimerIds::account(state, account);
    CancelAfterSet& e = next_event<CancelAfterSet>(step, account, event_flag::reply);
    e.origin = step.command.origin;
    if (body.ms == 0) return state.disarm(timer);
    e.due = state.time + millisecond * body.ms;
    state.arm(timer, switch_off_at(e.due, step.command.sequence));
}

void open_session(Step& step, const OpenSession& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    const std::uint32_t connection = step.command.origin.connection;
    Sessions& sessions = state.sessions;
    for (const Session& s : sessions.all())
        if (connection == 0 || (s.id != 0 && s.connection == connection && s.account == account))
            return refuse(step, refusal(RejectReason::format_value, RejectField::session));
    // Lost sessions that it takes over make room first.
    std::vector<std::uint32_t>& lost = state.scratch;
    lost.clear();
    for (std::uint32_t i = 0; i < sessions.limit(); ++i) {
        const Session& s = sessions[i];
        if (s.id == 0 || s.connection != 0 || s.account != account || s.key != step.command.key) continue;
        lost.push_back(s.id);
        state.disarm(TimerIds::session(state, i));
        sessions.remove(i);
    }
    if (sessions.full()) return refuse(step, pool_full(Pool::sessions, sessions.limit()));
    const std::uint32_t slot = sessions.add(Session{.connection = connection,
                                                    .account = account,
                                                    .key = step.command.key,
                                                    .mode = body.mode,
                                                    .grace_ms = body.grace_ms});
    state.accounts[account].sessions += 1;
    std::uint32_t adopted = 0;
    for (const std::uint32_t id : lost) adopted += adopt(state, account, id, sessions[slot].id);
    SessionOpened& e = next_event<SessionOpened>(step, account);
    e.origin = step.command.origin;
    e.session = sessions[slot].id;
    e.adopted = adopted;
}

void close_session(Step& step) {
    State& state = step.state;
    const std::uint32_t connection = step.command.origin.connection;
    // By session id, which is the order in which they were opened.
    std::vector<std::uint32_t>& lost = state.scratch;
    lost.clear();
    for (std::uint32_t i = 0; i < state.sessions.limit(); ++i) {
        const Session& s = state.sessions[i];
        if (s.id != 0 && s.connection != 0 && (connection == 0 || s.connection == connection))
            lost.push_back(i);
    }
    std::sort(lost.begin(), lost.end(),
              [&](std::uint32_t a, std::uint32_t b) { return state.sessions[a].id < state.sessions[b].id; });
    for (const std::uint32_t i : lost) {
        Session& s = state.sessions[i];
        s.connection = 0;
        state.accounts[s.account].sessions -= 1;
        SessionClosed& e = next_event<SessionClosed>(step, s.account);
        e.origin = step.command.origin;
        e.session = s.id;
        e.mode = s.mode;
        e.due = state.time + millisecond * s.grace_ms;
        state.arm(TimerIds::session(state, i), switch_off_at(e.due, step.command.sequence, s.id));
    }
}

void switch_off(Step& step, std::uint32_t id) {
    State& state = step.state;
    const std::uint32_t first_session = TimerIds::session(state, 0);
    if (id < first_session) {
        const AccountId account{id - TimerIds::account(state, AccountId{0})};
        return push_cancel(state, account, 0, CancelReason::cancel_after);
    }
    const Session session = state.sessions[id - first_session];
    state.sessions.remove(id - first_session);
    if (session.mode == CancelOnDisconnect::off) return;
    push_cancel(state, session.account, session.mode == CancelOnDisconnect::connection ? session.id : 0,
                CancelReason::disconnect);
}

}  // namespace gridbook::engine
