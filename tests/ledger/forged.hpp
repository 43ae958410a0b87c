// SPDX-License-Identifier: Apache-2.0
#pragma once
// The audit's checks over a story of tokens whose events are told otherwise than they happened.

#include "ledger/audit/engine_checks.hpp"
#include "tests/engine/tokens_story.hpp"

namespace gridbook::ledger::test {

// Changes an event; false: it was not told.
using Forge = std::function<bool(engine::Event&)>;

// Changes the n-th event of this body for which `which` holds, counted from 0.
template <class Body>
Forge nth(int n, const std::function<bool(const Body&)>& which, const std::function<void(Body&)>& wrong) {
    return [n, which, wrong](engine::Event& e) mutable {
        if (e.kind() != Body::kind || !which(e.as<Body>()) || n-- != 0) return true;
        auto body = e.as<Body>();
        wrong(body);
        e.set(body);
        return true;
    };
}

// Which checks fail on the story, the engine's last state included.
inline std::string failed(tests::Drawing& x, const Forge& forge) {
    MarketChecks checks(x.d.m.driver().journal().front().as<engine::Genesis>());
    std::size_t at = 0;
    const tests::Events& events = x.d.m.driver().all_events();
    for (const engine::Command& command : x.d.m.driver().journal()) {
        checks.begin(command);
        for (; at < events.size() && events[at].header.sequence == command.header.sequence; ++at) {
            engine::Event told = events[at];
            if (forge(told)) checks.see(told);
        }
        checks.end(command.header.sequence);
    }
    EngineChecks engine(x.d.m.exchange(), checks);
    engine.compare_all(x.d.m.exchange().sequence());
    checks.finish(x.d.m.exchange().sequence(), false);
    std::string names;
    for (const Check* c : checks.all())
        if (!c->ok()) names += c->name() + " ";
    for (const Check* c : {&engine.deliveries, &engine.grants})
        if (!c->ok()) names += c->name() + " ";
    return names;
}

}  // namespace gridbook::ledger::test
