// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/service.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/replay/quantile.hpp"

namespace gridbook::gateway::replay {

std::uint16_t silent_from(std::string_view provider, engine::Period hour, std::uint32_t failing_bp) {
    const std::string name = fmt::format("{}@{}", provider, hour.value);
    if (!Quantile::of(name).below(failing_bp, 10'000)) return window_minutes;
    return static_cast<std::uint16_t>(Quantile::of(name + "m").index(window_minutes));
}

bool Service::say_ready(engine::Period hour) {
    of(hour).clear();
    take_in();
    for (const std::uint32_t did : of(hour)) market_.ready(did);
    return !of(hour).empty();
}

void Service::take_in() {
    for (const std::uint32_t did : deliveries_.take_new()) {
        Delivery& delivery = deliveries_[did];
        delivery.silent_from =
            silent_from(scenario_.accounts[delivery.seller], delivery.period, scenario_.month->failing_bp);
        of(delivery.period).push_back(did);
    }
}

bool Service::must_know(engine::Period hour, std::uint32_t minute) const {
    return std::ranges::any_of(of(hour), [&](std::uint32_t did) {
        const Delivery& delivery = deliveries_[did];
        return delivery.silent_from < minute && !delivery.over();
    });
}

void Service::report(engine::Period hour, std::uint32_t minute) {
    take_in();
    for (const std::uint32_t did : of(hour)) {
        const Delivery& delivery = deliveries_[did];
        const std::uint32_t end = delivery.first_minute + delivery.minutes;
        if (minute < delivery.first_minute || minute >= end || minute >= delivery.silent_from) continue;
        if (!delivery.over()) market_.meter(did, minute);
    }
}

}  // namespace gridbook::gateway::replay
