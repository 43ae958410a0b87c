// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace gridbook::gateway::replay {

std::uint32_t index_of(std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::uint32_t>(found - names.begin());
    names.push_back(name);
    return static_cast<std::uint32_t>(names.size() - 1);
}

std::uint32_t family_of(Scenario& scenario, const PriceList& prices, std::string_view class_name) {
    auto& families = scenario.families;
    for (std::uint32_t i = 0; i < families.size(); ++i)
        if (families[i].class_name == class_name) return i;
    families.push_back({std::string(class_name), prices.hard_band(class_name)});
    return static_cast<std::uint32_t>(families.size() - 1);
}

engine::Time Scenario::run_end() const {
    if (!month) return end;
    // The last hour that was offered, the hour until it is settled, and the day that ends then.
    const engine::Time settled = offers_end() + engine::hour * (horizon_hours + 3);
    const std::int64_t day = engine::day.value;
    return engine::Time{(settled.value / day + 1) * day} + engine::second;
}

Scenario read_scenario(const std::string& trace, const std::string& data_dir, TraceOptions options) {
    if (trace != "alibaba-gpu-2023" && trace != "philly-2017" && trace != "philly-month")
        throw std::runtime_error(
            fmt::format("--trace: must be alibaba-gpu-2023, philly-2017 or philly-month, got '{}'", trace));
    const PriceList prices = PriceList::read(data_dir);
    if (trace == "alibaba-gpu-2023") return read_alibaba(data_dir, prices, options);
    return trace == "philly-2017" ? read_philly(data_dir, prices, options)
                                  : read_philly_month(data_dir, prices, options);
}

}  // namespace gridbook::gateway::replay
