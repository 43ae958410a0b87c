// SPDX-License-Identifier: Apache-2.0
#include "engine/exchange.hpp"

#include <algorithm>
#include <bit>

#include "engine/accounts/participants.hpp"
#include "engine/bands/banding.hpp"
#include "engine/book/entry.hpp"
#include "engine/book/matching.hpp"
#include "engine/catalogue/define.hpp"
#include "engine/questions.hpp"
#include "engine/state_hash.hpp"
#include "engine/timers.hpp"

namespace gridbook::engine {
namespace {

// What a genesis command may ask for; the configuration reader checks the same and names the key.
void check_genesis(const Genesis& g) {
    GRIDBOOK_CHECK(std::has_single_bit(g.records) && g.records > g.orders && g.orders > 0);
    GRIDBOOK_CHECK(g.pages > 0 && g.accounts > 0 && g.keys > 0 && g.keys < no_key.value);
    GRIDBOOK_CHECK(g.families > 0 && g.families < no_family.value && g.books > 0 && g.positions > 0);
    GRIDBOOK_CHECK(g.max_qty > 0 && g.max_qty / gpu_lot_decimal <= INT32_MAX && g.max_notional > 0);
    GRIDBOOK_CHECK(g.taker_fee >= g.maker_fee && g.maker_fee >= BasisPoints{} && g.tax >= BasisPoints{});
    GRIDBOOK_CHECK(g.margin >= BasisPoints{});
}

// Reserves and touches all memory: nothing is allocated afterwards.
void start(Step& step, const Genesis& g) {
    State& state = step.state;
    GRIDBOOK_CHECK(!state.started);
    check_genesis(g);
    state.started = true;
    state.genesis = g;
    state.rates = Rates{g.taker_fee, g.maker_fee, g.tax, g.margin};
    state.catalogue.reserve(g.families, g.books);
    state.accounts.reserve(g.accounts, g.keys);
    state.positions.reserve(g.positions);
    state.resources.reserve(g.resources, g.accounts, g.families);
    state.orders.reserve(g.orders);
    state.levels.reserve(g.pages);
    state.records.reserve(g.records, second * g.retention_s);
    state.books.assign(g.books, Book{});
    state.agenda.reserve(16 + 2 * BandSchedule::limit * g.families);
    state.scratch.reserve(std::max(g.positions, g.accounts));
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
    e.open_orders = step.state.open_orders;
    e.trades = step.state.last_trade.value;
    tell(step, no_account, e, event_flag::reply);
}

bool run_task(Step& step, Task& task) {
    switch (task.kind) {
        case TaskKind::bands_due: return bands_due(step, task);
        case TaskKind::gates_due: return gates_due(step, task);
        case TaskKind::begins_due: return begins_due(step, task);
        case TaskKind::list_family: return list_family(step, task);
        case TaskKind::park_family: return park_family(step, task);
        case TaskKind::wake_family: return wake_family(step, task);
        case TaskKind::match_order: return match(step, task.record);
        case TaskKind::none: break;
    }
    return true;
}

// Orders and what belongs to them need an account that exists.
bool account_known(Step& step) {
    if (step.state.accounts.known(step.command.account)) return true;
    Refused r;
    r.reason = RejectReason::account_unknown;
    r.field = RejectField::account;
    refuse(step, r);
    return false;
}

void run_command(Step& step, const Command& c) {
    switch (c.kind()) {
        case CommandKind::genesis: return start(step, c.as<Genesis>());
        case CommandKind::advance_time: return;  // moving the time was all
        case CommandKind::follow_on: return;
        case CommandKind::checkpoint: return checkpoint(step);
        case CommandKind::define_class: return define_class(step, c.as<DefineClass>());
        case CommandKind::define_zone: return define_zone(step, c.as<DefineZone>());
        case CommandKind::define_tier: return define_tier(step, c.as<DefineTier>());
        case CommandKind::define_family: return define_family(step, c.as<DefineFamily>());
        case CommandKind::open_account: return open_account(step, c.as<OpenAccount>());
        case CommandKind::set_key: return set_key(step, c.as<SetKey>());
        case CommandKind::credit: return credit(step, c.as<Credit>());
        case CommandKind::set_band: {
            const SetBand body = c.as<SetBand>();
            return set_band(step, body.family, body);
        }
        default: break;
    }
    if (!account_known(step)) return;
    switch (c.kind()) {
        case CommandKind::register_resource: return register_resource(step, c.as<RegisterResource>());
        case CommandKind::withdraw_resource: return withdraw_resource(step, c.as<WithdrawResource>());
        case CommandKind::place_order: return place_order(step, c.as<PlaceOrder>());
        case CommandKind::replace_order: return replace_order(step, c.as<ReplaceOrder>());
        case CommandKind::cancel_order: return cancel_order(step, c.as<CancelOrder>());
        default: GRIDBOOK_CHECK(!"a command of this kind");
    }
}

}  // namespace

Phase State::phase(InstrumentId i) const {
    if (!catalogue.known(i.family)) return Phase::unlisted;
    const Family& family = catalogue.family(i.family);
    if (i.period > family.last_listed) return Phase::unlisted;
    const Book& b = books[family.book_of(i.period)];
    return b.instrument == i ? b.phase : Phase::gated;
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

Exchange::Exchange() : state_(std::make_unique<State>()) {}
Exchange::~Exchange() = default;

void Exchange::apply(const Command& command, EventSink& sink) {
    State& state = *state_;
    const CommandHeader& header = command.header;
    GRIDBOOK_CHECK(header.sequence.value == state.sequence.value + 1);
    GRIDBOOK_CHECK(state.started == (command.kind() != CommandKind::genesis));
    GRIDBOOK_CHECK(unfinished() == (command.kind() == CommandKind::follow_on));
    state.sequence = header.sequence;
    Step step{state, sink, header};
    if (command.kind() == CommandKind::advance_time) {
        begin_advance(state, std::max(header.time, state.time), header.origin);
    } else if (command.kind() != CommandKind::follow_on) {
        GRIDBOOK_CHECK(header.time >= state.time && header.time < state.next_due);
        state.time = header.time;
        run_command(step, command);
    }
    if (run_agenda(step)) advance(step);
}

void Exchange::answer(const Command& question, EventSink& sink) const {
    answer_question(*state_, question, sink);
}

bool Exchange::unfinished() const { return state_->advance.running || !state_->agenda.empty(); }
Time Exchange::next_timer() const { return state_->next_due; }
Sequence Exchange::sequence() const { return state_->sequence; }
Time Exchange::time() const { return state_->time; }
bool Exchange::started() const { return state_->started; }
ClockMode Exchange::clock() const { return state_->genesis.clock; }
std::uint64_t Exchange::state_hash() const { return hash_state(*state_); }

}  // namespace gridbook::engine
