// SPDX-License-Identifier: Apache-2.0
#pragma once
// What goes across the fields of a frame, or is narrower than their forms: after the table has checked each
// field by itself, before anything is read. It knows no names and no sessions.

#include <optional>

#include "gateway/ingress/frame.hpp"
#include "gateway/ingress/schema.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

// FORMAT_FIELD for fields that do not go together, FORMAT_VALUE for values that the op does not take.
std::optional<WireError> check_together(const Frame& frame, Op op);
// The same of one order, alone or in a batch.
std::optional<WireError> check_place(const Frame& frame);

}  // namespace gridbook::gateway
