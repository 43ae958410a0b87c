// SPDX-License-Identifier: Apache-2.0
#include "engine/regulation/following.hpp"

#include "engine/bands/banding.hpp"
#include "engine/bands/impact.hpp"

namespace gridbook::engine {
namespace {

void tell_follower(Step& step, FamilyId id) {
    State& state = step.state;
    Family& family = state.catalogue.family(id);
    const HardBand& benchmark = state.catalogue.family(state.catalogue.benchmark_of(family)).band;
    HardBand after = follow(state, family, benchmark);
    after.version = ++family.last_version;
    after.effective = state.time;
    Impact impact(state);
    impact.add(state, id, after);
    tell(step, no_account, told_band(id, after, BandStatus::in_force, impact));
    put_in_force(state, id, after);
}

// Families by symbol from the cursor on, those for which `follows` holds.
template <class Follows>
bool tell_each(Step& step, std::uint32_t& cursor, Follows&& follows) {
    const auto& order = step.state.catalogue.by_symbol();
    for (; cursor < order.size(); ++cursor) {
        const Family& family = step.state.catalogue.family(order[cursor]);
        if (!family.band.converted || !follows(family)) continue;
        if (step.sink.room() == 0) return false;
        tell_follower(step, order[cursor]);
    }
    return true;
}

}  // namespace

void push_followers(State& state, FamilyId benchmark) {
    bool any = false;
    for_followers(state, benchmark, [&](FamilyId, const Family&) { return any = true, false; });
    if (any) state.agenda.push(Task{.kind = TaskKind::tell_followers, .family = benchmark});
}

void push_class_followers(State& state, ClassId of) {
    bool any = false;
    for_class_followers(state, of, [&](FamilyId, const Family&) { return any = true, false; });
    if (any) state.agenda.push(Task{.kind = TaskKind::tell_followers, .record = of.value});
}

bool tell_followers(Step& step, FamilyId benchmark, std::uint32_t& cursor) {
    const Catalogue& c = step.state.catalogue;
    return tell_each(step, cursor, [&](const Family& f) { return c.benchmark_of(f) == benchmark; });
}

bool tell_class_followers(Step& step, ClassId of, std::uint32_t& cursor) {
    return tell_each(step, cursor, [&](const Family& f) { return f.defined.class_id == of; });
}

bool tell_followers(Step& step, Task& task) {
    if (task.family != no_family) return tell_followers(step, task.family, task.cursor);
    return tell_class_followers(step, ClassId{static_cast<std::uint16_t>(task.record)}, task.cursor);
}

}  // namespace gridbook::engine
