// SPDX-License-Identifier: Apache-2.0
#pragma once
// A draft band as a person writes it: FAMILY:FLOOR:CEILING[:GUIDANCE], an empty price leaves what was.

#include <optional>
#include <string_view>

#include "ledger/sandbox/sandbox.hpp"

namespace gridbook::gateway {

// Nullopt: it is none. Whether the family exists is not asked.
std::optional<ledger::DraftBand> read_draft(std::string_view text);

}  // namespace gridbook::gateway
