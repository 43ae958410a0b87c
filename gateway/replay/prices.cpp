// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace gridbook::gateway::replay {

namespace {

using engine::Price;
using engine::Wide;

// How the list names the model of a class. Undisclosed and export models are priced as their nearest
// relative.
struct Listed {
    std::string_view class_name;
    std::string_view gpu;
};
constexpr std::array listed{
    Listed{"T4", "T4 (16 GB)"},        Listed{"P100", "P100 (16 GB)"}, Listed{"V100-16", "V100 (16 GB)"},
    Listed{"V100-32", "V100 (32 GB)"}, Listed{"A10G", "A10G (24 GB)"}, Listed{"A10", "A10G (24 GB)"},
    Listed{"GX2", "A10G (24 GB)"},     Listed{"GX3", "V100 (32 GB)"},  Listed{"A100-40", "A100 (40 GB)"},
    Listed{"A100-80", "A100 (80 GB)"}, Listed{"A800", "A100 (80 GB)"}, Listed{"H100", "H100 (80 GB)"},
    Listed{"H800", "H100 (80 GB)"},
};

Price half_up(Wide numerator, Wide denominator) {
    return Price{static_cast<std::int32_t>((2 * numerator + denominator) / (2 * denominator))};
}

bool less(Ratio a, Ratio b) {
    return static_cast<Wide>(a.numerator) * b.denominator < static_cast<Wide>(b.numerator) * a.denominator;
}

}  // namespace

PriceList PriceList::read(const std::string& data_dir) {
    return of(Table::read(data_dir + "/gpu-prices/cloud_gpus_2022_2024.csv.gz"), "2024-05-20");
}

PriceList PriceList::of(const Table& list, std::string_view as_of) {
    const auto day = list.column("as_of"), gpu = list.column("gpu"), per_gpu = list.column("per_gpu_usd_h"),
               on_demand = list.column("on_demand_usd_h"), spot = list.column("spot_usd_h");
    PriceList out;
    for (std::size_t row = 0; row < list.rows(); ++row) {
        if (list.text(row, day) != as_of) continue;
        out.by_gpu_[std::string(list.text(row, gpu))].push_back({list.millionths(row, per_gpu)});
        if (!list.text(row, spot).empty())
            out.spot_.push_back({list.millionths(row, spot), list.millionths(row, on_demand)});
    }
    if (out.spot_.empty())
        throw std::runtime_error(fmt::format("the price list has no spot price of {}", as_of));
    for (auto& [name, prices] : out.by_gpu_) std::sort(prices.begin(), prices.end());
    // Equal ratios are interchangeable: the price made from them is the same.
    std::sort(out.spot_.begin(), out.spot_.end(), less);
    return out;
}

const std::vector<UsdMicro>& PriceList::prices(std::string_view class_name) const {
    const auto entry = std::find_if(listed.begin(), listed.end(),
                                    [&](const Listed& l) { return l.class_name == class_name; });
    const auto found = entry == listed.end() ? by_gpu_.end() : by_gpu_.find(entry->gpu);
    if (found == by_gpu_.end())
        throw std::runtime_error(fmt::format("the price list has no price of class {}", class_name));
    return found->second;
}

UsdMicro PriceList::reference(std::string_view class_name) const {
    const auto& sorted = prices(class_name);
    return sorted[sorted.size() / 2];  // of an even count the upper of the two middle values
}

UsdMicro PriceList::at(std::string_view class_name, Quantile u) const {
    const auto& sorted = prices(class_name);
    return sorted[u.index(sorted.size())];
}

Ratio PriceList::spot_ratio(Quantile u) const { return spot_[u.index(spot_.size())]; }

Band PriceList::hard_band(std::string_view class_name) const {
    // Guidance in millionths of CNY; a tenth of it rounded up to the tick, five times it rounded down.
    const Wide guidance = static_cast<Wide>(reference(class_name).value) * cny_per_usd_hundredths / 100;
    const Wide tenth_of_tick = 10 * engine::tick_decimal;
    return {Price{static_cast<std::int32_t>((guidance + tenth_of_tick - 1) / tenth_of_tick)},
            Price{static_cast<std::int32_t>(5 * guidance / engine::tick_decimal)}};
}

Price PriceList::bid(std::string_view class_name, Ratio k) const {
    return inside(to_cny(reference(class_name), k), hard_band(class_name));
}

Price PriceList::ask(std::string_view class_name, Quantile u) const {
    return inside(to_cny(at(class_name, u), {}), hard_band(class_name));
}

Price to_cny(UsdMicro usd, Ratio k) {
    return half_up(static_cast<Wide>(usd.value) * cny_per_usd_hundredths * k.numerator,
                   static_cast<Wide>(100) * engine::tick_decimal * k.denominator);
}

Price scaled(Price price, Ratio k) {
    return half_up(static_cast<Wide>(price.value) * k.numerator, k.denominator);
}

}  // namespace gridbook::gateway::replay
