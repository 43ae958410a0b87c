// SPDX-License-Identifier: Apache-2.0
#include "engine/regulation/changes.hpp"

#include <algorithm>

#include "engine/bands/banding.hpp"
#include "engine/regulation/factors.hpp"
#include "engine/timers.hpp"

namespace gridbook::engine {
namespace {

constexpr std::uint32_t a_day_s = 86'400;

// Whose regulator signed: the account of the key, or of a command without one.
AccountId signer(const Step& step) {
    const auto& keys = step.state.accounts.keys();
    return step.command.key.value < keys.size() ? keys[step.command.key.value].account : step.command.account;
}

bool same_participant(const State& state, AccountId a, AccountId b) {
    if (a == b) return true;
    const Accounts& accounts = state.accounts;
    return accounts.known(a) && accounts.known(b) && accounts[a].group == accounts[b].group;
}

Refused check_decision(const Step& step, const Proposal* proposal, const DecideChange& body) {
    if (proposal == nullptr)
        return refusal(RejectReason::change_unknown, RejectField::change, 0, body.change);
    if (body.verdict == Verdict::approve && same_participant(step.state, proposal->proposer, signer(step)))
        return refusal(RejectReason::auth_role, RejectField::change, 0, body.change);
    return {};
}

// Would the change pass if it were entered now?
Refused check_again(const State& state, const Command& command) {
    switch (command.kind()) {
        case CommandKind::set_band: return check_ask(state, ask_of(command.view<SetBand>()));
        case CommandKind::set_guidance: return check_ask(state, ask_of(command.view<SetGuidance>()));
        default: return check_factors(state, command.view<SetFactors>());
    }
}

void enact(Step& step, const Command& command, const Sanction& by) {
    switch (command.kind()) {
        case CommandKind::set_band: return set_band(step, command.view<SetBand>(), by);
        case CommandKind::set_guidance: return set_guidance(step, command.view<SetGuidance>(), by);
        default: return set_factors(step, command.view<SetFactors>(), by);
    }
}

void tell_closed(Step& step, Proposal& proposal, AccountId account, std::uint8_t flags) {
    ChangeClosed& e = next_event<ChangeClosed>(step, account, flags);
    e.change = proposal.told;
    if (flags == event_flag::reply) e.change.origin = step.command.origin;
}

void close(Step& step, Proposal& proposal, ChangeState state, std::uint8_t flags = 0) {
    proposal.told.decided = step.command.sequence;
    proposal.told.decided_by = step.command.key;
    step.state.changes.close(proposal, state);
    refresh_timer(step.state);
    tell_closed(step, proposal, step.command.account, flags);
}

}  // namespace

Proposal& Changes::add(const Proposal& proposal) {
    if (proposals_.size() == limit)
        proposals_.erase(std::find_if(proposals_.begin(), proposals_.end(),
                                      [](const Proposal& p) { return p.told.state != ChangeState::open; }));
    proposals_.push_back(proposal);
    proposals_.back().told.change = ++last_id_;
    proposals_.back().told.state = ChangeState::open;
    ++open_;
    return proposals_.back();
}

Proposal* Changes::find_open(std::uint32_t change) {
    for (Proposal& p : proposals_)
        if (p.told.change == change) return p.told.state == ChangeState::open ? &p : nullptr;
    return nullptr;
}

const Proposal* Changes::next_to_expire() const {
    const Proposal* next = nullptr;
    for (const Proposal& p : proposals_)
        if (p.told.state == ChangeState::open && (next == nullptr || p.told.expires < next->told.expires))
            next = &p;
    return next;
}
Proposal* Changes::next_to_expire() {
    return const_cast<Proposal*>(static_cast<const Changes&>(*this).next_to_expire());
}

void Changes::close(Proposal& proposal, ChangeState state) {
    proposal.told.state = state;
    --open_;
}

void Changes::restore(std::uint32_t last_id, const Proposal& proposal) {
    last_id_ = last_id;
    proposals_.push_back(proposal);
    open_ += proposal.told.state == ChangeState::open;
}

void propose(Step& step, Command command, Change change) {
    State& state = step.state;
    if (state.changes.full()) return refuse(step, pool_full(Pool::changes, Changes::limit));
    command.header = step.command;
    const std::uint32_t open_s = state.rules.approval_s == 0 ? a_day_s : state.rules.approval_s;
    change.what = command.kind();
    change.proposed_by = step.command.key;
    change.proposed = step.command.sequence;
    change.expires = state.time + second * open_s;
    const Proposal& kept = state.changes.add({change, command, signer(step)});
    refresh_timer(state);
    ChangeProposed& e = next_event<ChangeProposed>(step, step.command.account, event_flag::reply);
    e.change = kept.told;
    e.change.origin = step.command.origin;
}

void decide_change(Step& step, const DecideChange& body) {
    State& state = step.state;
    Proposal* proposal = state.changes.find_open(body.change);
    if (const Refused r = check_decision(step, proposal, body); !passed(r)) return refuse(step, r);
    if (body.verdict == Verdict::reject)
        return close(step, *proposal, ChangeState::rejected, event_flag::reply);
    if (const Refused r = check_again(state, proposal->command); !passed(r)) {
        proposal->told.refused = r.reason;
        close(step, *proposal, ChangeState::refused);
        return refuse(step, r);
    }
    close(step, *proposal, ChangeState::approved);
    enact(step, proposal->command, {proposal->told.proposed, proposal->told.proposed_by});
}

Time next_expiry(const State& state) {
    const Proposal* next = state.changes.open() == 0 ? nullptr : state.changes.next_to_expire();
    return next == nullptr ? never : next->told.expires;
}

bool changes_due(Step& step) {
    State& state = step.state;
    while (next_expiry(state) <= state.time) {
        if (step.sink.room() == 0) return false;
        Proposal& proposal = *state.changes.next_to_expire();
        state.changes.close(proposal, ChangeState::expired);
        tell_closed(step, proposal, no_account, 0);
    }
    return true;
}

}  // namespace gridbook::engine
