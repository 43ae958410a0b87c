// SPDX-License-Identifier: Apache-2.0
#pragma once
// An exchange that gets the recorded commands of a day as its sequencer would have given them to it: what
// time and unfinished work asked for is entered anew, because another band leaves other work. Orders are
// named by their client order ids, since other refusals may give other order ids.

#include <map>
#include <set>

#include "engine/exchange.hpp"

namespace gridbook::ledger {

class DraftMarket {
  public:
    explicit DraftMarket(engine::Exchange& exchange) : exchange_(exchange) {}

    // Bands and guidance of this family that regulators set on that day are left out.
    void keep_band_of(engine::FamilyId family) { drafted_.insert(family); }
    // An event as it was told on that day: which client order id an order has.
    void hear(const engine::Event& recorded);
    // A recorded command in its turn; see(command, event) gets what comes of it now.
    template <class See>
    void apply(const engine::Command& recorded, See&& see) {
        if (comes_again(recorded)) enter(translated(recorded), recorded.header.time, see);
    }
    // A command of our own, at `time`; what is due until then comes first.
    template <class See>
    void enter(const engine::Command& command, engine::Time time, See&& see) {
        if (command.kind() != engine::CommandKind::advance_time)
            while (exchange_.next_timer() <= time)
                apply_whole(engine::Command::of(engine::AdvanceTime{}), time, see);
        apply_whole(command, time, see);
    }
    const engine::Exchange& exchange() const { return exchange_; }

  private:
    bool comes_again(const engine::Command& command) const;
    engine::Command translated(const engine::Command& command) const;
    template <class See>
    void apply_whole(const engine::Command& command, engine::Time time, See&& see) {
        apply_one(command, time, see);
        while (exchange_.unfinished())
            apply_one(engine::Command::of(engine::FollowOn{}), exchange_.time(), see);
    }
    template <class See>
    void apply_one(engine::Command command, engine::Time time, See&& see) {
        command.header.sequence = engine::Sequence{exchange_.sequence().value + 1};
        command.header.time = std::max(time, exchange_.time());
        engine::EventSink sink = events_.sink();
        exchange_.apply(command, sink);
        for (std::size_t i = 0; i < sink.count(); ++i) see(command, events_[i].event());
    }

    engine::Exchange& exchange_;
    engine::EventBuffer events_;
    std::set<engine::FamilyId> drafted_;
    std::map<engine::OrderId, engine::Cid> cids_;  // of orders entered on that day
};

}  // namespace gridbook::ledger
