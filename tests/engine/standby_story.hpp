// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stories of standby offers: entering one, and what the first answer says.

#include <catch2/catch.hpp>

#include "tests/engine/bands_story.hpp"
#include "tests/engine/delivery_story.hpp"

namespace gridbook::tests {

inline engine::Command standby(Amount qty, Amount price, engine::AccountId from, std::string_view cid,
                               engine::InstrumentId hour = noon) {
    return with(sell(qty).at(price).of(hour).from(from).as(cid),
                [](engine::PlaceOrder& o) { o.standby = true; });
}

inline engine::OrderEvent order_in(const Events& events) {
    for (const engine::Event& e : events)
        if (e.kind() == engine::EventKind::order) return e.as<engine::OrderEvent>();
    FAIL("no order is told");
    return {};
}

inline engine::Refused refusal_in(const Events& events) {
    for (const engine::Event& e : events)
        if (e.kind() == engine::EventKind::refused) return e.as<engine::Refused>();
    FAIL("nothing is refused");
    return {};
}

}  // namespace gridbook::tests
