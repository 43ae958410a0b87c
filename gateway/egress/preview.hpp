// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an order would hold and cost, before it is placed: GET /v1/preview. By the formulas of the ledger, at
// the rates of the journal; whether the order would be taken is nobody's promise.

#include <string>

#include "gateway/directory.hpp"
#include "gateway/egress/target.hpp"

namespace gridbook::gateway {

struct Preview {
    engine::InstrumentId instrument{};
    engine::Side side = engine::Side::buy;
    engine::Price price{};
    engine::Quantity lots{};
};

// From symbol, side, price and qty; refused through the target.
Preview read_preview(Target& target, const Directory& directory, const engine::Genesis& genesis);

// "symbol":…,"notional":…,"hold":… (of a seller "margin", when none of its units were bought before),
// "taker":{…},"maker":{…}: fee, tax and what is paid or received in all, when it trades in one fill at its
// price. `guidance` is the family's, 0: none.
void append_preview(const Preview& preview, engine::Price guidance, const engine::Genesis& genesis,
                    const Directory& directory, std::string& out);

}  // namespace gridbook::gateway
