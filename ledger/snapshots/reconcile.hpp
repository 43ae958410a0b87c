// SPDX-License-Identifier: Apache-2.0
#pragma once
// The engine's money against the postings', account by account, to the micro-CNY: balances against what the
// entries add up to, and holds against the formula over the orders that are open. Asked through the questions
// that clients may ask, so that it does not depend on how the engine keeps them.

#include "engine/exchange.hpp"
#include "ledger/postings.hpp"

namespace gridbook::ledger {

// The first difference, as of the exchange's sequence; nullopt: none.
std::optional<Difference> reconcile(const engine::Exchange& exchange, const Postings& postings,
                                    const Balances& balances);

}  // namespace gridbook::ledger
