// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/clock.hpp"

#include <algorithm>

#include "engine/delivery/replacement.hpp"
#include "engine/delivery/settlement.hpp"
#include "engine/delivery/standby.hpp"
#include "engine/delivery/telling.hpp"
#include "engine/tokens/holdings.hpp"

namespace gridbook::engine {
namespace {

// Where the task stands (Task::part).
namespace clock_part {
constexpr std::uint32_t begin = 0, deliveries = 1, settlement = 2;
}
// The most that one delivery tells at one instant: failing or failed, then delivered, each to both; of a
// token day delivered, then expired.
constexpr std::size_t clock_events = 4;

void enter(Step& step, Delivery& d, DeliveryState state) {
    d.state = state;
    tell_both(step, d);
}

// A tier that names no start counts as ten minutes.
bool start_is_over(const Delivery& d, const DefineTier& tier, std::int64_t minutes_over) {
    const std::int64_t start_by = tier.start_by_s == 0 ? start_by_default_s : tier.start_by_s;
    return (minutes_over - d.first_minute) * 60 >= start_by;
}

// Minute `m` is over. True: the delivery failed.
bool minute_over(Step& step, Delivery& d, std::uint32_t m) {
    const State& state = step.state;
    if (d.failed() || m < d.first_minute) return false;
    if (d.by_seller.has(m)) {
        d.missed = 0;
        return false;
    }
    d.missed += 1;
    const Family& family = state.catalogue.family(d.instrument.family);
    const DefineTier& tier = state.catalogue.tiers()[family.defined.tier_id.value];
    if (d.by_seller.said != 0 ? d.missed >= most_missed : start_is_over(d, tier, m + 1)) {
        d.failed_from = static_cast<std::uint16_t>(m + 1);
        enter(step, d, DeliveryState::failed);
        return true;
    }
    if (d.state != DeliveryState::failing) enter(step, d, DeliveryState::failing);
    return false;
}

void window_over(Step& step, Delivery& d, Product product) {
    if (d.failed()) return;
    if (product == Product::token) d.counted = d.promised();
    enter(step, d, DeliveryState::delivered);
    if (product == Product::token) end_holding(step, d);
}

// What is due of one delivery now; true: it failed. No minutes are reported of a token day: it is not asked for
// readiness or minutes.
bool strike(Step& step, Delivery& d) {
    const Time now = step.state.time;
    const Product product = step.state.catalogue.family(d.instrument.family).product;
    const Window window(d.instrument, product);
    const bool reports = product == Product::gpu;
    bool failed = false;
    if (reports && now == window.start - ready_lead && d.state == DeliveryState::gated)
        enter(step, d, DeliveryState::failing);
    if (now == window.start && d.state == (reports ? DeliveryState::ready : DeliveryState::gated))
        enter(step, d, DeliveryState::delivering);
    if (reports && now > window.start && now <= window.end && now.value % minute.value == 0)
        failed = minute_over(step, d, static_cast<std::uint32_t>(window.running(now) - 1));
    if (!reports && now == window.end - notice_before) notice_holding(step, d);
    if (now == window.end) window_over(step, d, product);
    if (now == window.end + provisional_after && d.state == DeliveryState::delivered)
        enter(step, d, DeliveryState::provisional);
    return failed;
}

// By id, from the one behind `task.record` on; `task.whole`: that one failed and is being replaced.
bool strike_family(Step& step, Task& task, FamilyId family) {
    Deliveries& deliveries = step.state.deliveries;
    if (task.record == 0 && !end_standbys(step, family)) return false;
    std::uint32_t slot = deliveries.first(family);
    if (task.record != 0) {
        slot = deliveries.find(DeliveryId{task.record});
        if (task.whole && !replace_failed(step, deliveries[slot])) return false;
        task.whole = false;
        slot = deliveries[slot].next;
    }
    for (; slot != 0; slot = deliveries[slot].next) {
        if (step.sink.room() < clock_events) return false;
        task.whole = strike(step, deliveries[slot]);
        task.record = deliveries[slot].id.value;
        if (task.whole && !replace_failed(step, deliveries[slot])) return false;
        task.whole = false;
    }
    return true;
}

bool strike_all(Step& step, Task& task) {
    const auto& order = step.state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor, task.record = 0)
        if (step.state.deliveries.any_hour(order[task.cursor]) &&
            !strike_family(step, task, order[task.cursor]))
            return false;
    return true;
}

}  // namespace

bool deliveries_due(Step& step, Task& task) {
    State& state = step.state;
    if (task.part == clock_part::begin) {
        // Something else may be due at an instant whose minute was counted already.
        if (state.deliveries.struck == state.time) return true;
        task.part = clock_part::deliveries;
    }
    if (task.part == clock_part::deliveries) {
        if (!strike_all(step, task)) return false;
        task.part = clock_part::settlement, task.cursor = task.record = 0;
    }
    if (!settle_due(step, task)) return false;
    state.deliveries.struck = state.time;
    refresh_clock(state);
    return true;
}

void refresh_clock(State& state) {
    state.deliveries.due = never;
    for (std::size_t f = 0; f < state.catalogue.families().size(); ++f) {
        const FamilyId id{static_cast<std::uint16_t>(f)};
        if (!state.deliveries.any_hour(id)) continue;
        const Product product = state.catalogue.family(id).product;
        for (const Period period : state.deliveries.hours(id))
            if (period != Period{})
                state.deliveries.due = std::min(
                    state.deliveries.due,
                    Window(instrument(id, period), product).next(state.time, product, state.usages.kept()));
    }
}

}  // namespace gridbook::engine
