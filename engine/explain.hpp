// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why an order stands as it stands (market-rules section 8): what was in force when it was entered, and what
// is now. Every field is a fact of the state, so a replayed copy gives the same answer.

#include "engine/state.hpp"

namespace gridbook::engine {

// All fields but origin.
ExplainRow explain_row(const State& state, const OrderRecord& record);

// The buckets that count for the instrument's reference now, oldest first.
struct CountingBuckets {
    std::array<Bucket, Reference::most_buckets> buckets{};
    std::size_t size = 0;
};
CountingBuckets counting_buckets(const State& state, InstrumentId i);

}  // namespace gridbook::engine
