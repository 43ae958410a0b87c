// SPDX-License-Identifier: Apache-2.0
#pragma once
// Answers to questions: the rows that the engine gave at a durable sequence -> members of one reply, the same
// for the trade socket and for the signed HTTP calls (protocol sections 3 and 5).
//
//   order.status   "ev":"order","state":…            the order, without n
//   orders.open    "orders":[{…}],"more":false,"seq":88120
//   quote.explain  "oid":…,"rule":…,"buckets":[{…}],"seq":88120
//   balance.get    "cash":…,"hold":…,"margin":…,"receivable":…,"penalty":…,"seq":88120
//   positions.get  "positions":[{…}],"more":false,"seq":88120

#include <optional>
#include <span>

#include "gateway/directory.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

// A question whose answer is that there is no such thing.
std::optional<WireError> answer_error(const engine::Event& rows_end, std::span<const engine::Event> rows);

void append_answer(const engine::Event& rows_end, std::span<const engine::Event> rows,
                   const Directory& directory, std::string& out);

}  // namespace gridbook::gateway
