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

// Emits a fact that belongs to no account's stream.
template <class Body>
void tell(Step& step, AccountId account, const Body& body, std::uint8_t flags = 0) {
    step.sink.emit(EventHeader{.sequence = step.command.sequence,
                               .time = step.state.time,
                               .number = {},
                               .account = account,
                               .key = step.command.key,
                               .kind = Body::kind,
                               .flags = flags},
                   body);
}

// Emits a change of an account's state under the next number of its stream.
template <class Body>
void tell_numbered(Step& step, AccountId account, const Body& body, std::uint8_t flags = 0) {
    StreamNumber& number = step.state.accounts[account].number;
    number.value += 1;
    step.sink.emit(EventHeader{.sequence = step.command.sequence,
                               .time = step.state.time,
                               .number = number,
                               .account = account,
                               .key = step.command.key,
                               .kind = Body::kind,
                               .flags = flags},
                   body);
}

// A refusal; the named fields say what it speaks of.
inline void refuse(Step& step, Refused refused) {
    refused.origin = step.command.origin;
    refused.command = step.command.kind;
    tell(step, step.command.account, refused, event_flag::reply);
}

// Runs what is on the agenda while there is room; tells whether all of it is done.
bool run_agenda(Step& step);

}  // namespace gridbook::engine
