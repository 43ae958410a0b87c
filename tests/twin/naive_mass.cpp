// SPDX-License-Identifier: Apache-2.0
// What ends many orders at once in the twin: mass cancel, dead man's switches, lost sessions, kill switches.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::CancelOnDisconnect;
using engine::CancelReason;
using engine::InstrumentId;
using engine::KillScope;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;

// Orders, strips and standby offers, in the order of their ids.
std::vector<engine::OrderId> NaiveExchange::open_of(engine::AccountId account) const {
    std::vector<engine::OrderId> ids;
    for (const auto& [id, order] : live_)
        if (order.account == account) ids.push_back(id);
    for (const auto& [id, s] : strips_)
        if (s.account == account) ids.push_back(id);
    for (const auto& [id, offer] : standbys_)
        if (offer.account == account) ids.push_back(id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::uint32_t NaiveExchange::cancel_account(engine::AccountId account, CancelReason reason) {
    return cancel_these(open_of(account), reason);
}

// Offers that are firm stay.
std::uint32_t NaiveExchange::cancel_these(const std::vector<engine::OrderId>& ids, CancelReason reason) {
    std::uint32_t orders = 0;
    for (const engine::OrderId id : ids) {
        if (firm(id)) continue;
        cancel_and_tell(id, reason);
        ++orders;
    }
    return orders;
}

void NaiveExchange::tell_mass(engine::AccountId account, std::uint32_t orders, CancelReason reason,
                              bool reply) {
    engine::MassCancelled e;
    if (reply) e.origin = header().origin;
    e.orders = orders;
    e.reason = reason;
    emit(account, e, false, reply ? engine::event_flag::reply : std::uint8_t{0});
}

// A strip belongs to its family and side, not to an instrument.
void NaiveExchange::cancel_all(const engine::CancelAll& c) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const bool everywhere = c.scope == engine::no_instrument;
    const bool whole_family = c.scope.period.value == 0;
    if (!everywhere && c.scope.family.value >= families_.size()) {
        auto r = refusal(RejectReason::symbol_unknown, RejectField::symbol);
        r.instrument = c.scope;
        return refuse(r);
    }
    const auto of_side = [&](Side side) {
        return c.side == engine::SideFilter::both ||
               (c.side == engine::SideFilter::buy) == (side == Side::buy);
    };
    std::uint32_t orders = 0;
    for (const engine::OrderId id : open_of(header().account)) {
        bool taken = false;
        if (firm(id)) continue;
        if (strips_.count(id) == 0) {
            const Order& order = *find(id);
            taken = of_side(order.side) && (everywhere || order.instrument == c.scope ||
                                            (whole_family && order.instrument.family == c.scope.family));
        } else {
            const Strip& s = strips_.at(id);
            taken = of_side(s.side) && (everywhere || (whole_family && s.family == c.scope.family));
        }
        if (!taken) continue;
        ++orders;
        cancel_and_tell(id, CancelReason::user);
    }
    tell_mass(header().account, orders, CancelReason::user, true);
}

// ---- dead man's switches and sessions ----

void NaiveExchange::cancel_after(const engine::CancelAfter& c) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    engine::CancelAfterSet e;
    e.origin = header().origin;
    switches_.erase(header().account);
    if (c.ms != 0) {
        e.due = now_ + engine::millisecond * c.ms;
        switches_[header().account] = {e.due, sequence_};
    }
    emit(header().account, e, false, engine::event_flag::reply);
}

// It takes over what a lost session of the same account and key left.
void NaiveExchange::open_session(const engine::OpenSession& o) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const std::uint32_t connection = header().origin.connection;
    const bool open = std::any_of(sessions_.begin(), sessions_.end(), [&](const Session& s) {
        return !s.lost && s.connection == connection && s.account == header().account;
    });
    if (connection == 0 || open) return refuse(refusal(RejectReason::format_value, RejectField::session));
    std::set<std::uint32_t> ended;
    for (const Session& s : sessions_)
        if (s.lost && s.account == header().account && s.key == header().key) ended.insert(s.id);
    if (sessions_.size() - ended.size() >= genesis_.sessions)
        return refuse(pool_full(engine::Pool::sessions, genesis_.sessions));
    std::erase_if(sessions_, [&](const Session& s) { return ended.count(s.id) != 0; });
    engine::SessionOpened e;
    e.origin = header().origin;
    e.session = ++sessions_opened_;
    for (auto& [id, order] : live_)
        if (ended.count(order.session) != 0) order.session = e.session, ++e.adopted;
    for (auto& [id, s] : strips_)
        if (ended.count(s.session) != 0) s.session = e.session, ++e.adopted;
    for (auto& [id, offer] : standbys_)
        if (ended.count(offer.session) != 0) offer.session = e.session, ++e.adopted;
    sessions_.push_back({e.session,
                         connection,
                         header().account,
                         header().key,
                         o.mode,
                         engine::millisecond * o.grace_ms,
                         false,
                         {},
                         {}});
    emit(header().account, e);
}

void NaiveExchange::close_session() {
    const std::uint32_t connection = header().origin.connection;
    for (Session& s : sessions_) {
        if (s.lost || (connection != 0 && s.connection != connection)) continue;
        s.lost = true;
        s.due = now_ + s.grace;
        s.armed = sequence_;
        engine::SessionClosed e;
        e.origin = header().origin;
        e.session = s.id;
        e.mode = s.mode;
        e.due = s.due;
        emit(s.account, e);
    }
}

// What is due, by the sequence of the command that armed it; sessions that one command lost, by their ids.
void NaiveExchange::lost_sessions_and_switches() {
    std::map<std::pair<engine::Sequence, std::uint32_t>, engine::AccountId> due;
    for (const auto& [account, armed] : switches_)
        if (armed.due <= now_) due[{armed.armed, 0}] = account;
    for (const Session& s : sessions_)
        if (s.lost && s.due <= now_) due[{s.armed, s.id}] = s.account;
    for (const auto& [key, account] : due) {
        if (key.second == 0) {
            switches_.erase(account);
            tell_mass(account, cancel_account(account, CancelReason::cancel_after),
                      CancelReason::cancel_after, false);
            continue;
        }
        const auto at = std::find_if(sessions_.begin(), sessions_.end(),
                                     [&](const Session& s) { return s.id == key.second; });
        const Session lost = *at;
        sessions_.erase(at);
        if (lost.mode == CancelOnDisconnect::off) continue;
        std::uint32_t orders = 0;
        if (lost.mode == CancelOnDisconnect::account) {
            orders = cancel_account(account, CancelReason::disconnect);
        } else {
            std::vector<engine::OrderId> its;
            for (const engine::OrderId id : open_of(account))
                if ((strips_.count(id) != 0 ? strips_.at(id).session : find(id)->session) == lost.id)
                    its.push_back(id);
            orders = cancel_these(its, CancelReason::disconnect);
        }
        tell_mass(account, orders, CancelReason::disconnect, false);
    }
}

// ---- kill switches ----

// As a gate does, then the strips that cover it, by time, then its standby offers.
std::uint32_t NaiveExchange::kill_hour(InstrumentId i) {
    std::uint32_t orders = 0;
    for (const Side side : {Side::buy, Side::sell})
        for (const engine::OrderId id : resting(i, side)) cancel_and_tell(id, CancelReason::killed), ++orders;
    for (const engine::OrderId id : strips_in_time()) {
        const Strip& s = strips_.at(id);
        const bool covers = s.family == i.family && s.start <= i.period &&
                            i.period.value < s.start.value + std::uint32_t{s.hours};
        if (covers) cancel_and_tell(id, CancelReason::killed), ++orders;
    }
    for (const engine::OrderId id : standbys_of(i.family))
        if (standbys_.at(id).instrument == i) orders += cancel_these({id}, CancelReason::killed);
    return orders;
}

// Its instruments by period, then its strips, then its standby offers.
std::uint32_t NaiveExchange::kill_family(engine::FamilyId f) {
    std::uint32_t orders = 0;
    for (const InstrumentId i : hours_of(f))
        for (const Side side : {Side::buy, Side::sell})
            for (const engine::OrderId id : resting(i, side))
                cancel_and_tell(id, CancelReason::killed), ++orders;
    for (const engine::OrderId id : strips_in_time())
        if (strips_.at(id).family == f) cancel_and_tell(id, CancelReason::killed), ++orders;
    return orders + cancel_these(standbys_of(f), CancelReason::killed);
}

std::uint32_t NaiveExchange::kill_resting(const engine::Kill& k) {
    std::uint32_t orders = 0;
    switch (k.scope) {
        case KillScope::account: return cancel_account(k.target, CancelReason::killed);
        case KillScope::group:
            for (std::uint32_t a = 0; a < accounts_.size(); ++a)
                if (same_group(engine::AccountId{a}, k.target))
                    orders += cancel_account(engine::AccountId{a}, CancelReason::killed);
            return orders;
        case KillScope::instrument: return kill_hour(k.instrument);
        case KillScope::family: return kill_family(k.instrument.family);
        case KillScope::market:
            for (const engine::FamilyId f : by_symbol()) orders += kill_family(f);
            return orders;
    }
    return orders;
}

// Clearing a switch restores nothing by itself.
void NaiveExchange::kill(const engine::Kill& k) {
    const bool of_account = k.scope == KillScope::account || k.scope == KillScope::group;
    const bool of_book = k.scope == KillScope::instrument || k.scope == KillScope::family;
    if (of_account && !account_known(k.target))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    if (of_book && k.instrument.family.value >= families_.size()) {
        auto r = refusal(RejectReason::symbol_unknown,
                         k.scope == KillScope::family ? RejectField::family : RejectField::symbol);
        r.instrument = k.instrument;
        return refuse(r);
    }
    // Only what is listed can be killed: a switch for something else would outlive every memory of it.
    if (k.scope == KillScope::instrument && hours_.count(k.instrument) == 0) {
        auto r =
            symbol_refusal(k.instrument).value_or(refusal(RejectReason::gate_closed, RejectField::symbol));
        r.instrument = k.instrument;
        return refuse(r);
    }
    const auto turn = [&](auto& set, auto what) {
        if (k.on)
            set.insert(what);
        else
            set.erase(what);
    };
    switch (k.scope) {
        case KillScope::account: turn(kills_.accounts, k.target); break;
        case KillScope::group: turn(kills_.groups, accounts_[k.target.value].group); break;
        case KillScope::instrument: turn(kills_.instruments, k.instrument); break;
        case KillScope::family: turn(kills_.families, k.instrument.family); break;
        case KillScope::market: kills_.market = k.on; break;
    }
    engine::Killed e;
    e.orders = k.on ? kill_resting(k) : 0;
    e.origin = header().origin;
    e.instrument = k.instrument;
    e.target = k.target;
    e.scope = k.scope;
    e.on = k.on;
    emit(header().account, e, false, engine::event_flag::reply);
}

}  // namespace gridbook::twin
