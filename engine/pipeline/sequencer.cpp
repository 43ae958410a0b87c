// SPDX-License-Identifier: Apache-2.0
#include "engine/pipeline/sequencer.hpp"

#include <algorithm>

namespace gridbook::engine {

std::size_t Sequencer::step(Time now, std::size_t batch) {
    std::size_t handled = 0;
    blocked_ = false;
    while (handled < batch && step_one(now)) ++handled;
    return handled;
}

bool Sequencer::step_one(Time now) {
    if (out_.room(max_events + 1) < max_events + 1) {
        blocked_ = true;
        return false;
    }
    if (exchange_.unfinished()) {
        apply(Command::of(FollowOn{}), last_time_);
        return true;
    }
    if (in_.available() == 0) return advance_if_due(now);
    const Command& next = in_.peek(0);
    if (next.is_query()) {
        answer(next);
        in_.release(1);
        return true;
    }
    const Time time = stamp(next, now);
    if (next.kind() != CommandKind::advance_time && exchange_.next_timer() <= time) {
        apply(Command::of(AdvanceTime{}), time);
        return true;
    }
    ahead_(
        exchange_, [this](std::size_t i) -> const Command& { return in_.peek(i); }, 0, in_.available());
    apply(next, time);
    in_.release(1);
    return true;
}

// Nobody sent a command: time alone moves the market, when a timer is due and at least once a second.
bool Sequencer::advance_if_due(Time now) {
    if (!exchange_.started() || exchange_.clock() == ClockMode::replay) return false;
    if (now < std::min(exchange_.next_timer(), last_time_ + second) || now <= last_time_) return false;
    apply(Command::of(AdvanceTime{}), now);
    return true;
}

Time Sequencer::stamp(const Command& command, Time now) const {
    const bool genesis = command.kind() == CommandKind::genesis;
    const ClockMode clock = genesis ? command.as<Genesis>().clock : exchange_.clock();
    if (clock == ClockMode::real) return std::max(now, last_time_);
    if (command.kind() != CommandKind::advance_time) return last_time_;
    return std::max(command.as<AdvanceTime>().to, last_time_);
}

void Sequencer::apply(Command command, Time time) {
    last_time_ = time;
    command.header.sequence = Sequence{exchange_.sequence().value + 1};
    command.header.time = time;
    out_.slot(0) = Record(command);
    EventSink sink(out_.slots(), out_.position(1), out_.mask());
    exchange_.apply(command, sink);
    // After recovery in the middle of an advance, its follow-ons end later than the time they were stamped
    // with.
    last_time_ = std::max(last_time_, exchange_.time());
    unfinished_.store(exchange_.unfinished(), std::memory_order_release);
    out_.publish(1 + sink.count());
}

void Sequencer::answer(const Command& question) {
    EventSink sink(out_.slots(), out_.position(0), out_.mask());
    exchange_.answer(question, sink);
    out_.publish(sink.count());
}

}  // namespace gridbook::engine
