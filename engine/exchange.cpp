// SPDX-License-Identifier: Apache-2.0
#include "engine/exchange.hpp"

#include <algorithm>

#include "engine/accounts/limits.hpp"
#include "engine/accounts/maintaining.hpp"
#include "engine/accounts/participants.hpp"
#include "engine/accounts/paying_out.hpp"
#include "engine/accounts/registering.hpp"
#include "engine/accounts/switches.hpp"
#include "engine/bands/banding.hpp"
#include "engine/bands/dynamic_band.hpp"
#include "engine/bands/limit_state.hpp"
#include "engine/book/entry.hpp"
#include "engine/book/mass_cancel.hpp"
#include "engine/book/matching.hpp"
#include "engine/book/prefetch.hpp"
#include "engine/book/short_way.hpp"
#include "engine/catalogue/define.hpp"
#include "engine/delivery/clock.hpp"
#include "engine/delivery/disputing.hpp"
#include "engine/delivery/reports.hpp"
#include "engine/genesis.hpp"
#include "engine/packages/buying.hpp"
#include "engine/packages/offering.hpp"
#include "engine/questions.hpp"
#include "engine/regulation/factors.hpp"
#include "engine/regulation/following.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "engine/snapshot/state_hash.hpp"
#include "engine/strips/any_of.hpp"
#include "engine/strips/strips.hpp"
#include "engine/timers.hpp"
#include "engine/tokens/draw.hpp"

namespace gridbook::engine {
namespace {

void start(Step& step, const Genesis& g) {
    GRIDBOOK_CHECK(!step.state.started && sound(g));
    reserve_all(step.state, g);
    Started e;
    e.origin = step.command.origin;
    e.schema = g.schema;
    e.clock = g.clock;
    tell(step, no_account, e, event_flag::reply);
}

void checkpoint(Step& step) {
    StateHashed e;
    e.origin = step.command.origin;
    e.hash = hash_state(step.state);
    e.open_orders = step.state.open_orders - step.state.strips.used() - step.state.standbys.used();
    e.trades = step.state.last_trade.value;
    tell(step, no_account, e, event_flag::reply);
}

bool run_task(Step& step, Task& task) {
    switch (task.kind) {
        case TaskKind::bands_due: return bands_due(step, task);
        case TaskKind::gates_due: return gates_due(step, task);
        case TaskKind::begins_due: return begins_due(step, task);
        case TaskKind::expiries_due: return expiries_due(step, task);
        case TaskKind::limits_due: return limits_due(step, task);
        case TaskKind::widenings_due: return widenings_due(step, task);
        case TaskKind::minutes_due: return minutes_due(step, task);
        case TaskKind::list_family: return list_family(step, task);
        case TaskKind::move_family: return move_family(step, task);
        case TaskKind::wake_family: return wake_family(step, task);
        case TaskKind::move_book: return move_book(step, task);
        case TaskKind::set_phases: return set_phases(step, task);
        case TaskKind::match_order: return match(step, task.record, task.session);
        case TaskKind::cancel_all: return cancel_orders(step, task);
        case TaskKind::kill: return kill_scope(step, task);
        case TaskKind::follow_up: return follow_up(step);
        case TaskKind::tell_followers: return tell_followers(step, task);
        case TaskKind::deliveries_due: return deliveries_due(step, task);
        case TaskKind::none: break;
    }
    return true;
}

// Orders and what belongs to them need an account that exists.
bool account_known(Step& step) {
    if (step.state.accounts.known(step.command.account)) [[likely]]
        return true;
    Refused r;
    r.reason = RejectReason::account_unknown;
    r.field = RejectField::account;
    refuse(step, r);
    return false;
}

void set_rules(Step& step, const SetRules& body) {
    step.state.rules = body;
    for (Book& book : step.state.books)
        if (book.instrument != no_instrument) find_easy_prices(step.state, book);
    refresh_timer(step.state);
    RulesSet& e = next_event<RulesSet>(step, no_account, event_flag::reply);
    e.rules = body;
}

void run_command(Step& step, const Command& c) {
    switch (c.kind()) {
        case CommandKind::genesis: return start(step, c.as<Genesis>());
        case CommandKind::advance_time: return;  // moving the time was all
        case CommandKind::follow_on: return;
        case CommandKind::checkpoint: return checkpoint(step);
        case CommandKind::set_rules: return set_rules(step, c.as<SetRules>());
        case CommandKind::define_class: return define_class(step, c.as<DefineClass>());
        case CommandKind::define_zone: return define_zone(step, c.as<DefineZone>());
        case CommandKind::define_tier: return define_tier(step, c.as<DefineTier>());
        case CommandKind::define_family: return define_family(step, c.as<DefineFamily>());
        case CommandKind::open_account: return open_account(step, c.as<OpenAccount>());
        case CommandKind::set_key: return set_key(step, c.as<SetKey>());
        case CommandKind::credit: return credit(step, c.as<Credit>());
        case CommandKind::close_session: return close_session(step);
        case CommandKind::set_band: return set_band(step, c.view<SetBand>());
        case CommandKind::set_guidance: return set_guidance(step, c.view<SetGuidance>());
        case CommandKind::set_factors: return set_factors(step, c.view<SetFactors>());
        case CommandKind::decide_change: return decide_change(step, c.view<DecideChange>());
        case CommandKind::set_phase: return set_phase(step, c.view<SetPhase>());
        case CommandKind::suspend_dynamic: return suspend_dynamic(step, c.view<SuspendDynamic>());
        case CommandKind::decide_dispute: return decide_dispute(step, c.view<DecideDispute>());
        case CommandKind::decide_payout: return decide_payout(step, c.view<DecidePayout>());
        case CommandKind::kill: return kill(step, c.view<Kill>());
        case CommandKind::set_limits: return set_limits(step, c.view<SetLimits>());
        default: break;
    }
    if (!account_known(step)) return;
    switch (c.kind()) {
        case CommandKind::place_order: return place_order(step, c.view<PlaceOrder>());
        case CommandKind::replace_order: return replace_order(step, c.view<ReplaceOrder>());
        case CommandKind::cancel_order: return cancel_order(step, c.view<CancelOrder>());
        case CommandKind::register_resource: return register_resource(step, c.as<RegisterResource>());
        case CommandKind::withdraw_resource: return withdraw_resource(step, c.as<WithdrawResource>());
        case CommandKind::declare_maintenance: return declare_maintenance(step, c.view<DeclareMaintenance>());
        case CommandKind::cancel_maintenance: return cancel_maintenance(step, c.view<CancelMaintenance>());
        case CommandKind::open_session: return open_session(step, c.as<OpenSession>());
        case CommandKind::place_strip: return place_strip(step, c.view<PlaceStrip>());
        case CommandKind::place_any_of: return place_any_of(step, c.view<PlaceAnyOf>());
        case CommandKind::cancel_all: return cancel_all(step, c.view<CancelAll>());
        case CommandKind::cancel_after: return cancel_after(step, c.view<CancelAfter>());
        case CommandKind::report_ready: return report_ready(step, c.view<ReportReady>());
        case CommandKind::report_meter: return report_meter(step, c.view<ReportMeter>());
        case CommandKind::open_dispute: return open_dispute(step, c.view<OpenDispute>());
        case CommandKind::draw_tokens: return draw_tokens(step, c.view<DrawTokens>());
        case CommandKind::offer_package: return offer_package(step, c.view<OfferPackage>());
        case CommandKind::withdraw_package: return withdraw_package(step, c.view<WithdrawPackage>());
        case CommandKind::buy_package: return buy_package(step, c.view<BuyPackage>());
        case CommandKind::request_payout: return request_payout(step, c.view<RequestPayout>());
        default: check_failed("a command of this kind", __FILE__, __LINE__);
    }
}

bool run_agenda(Step& step) {
    Agenda& agenda = step.state.agenda;
    while (!agenda.empty()) {
        // A task may push others behind itself, so it is worked on where it stands and popped when it is
        // done.
        Task task = agenda.front();
        const bool done = run_task(step, task);
        agenda.front() = task;
        if (!done) return false;
        agenda.pop();
    }
    return true;
}

// What a command left behind. Nearly none does.
[[gnu::noinline]] void finish_step(Step& step) {
    State& state = step.state;
    if (state.busy() || state.follow.noted || state.timers_moved) [[unlikely]] {
        const bool done = run_all(step);
        if (done && state.advance.running) advance(step);
        if (state.timers_moved) refresh_timer(state);
    }
}

// The way of all commands.
[[gnu::noinline]] void run_fully(Step& step, const Command& command) {
    State& state = step.state;
    const CommandHeader& header = command.header;
    GRIDBOOK_CHECK(state.started == (command.kind() != CommandKind::genesis));
    GRIDBOOK_CHECK(state.busy() == (command.kind() == CommandKind::follow_on));
    if (command.kind() == CommandKind::advance_time) {
        begin_advance(state, std::max(header.time, state.time), header.origin);
    } else if (command.kind() != CommandKind::follow_on) {
        GRIDBOOK_CHECK(header.time >= state.time && header.time < state.next_due);
        state.time = header.time;
        run_command(step, command);
    }
    finish_step(step);
}

}  // namespace

Phase State::phase(InstrumentId i) const {
    if (!catalogue.known(i.family)) return Phase::unlisted;
    const Family& family = catalogue.family(i.family);
    if (i.period > family.last_listed) return Phase::unlisted;
    const Book& b = books[family.book_of(i.period)];
    return b.instrument == i ? b.phase : Phase::gated;
}

bool run_all(Step& step) {
    State& state = step.state;
    for (;;) {
        if (!state.agenda.empty() && !run_agenda(step)) return false;
        if (!state.follow.pending()) return true;
        state.agenda.push(Task{.kind = TaskKind::follow_up});
    }
}

Exchange::Exchange() : state_(std::make_unique<State>()) {}
Exchange::~Exchange() = default;

void Exchange::apply(const Command& command, EventSink& sink) {
    State& state = *state_;
    const CommandHeader& header = command.header;
    GRIDBOOK_CHECK(header.sequence.value == state.sequence.value + 1);
    state.sequence = header.sequence;
    Step step{state, sink, header};
    const bool places = command.kind() == CommandKind::place_order;
    const bool cancels = command.kind() == CommandKind::cancel_order;
    if (usually(places || cancels) && usually(state.started) && usually(!state.busy()) &&
        usually(header.time >= state.time) && usually(header.time < state.next_due)) {
        state.time = header.time;
        const Shortly how = places ? place_shortly(step, command.view<PlaceOrder>())
                                   : cancel_shortly(step, command.view<CancelOrder>());
        if (how == Shortly::done) return;
        if (how == Shortly::met) return finish_step(step);
    }
    run_fully(step, command);
}

void Exchange::prefetch(const Command& far, const Command& middle, const Command& near) const {
    const State& state = *state_;
    if (seldom(!state.started)) return;
    ask_far(state, far);
    ask_nearer(state, middle);
    ask_near(state, near);
}

void Exchange::answer(const Command& question, EventSink& sink) const {
    answer_question(*state_, question, sink);
}

bool Exchange::unfinished() const { return state_->busy(); }
Time Exchange::next_timer() const { return state_->next_due; }
Sequence Exchange::sequence() const { return state_->sequence; }
Time Exchange::time() const { return state_->time; }
bool Exchange::started() const { return state_->started; }
ClockMode Exchange::clock() const { return state_->genesis.clock; }
bool Exchange::save(SnapshotSink& sink) const { return save_state(*state_, sink); }
SnapshotError Exchange::restore(SnapshotSource& source) {
    auto restored = std::make_unique<State>();
    const SnapshotError error = restore_state(*restored, source);
    if (error == SnapshotError::none) state_ = std::move(restored);
    return error;
}
std::uint64_t Exchange::state_hash() const { return hash_state(*state_); }

}  // namespace gridbook::engine
