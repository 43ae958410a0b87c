// SPDX-License-Identifier: Apache-2.0
#pragma once
// A market restored from its snapshot, and what it answers to the rest of a journal.

#include <catch2/catch.hpp>
#include <memory>

#include "tests/engine/driver.hpp"
#include "tests/engine/snapshot_bytes.hpp"

namespace gridbook::tests {

// The same market from its bytes; saved again they are the same.
inline std::unique_ptr<engine::Exchange> restored(const engine::Exchange& exchange) {
    Bytes bytes;
    REQUIRE(exchange.save(bytes));
    auto copy = std::make_unique<engine::Exchange>();
    REQUIRE(copy->restore(bytes) == engine::SnapshotError::none);
    REQUIRE(copy->state_hash() == exchange.state_hash());
    Bytes again;
    REQUIRE(copy->save(again));
    REQUIRE(again.bytes == bytes.bytes);
    return copy;
}

// Applies the rest of a journal.
inline Events apply_all(engine::Exchange& exchange, const std::vector<engine::Command>& commands) {
    engine::EventBuffer buffer;
    Events events;
    for (const engine::Command& c : commands) {
        engine::EventSink sink = buffer.sink();
        exchange.apply(c, sink);
        for (std::size_t i = 0; i < sink.count(); ++i) events.push_back(buffer[i].event());
    }
    return events;
}

// Byte for byte.
inline bool same(const Events& a, const Events& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(engine::Event)) == 0;
}

}  // namespace gridbook::tests
