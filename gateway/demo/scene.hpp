// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the demo's participants know of the market: the families they trade, the hours that are open, a fair
// price that wanders slowly, and the band as far as it was told. Prices are ticks, quantities lots, shares
// basis points. It knows no participants and no orders.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/units/time.hpp"
#include "gateway/demo/chance.hpp"
#include "gateway/transport/client.hpp"

namespace gridbook::gateway::demo {

// A book of the demo: one family, one hour since the epoch.
struct Spot {
    std::size_t family = 0;
    std::int64_t hour = 0;
    friend auto operator<=>(const Spot&, const Spot&) = default;
};

struct Family {
    std::string name;
    std::string class_name;
    std::string zone;
    std::string tier;
    std::int64_t guidance = 0;  // ticks
    std::int64_t floor = 0;
    std::int64_t ceiling = 0;
    std::uint64_t version = 0;  // of the band
    std::int64_t drift = 0;     // basis points above guidance
};

class Scene {
  public:
    explicit Scene(std::uint64_t seed) : chance_(seed) {}

    // Asks the exchange for its families and picks some that differ. Throws std::runtime_error.
    void load(HttpClient& http);
    // Asks for the bands in force of the families that were picked. Throws std::runtime_error.
    void read_bands(HttpClient& http);
    // Once a second: the fair prices move a little.
    void wander();
    void set_now(engine::Time now) { now_ = now; }
    // A refusal or the regulator told the band.
    void learn_band(std::size_t family, std::int64_t floor, std::int64_t ceiling);

    std::vector<Family>& families() { return families_; }
    // Those of tokens, all of them: they have days, no hours.
    const std::vector<Family>& models() const { return models_; }
    Spot spot(Chance& chance, std::size_t family) const;  // one of the next hours, the nearest most often
    std::int64_t fair(Spot spot) const;
    std::int64_t within_band(std::size_t family, std::int64_t price) const;
    std::string symbol(Spot spot) const;
    // nullopt: not one of the demo's.
    std::optional<Spot> spot_of(std::string_view symbol) const;
    bool open(Spot spot) const { return spot.hour >= first_hour(); }

  private:
    std::int64_t first_hour() const;
    static std::vector<Family> ask_families(HttpClient& http, std::string_view product = "gpu");

    Chance chance_;
    engine::Time now_{};
    std::vector<Family> families_;
    std::vector<Family> models_;
};

std::string price_text(std::int64_t ticks);    // 1350 -> 13.50
std::string quantity_text(std::int64_t lots);  // 165 -> 16.5
// nullopt: not such a number, or off the step.
std::optional<std::int64_t> ticks_of(std::string_view text);
std::optional<std::int64_t> lots_of(std::string_view text);

}  // namespace gridbook::gateway::demo
