// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every delivery that the replay has heard of, by its id, what was reported of it, and what it came to. Only
// what was told; what it should have come to is month_check.hpp's business.

#include <map>
#include <utility>
#include <vector>

#include "engine/event.hpp"
#include "gateway/replay/scenario.hpp"

namespace gridbook::gateway::replay {

inline constexpr std::uint16_t window_minutes = 60;

struct Delivery {
    std::uint32_t seller = 0;  // accounts of the scenario
    std::uint32_t buyer = 0;
    std::uint32_t replaces = 0;  // its id; 0: made at the gate
    std::uint32_t lots = 0;
    engine::Period period{};
    engine::Price price{};
    std::uint16_t first_minute = 0;
    std::uint16_t minutes = 0;  // promised
    engine::DeliveryState state = engine::DeliveryState::none;
    bool failed = false;                         // at any time
    std::uint16_t silent_from = window_minutes;  // the seller says nothing from this minute on
    std::uint16_t reported = 0;                  // minutes whose report was taken in full
    // Of its settlement.
    std::uint8_t settled_told = 0;  // how often: once to each side
    std::uint64_t promised = 0;     // lot-minutes
    std::uint64_t delivered = 0;    // with what replaced it
    std::uint64_t short_of = 0;     // refunded
    engine::Money refund{};
    engine::Money penalty{};

    bool over() const {
        return state == engine::DeliveryState::failed || state == engine::DeliveryState::replaced;
    }
};

// What an account sold of an hour, settled.
struct PositionSettled {
    std::uint64_t sold = 0;  // lots
    engine::Money receivable{};
    engine::Money owed{};
    engine::Money paid{};
    std::uint32_t told = 0;  // times
};

class Deliveries {
  public:
    using AccountHour = std::pair<std::uint32_t, engine::Period>;

    // A new one, or the state of one that is known.
    void hear(std::uint32_t did, const Delivery& told);
    // Those heard of since the last call, by id.
    std::vector<std::uint32_t> take_new();

    Delivery& operator[](std::uint32_t did) { return deliveries_.at(did); }
    const Delivery& operator[](std::uint32_t did) const { return deliveries_.at(did); }
    // By id; those without lots were not heard of, the first is no delivery.
    const std::vector<Delivery>& all() const { return deliveries_; }

    void hear_position(std::uint32_t account, engine::Period period, const PositionSettled& told);
    const std::map<AccountHour, PositionSettled>& positions() const { return positions_; }

    // What standby providers took over was paid for so much, by those who failed.
    void hear_replacement(engine::Money cost) { replacement_cost_ = replacement_cost_ + cost; }
    engine::Money replacement_cost() const { return replacement_cost_; }

  private:
    std::vector<Delivery> deliveries_;
    std::vector<std::uint32_t> new_;
    std::map<AccountHour, PositionSettled> positions_;
    engine::Money replacement_cost_{};
};

}  // namespace gridbook::gateway::replay
