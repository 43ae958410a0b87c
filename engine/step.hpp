// SPDX-License-Identifier: Apache-2.0
#pragma once
// One step of the market: the state, the sink, and what the command's header says. All handlers take it.

#include "engine/event_sink.hpp"
#include "engine/state.hpp"

namespace gridbook::engine {

struct Step {
    State& state;
    EventSink& sink;
    const CommandHeader& command;
};

inline EventHeader event_header(const Step& step, AccountId account, EventKind kind, std::uint8_t flags) {
    return {.sequence = step.command.sequence,
            .time = step.state.time,
            .number = {},
            .account = account,
            .key = step.command.key,
            .kind = kind,
            .flags = flags};
}

// The next event, to be filled in where it stands: a fact that belongs to no account's stream.
template <class Body>
Body& next_event(Step& step, AccountId account, std::uint8_t flags = 0) {
    return step.sink.add<Body>(event_header(step, account, Body::kind, flags));
}

// The next event under the next number of its account's stream.
template <class Body>
Body& next_numbered(Step& step, AccountId account, std::uint8_t flags = 0) {
    EventHeader header = event_header(step, account, Body::kind, flags);
    header.number.value = step.state.accounts[account].number.value += 1;
    return step.sink.add<Body>(header);
}

// The same, of which the caller writes every field.
template <class Body>
[[gnu::always_inline]] inline Body& numbered_slot(Step& step, AccountId account, std::uint8_t flags = 0) {
    EventHeader header = event_header(step, account, Body::kind, flags);
    header.number.value = step.state.accounts[account].number.value += 1;
    return step.sink.slot<Body>(header);
}

// The same for a body that is made already.
template <class Body>
void tell(Step& step, AccountId account, const Body& body, std::uint8_t flags = 0) {
    step.sink.put(event_header(step, account, Body::kind, flags), body);
}
template <class Body>
[[gnu::always_inline]] inline void tell_numbered(Step& step, AccountId account, const Body& body,
                                                 std::uint8_t flags = 0) {
    EventHeader header = event_header(step, account, Body::kind, flags);
    header.number.value = step.state.accounts[account].number.value += 1;
    step.sink.put(header, body);
}

// A refusal; the named fields say what it speaks of.
inline void refuse(Step& step, Refused refused) {
    refused.origin = step.command.origin;
    refused.command = step.command.kind;
    tell(step, step.command.account, refused, event_flag::reply);
}

// Runs what is on the agenda and what follows from it (follow_up.hpp) while there is room; tells whether all
// of it is done.
bool run_all(Step& step);

}  // namespace gridbook::engine
