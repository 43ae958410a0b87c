// SPDX-License-Identifier: Apache-2.0
#pragma once
// Applies commands to an Exchange as the sequencer does: stamps sequence and time, enters AdvanceTime before
// a command when a timer is due, FollowOn while work is left. It promises to keep every stamped command with
// the events it caused, so that tests compare whole stories. It knows no ring and no clock.

#include <memory>
#include <vector>

#include "engine/exchange.hpp"

namespace gridbook::tests {

using Events = std::vector<engine::Event>;

struct Step {
    engine::Command command;  // stamped
    Events events;
};

class Driver {
  public:
    // Every step that this command took: perhaps an AdvanceTime before it and FollowOns after it.
    std::vector<Step> steps(engine::Command command, engine::Time at) {
        std::vector<Step> out;
        if (at < exchange_->time()) at = exchange_->time();
        if (command.kind() != engine::CommandKind::advance_time && exchange_->next_timer() <= at)
            apply(engine::Command::of(engine::AdvanceTime{}), at, out);
        apply(command, at, out);
        return out;
    }
    // All events of these steps, told as one story.
    Events send(const engine::Command& command, engine::Time at) {
        Events all;
        for (const Step& step : steps(command, at))
            all.insert(all.end(), step.events.begin(), step.events.end());
        return all;
    }
    Events ask(const engine::Command& question) {
        engine::EventSink sink = buffer_.sink();
        exchange_->answer(question, sink);
        return taken(sink.count());
    }
    engine::Exchange& exchange() { return *exchange_; }
    const engine::Exchange& exchange() const { return *exchange_; }
    // Every stamped command and every event since the beginning.
    const std::vector<engine::Command>& journal() const { return journal_; }
    const Events& all_events() const { return all_events_; }

  private:
    void apply(engine::Command command, engine::Time at, std::vector<Step>& out) {
        apply_one(command, at, out);
        while (exchange_->unfinished()) apply_one(engine::Command::of(engine::FollowOn{}), at, out);
    }
    void apply_one(engine::Command command, engine::Time at, std::vector<Step>& out) {
        command.header.sequence = engine::Sequence{exchange_->sequence().value + 1};
        command.header.time = at;
        engine::EventSink sink = buffer_.sink();
        exchange_->apply(command, sink);
        journal_.push_back(command);
        out.push_back({command, taken(sink.count())});
        all_events_.insert(all_events_.end(), out.back().events.begin(), out.back().events.end());
    }
    Events taken(std::size_t count) const {
        Events events;
        events.reserve(count);
        for (std::size_t i = 0; i < count; ++i) events.push_back(buffer_[i].event());
        return events;
    }

    std::unique_ptr<engine::Exchange> exchange_ = std::make_unique<engine::Exchange>();
    engine::EventBuffer buffer_;
    std::vector<engine::Command> journal_;
    Events all_events_;
};

}  // namespace gridbook::tests
