// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/deliveries.hpp"

#include <algorithm>

namespace gridbook::gateway::replay {

void Deliveries::hear(std::uint32_t did, const Delivery& told) {
    if (deliveries_.size() <= did) deliveries_.resize(did + 1);
    Delivery& known = deliveries_[did];
    if (known.lots == 0) {
        known = told;
        new_.push_back(did);
    }
    known.state = told.state;
    known.failed = known.failed || told.over();
}

std::vector<std::uint32_t> Deliveries::take_new() {
    std::ranges::sort(new_);
    return std::exchange(new_, {});
}

void Deliveries::hear_position(std::uint32_t account, engine::Period period, const PositionSettled& told) {
    PositionSettled& position = positions_[{account, period}];
    const std::uint32_t times = position.told + 1;
    position = told;
    position.told = times;
}

}  // namespace gridbook::gateway::replay
