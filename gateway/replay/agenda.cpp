// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/agenda.hpp"

#include <algorithm>

namespace gridbook::gateway::replay {

Agenda::Agenda(const Scenario& scenario) : end_(scenario.run_end()) {
    using Kind = Intention::Kind;
    const bool waits = scenario.month || std::any_of(scenario.jobs.begin(), scenario.jobs.end(),
                                                     [](const Job& j) { return j.waits; });
    for (engine::Period p = scenario.first_period();; p = engine::Period{p.value + 1}) {
        const engine::Time start = engine::window_start(p, engine::Product::gpu);
        if (start > end_) break;
        if (start <= scenario.offers_end()) add({start, Kind::offer, p.value});
        // At the begin every ask is new.
        if (p != scenario.first_period()) add({start, Kind::lower, p.value});
        if (waits && gate_open(p, scenario.begin)) add({start - engine::gate_lead, Kind::gate, p.value});
    }
    for (std::uint32_t i = 0; i < scenario.jobs.size(); ++i) {
        add({scenario.jobs[i].entry, Kind::enter, i});
        if (scenario.jobs[i].end != engine::never) add({scenario.jobs[i].end, Kind::end, i});
    }
}

void Agenda::add(const Intention& intention) {
    if (intention.time <= end_) queue_.push(intention);
}

}  // namespace gridbook::gateway::replay
