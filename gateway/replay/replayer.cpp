// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/replayer.hpp"

#include <algorithm>

namespace gridbook::gateway::replay {

namespace {

using namespace std::chrono_literals;

// While waiting for its time the replay moves the clock once a second: timers fire when they are due, and the
// exchange hears from us.
constexpr auto pace_step = 1s;

}  // namespace

Replayer::Replayer(const Scenario& scenario, Agenda& agenda, Actor& actor, Link& link, double speed,
                   Progress progress)
    : scenario_(scenario),
      link_(link),
      agenda_(agenda),
      actor_(actor),
      speed_(speed),
      progress_(std::move(progress)) {}

void Replayer::run() {
    started_ = Link::Clock::now();
    while (!agenda_.empty()) {
        const Intention intention = agenda_.next();
        agenda_.pop();
        if (intention.time != now_) move_to(intention.time);
        if (actor_.must_know(intention)) link_.drain();
        actor_.act(intention);
        const bool hour = intention.kind == Intention::Kind::offer || intention.kind == Intention::Kind::gate;
        if (hour) progress_(now_);
    }
    if (now_ != scenario_.run_end()) move_to(scenario_.run_end());
    link_.drain();
}

void Replayer::move_to(engine::Time time) {
    if (speed_ > 0) keep_pace(time);
    link_.advance(time);
    now_ = time;
}

void Replayer::keep_pace(engine::Time time) {
    const auto wall = [&](engine::Time t) {
        const auto trace_ns = static_cast<double>((t - scenario_.begin).value);
        return started_ + std::chrono::nanoseconds(static_cast<std::int64_t>(trace_ns / speed_));
    };
    for (auto now = Link::Clock::now(); now + pace_step < wall(time); now = Link::Clock::now()) {
        link_.wait_until(now + pace_step);
        const auto passed = static_cast<double>((Link::Clock::now() - started_).count()) * speed_;
        const engine::Time between = scenario_.begin + engine::Duration{static_cast<std::int64_t>(passed)};
        if (between > now_ && between < time) link_.advance(now_ = between);
    }
    link_.wait_until(wall(time));
}

}  // namespace gridbook::gateway::replay
