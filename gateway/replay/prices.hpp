// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the cloud price list says of each class on one day: reference price (upper median of the per-GPU
// prices), asks drawn at a quantile, ratios of spot to on-demand. All in integers: dollars are millionths,
// CNY are ticks, and the one rounding is where a product becomes a tick (half up). Prices stay inside the
// hard band of the replay markets, 0.10 to 5 times the guidance, whose edges are rounded inward.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/units/numbers.hpp"
#include "gateway/replay/csv.hpp"
#include "gateway/replay/quantile.hpp"

namespace gridbook::gateway::replay {

struct UsdMicro {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(const UsdMicro&, const UsdMicro&) = default;
};

// A factor on a price: 1.10 is {110, 100}, a spot ratio is {spot, on demand}.
struct Ratio {
    std::int64_t numerator = 1;
    std::int64_t denominator = 1;
};

// CNY a dollar, in hundredths: fixed, because the market's guidance (config/replay-*.toml) is made with it.
inline constexpr std::int64_t cny_per_usd_hundredths = 700;

struct Band {
    engine::Price low{};
    engine::Price high{};
};

class PriceList {
  public:
    // Reads gpu-prices/cloud_gpus_2022_2024.csv.gz under `data_dir`, rows of 2024-05-20.
    static PriceList read(const std::string& data_dir);
    static PriceList of(const Table& list, std::string_view as_of);

    // `class_name` is a class of the replay markets: T4, P100, V100-16, ..., GX2, GX3, A800, H800.
    UsdMicro reference(std::string_view class_name) const;
    UsdMicro at(std::string_view class_name, Quantile u) const;
    Ratio spot_ratio(Quantile u) const;
    std::size_t spot_ratios() const { return spot_.size(); }

    Band hard_band(std::string_view class_name) const;
    // Price of a bid: reference times k; of an ask: the list's price at u. Both inside the hard band.
    engine::Price bid(std::string_view class_name, Ratio k) const;
    engine::Price ask(std::string_view class_name, Quantile u) const;

  private:
    const std::vector<UsdMicro>& prices(std::string_view class_name) const;

    std::map<std::string, std::vector<UsdMicro>, std::less<>> by_gpu_;  // ascending
    std::vector<Ratio> spot_;                                           // ascending
};

// CNY of a dollar price times k, to the tick, half up.
engine::Price to_cny(UsdMicro usd, Ratio k);
// price * numerator / denominator to the tick, half up.
engine::Price scaled(engine::Price price, Ratio k);
constexpr engine::Price inside(engine::Price price, Band band) {
    return price < band.low ? band.low : price > band.high ? band.high : price;
}

}  // namespace gridbook::gateway::replay
