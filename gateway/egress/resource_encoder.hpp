// SPDX-License-Identifier: Apache-2.0
#pragma once
// Capacity as it is told to its provider: what is registered and withdrawn, when it is not there, and the
// list of all of it.

#include <span>

#include "engine/event.hpp"
#include "gateway/directory.hpp"

namespace gridbook::gateway {

// `"ev":"resource"` or `"ev":"maintenance"` and all that it says.
void append_resource_event(const engine::Event& event, const Directory& directory, std::string& out);
// Rows of resources as objects, each with what is declared of it as its own list.
void append_resource_rows(std::span<const engine::Event> rows, const Directory& directory, std::string& out);

}  // namespace gridbook::gateway
