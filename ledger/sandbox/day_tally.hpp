// SPDX-License-Identifier: Apache-2.0
#pragma once
// What came of a family's flow on one day: traded, refused, parked, left without. Counted from commands and
// their events alone, so that the day as it was and the day with a draft band are counted by the same hand.

#include <array>
#include <map>
#include <vector>

#include "engine/event.hpp"
#include "engine/state.hpp"

namespace gridbook::ledger {

struct HourTally {
    std::uint64_t trades = 0;
    engine::Quantity lots{};
    engine::Money notional{};
    std::uint64_t refused = 0;  // for a band
};

struct DayTally {
    std::uint64_t trades = 0;
    engine::Quantity lots{};
    engine::Money notional{};
    engine::Money provider_income{};  // notional without the sellers' fees and taxes
    std::uint64_t refused_hard = 0;   // orders and strips
    std::uint64_t refused_dynamic = 0;
    std::uint64_t parked = 0;    // times that an order was parked
    engine::Quantity unmet{};    // buy lots refused for a band, or ended unfilled without their owner's wish
    engine::Quantity waiting{};  // buy lots open at the end of the day
    std::array<HourTally, 24> hours{};  // of the trade, UTC

    // Money a unit, micro-CNY; 0: nothing traded.
    engine::Money vwap(engine::Product product) const;
    bool operator==(const DayTally& other) const;
};

class DayCount {
  public:
    // Orders that are open when the day begins.
    void begin(const engine::State& state, engine::Time from);
    // Families that the state has and this does not know yet.
    void add_families(const engine::State& state);
    void see(const engine::Command& command, const engine::Event& event);
    // What is open now waits.
    void end();
    const std::vector<DayTally>& families() const { return families_; }  // by FamilyId

  private:
    struct Open {
        engine::FamilyId family{};
        std::uint64_t lots = 0;
        bool buys = false;
    };
    DayTally& of(engine::FamilyId family);
    HourTally& hour(engine::FamilyId family, engine::Time time);
    void order(const engine::OrderEvent& e);
    void strip(const engine::StripEvent& e);
    void fill(const engine::Event& event);
    void refused(const engine::Command& command, const engine::Event& event);
    void track(engine::OrderId id, engine::OrderState state, engine::CancelReason reason, const Open& now);

    std::vector<DayTally> families_;
    std::vector<engine::Product> products_;
    std::map<engine::OrderId, Open> open_;
    engine::Time from_{};
};

}  // namespace gridbook::ledger
