// SPDX-License-Identifier: Apache-2.0
// The emergency of market-rules section 5: the dynamic layer of one family is not in force for a while. Its
// references go on meanwhile; the hard band stays.
#include "engine/bands/banding.hpp"
#include "engine/bands/dynamic_band.hpp"
#include "engine/refusal.hpp"
#include "engine/timers.hpp"

namespace gridbook::engine {
namespace {

Refused check_suspension(const State& state, const SuspendDynamic& body) {
    if (!state.catalogue.known(body.family))
        return refusal(RejectReason::symbol_unknown, RejectField::family);
    const Time latest = state.time + second * state.rules.suspend_s;
    if (body.until == Time{} || (body.until > state.time && body.until <= latest)) return {};
    Refused r = refusal(RejectReason::format_value, RejectField::until, instrument(body.family, Period{}),
                        latest.value, body.until.value);
    r.limit_low = state.time.value;
    return r;
}

void suspend(State& state, FamilyId id, Time until) {
    state.catalogue.family(id).suspended_until = until;
    refresh_timer(state);
    move_all(state, id, BandCause::suspended);
}

}  // namespace

void suspend_dynamic(Step& step, const SuspendDynamic& body) {
    if (const Refused r = check_suspension(step.state, body); !passed(r)) return refuse(step, r);
    DynamicSuspended& e = next_event<DynamicSuspended>(step, step.command.account, event_flag::reply);
    e.origin = step.command.origin;
    e.family = body.family;
    e.until = body.until;
    suspend(step.state, body.family, body.until);
}

void end_suspension(Step& step, FamilyId id) {
    DynamicSuspended& e = next_event<DynamicSuspended>(step, no_account);
    e.family = id;
    suspend(step.state, id, Time{});
}

}  // namespace gridbook::engine
