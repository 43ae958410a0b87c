// SPDX-License-Identifier: Apache-2.0
#pragma once
// An event as one line of a scenario: what tests/engine/describe.hpp tells, and besides it strips, any-of,
// phases, references and switches, which a person of the market reads here first.

#include "tests/engine/describe.hpp"

namespace gridbook::tests {

std::string scenario_line(const engine::Event& event, const Names& names);
// The same of deliveries, and of token packages; empty: the event is about something else.
std::string delivery_event_text(const engine::Event& event, const Names& names);
std::string package_event_text(const engine::Event& event, const Names& names);

}  // namespace gridbook::tests
