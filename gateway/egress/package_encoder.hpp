// SPDX-License-Identifier: Apache-2.0
#pragma once
// Token packages as they are told: terms, grants and what becomes of them, proofs of reserve. Balances are
// told in standard tokens, money in CNY, the end of a grant as an instant. Used by encoder.cpp for events and
// by the answers to questions; it knows no requests.

#include <string>

#include "engine/event.hpp"
#include "gateway/directory.hpp"

namespace gridbook::gateway {

// "ev":"package",… and "ev":"grant",…
void append_package_event(const engine::Event& event, const Directory& directory, std::string& out);

// Rows of the answers as objects: a package_row, a grant_row, a reserve_row.
void append_package_row(const engine::Event& row, const Directory& directory, std::string& out);
void append_grant_row(const engine::Event& row, const Directory& directory, std::string& out);
void append_reserve_row(const engine::Event& row, const Directory& directory, std::string& out);

}  // namespace gridbook::gateway
