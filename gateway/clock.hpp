// SPDX-License-Identifier: Apache-2.0
#pragma once
// The machine's clock: read here and nowhere else in the way of an order. UTC nanoseconds; it may step back
// when the machine's time is set, which the sequencer evens out.

#include <chrono>

#include "engine/units/time.hpp"

namespace gridbook::gateway {

inline engine::Time machine_time() {
    return engine::Time{std::chrono::duration_cast<std::chrono::nanoseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count()};
}

}  // namespace gridbook::gateway
