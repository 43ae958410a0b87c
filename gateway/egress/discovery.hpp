// SPDX-License-Identifier: Apache-2.0
#pragma once
// Discovery and cost meters (protocol section 5, market-rules section 2): what can be had of a family, hour
// by hour, from the published books; its cheapest run of hours; what an hour's price is for those who count
// tokens, steps, PFLOPS-days or grams of carbon. It reads mirrors and keeps nothing.

#include <optional>
#include <string>
#include <vector>

#include "gateway/directory.hpp"
#include "gateway/egress/bands.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/market_data.hpp"
#include "gateway/egress/target.hpp"

namespace gridbook::gateway {

// What is asked for: `lots` in each window from `from` up to, not including, `to`, none dearer than `limit`.
struct Wanted {
    engine::Quantity lots{1};
    engine::Price limit{INT32_MAX};
    engine::Period from{};
    engine::Period to{UINT32_MAX};
    std::size_t hours = 1;  // of the run; of token families days
};

// A window in which the lots can be had: what they cost, taken from the best offer on.
struct Offer {
    engine::Period period{};
    engine::Money total{};
    engine::Quantity there{};  // at most `limit`, all of it
};

// Consecutive windows, all of which can be had.
struct Run {
    engine::Period start{};
    std::size_t hours = 0;
    engine::Money total{};
};

// What a price is wanted for, in millionths; 0: not asked.
struct CostOf {
    std::int64_t tokens_per_second = 0;
    std::int64_t step_s = 0;  // of a training step on `devices`
    std::int64_t devices = 0;
    // What the configuration and the family's resources say is counted where these are 0.
    std::int64_t power_kw = 0;     // of one unit
    std::int64_t pue = 0;          // of where it stands
    std::int64_t green_share = 0;  // of its power
    std::int64_t carbon_g = 0;     // a kWh of the rest
};
// From the parameters of those names; what cannot be is refused through the target.
CostOf cost_of(Target& target);

class Discovery {
  public:
    Discovery(const Directory& directory, const Bands& bands, const MarketData& market)
        : directory_(directory), bands_(bands), market_(market) {}

    // Those of the family that can be had, in order: open, and enough of what may be traded now.
    std::vector<Offer> offers(engine::FamilyId family, const Wanted& wanted) const;
    // The cheapest run of `hours`; of equal ones the earliest. nullopt: there is none so long.
    static std::optional<Run> cheapest(const std::vector<Offer>& offers, std::size_t hours);
    // The longest run there is.
    static Run longest(const std::vector<Offer>& offers);

    // One family of GET /v1/capacity, an object; with `each` every window of it.
    void append_capacity(engine::FamilyId family, const Wanted& wanted, bool each, std::string& out) const;
    // "ev":"capacity",… and "ev":"cost",… of the channels.
    void append_capacity_event(engine::FamilyId family, std::string& out) const;
    void append_cost_event(engine::FamilyId family, std::string& out) const;

    // The price that the meters run on: the best offer of an instrument, else its last trade, else guidance.
    struct Meter {
        engine::InstrumentId instrument{};
        engine::Price price{};
        std::string_view is;  // ask, last, guidance
    };
    Meter meter(engine::InstrumentId instrument) const;
    // Of the family's next open window; nullopt: none is listed.
    std::optional<Meter> meter(engine::FamilyId family) const;
    // One object of GET /v1/cost.
    void append_cost(const Meter& meter, const CostOf& of, std::string& out) const;

  private:
    void append_family(engine::FamilyId family, std::string& out) const;
    void append_meter(const Meter& meter, std::string& out) const;
    void append_power(engine::FamilyId family, const CostOf& of, Members& m) const;
    // ,"spreads":[…] of the pairs that the meter's family is one of; spreads.cpp.
    void append_spreads(const Meter& meter, std::string& out) const;
    void append_spread(const Meter& block, const Meter& hour, const ledger::Serving& serving,
                       std::string& out) const;
    std::vector<std::pair<engine::FamilyId, const ledger::Serving*>> other_side(
        engine::FamilyId family) const;

    const Directory& directory_;
    const Bands& bands_;
    const MarketData& market_;
};

// Rounded half to even; neither is below zero.
std::int64_t half_even(engine::Wide numerator, engine::Wide denominator);

}  // namespace gridbook::gateway
