// SPDX-License-Identifier: Apache-2.0
#pragma once
// The state of an order, a strip or an any-of as members of a message (protocol section 3). Used by
// encoder.cpp for events and by the answers to questions; it knows no requests.

#include <span>
#include <string>

#include "gateway/directory.hpp"
#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

// "seq":88120,"n":412 — without n for what is in no stream: refusals, duplicates, answers.
void append_place(const engine::EventHeader& header, Members& m);

// "ev":"order",… of an order, strip or any_of event, or of a row of these.
void append_order(const engine::Event& event, const Directory& directory, std::string& out);

// The same without ev, seq, n and ts: one row of orders.open. `row` is an order_row, strip_row or any_of_row.
void append_order_row(const engine::Event& row, const Directory& directory, std::string& out);

// ,"alternatives":[…]: what an any-of order would have cost in each of its families.
void append_alternatives(std::span<const engine::Event> alternatives, const Directory& directory,
                         std::string& out);

// What stands behind an order: an explain_row and the buckets of its reference.
void append_explanation(std::span<const engine::Event> rows, const Directory& directory, std::string& out);

}  // namespace gridbook::gateway
