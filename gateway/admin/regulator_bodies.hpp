// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bodies of guidance, factors and decisions (protocol section 5): their fields, and how each becomes a
// command. A part of bodies.hpp.

#include "gateway/admin/bodies.hpp"

namespace gridbook::gateway {

std::span<const Field> guidance_fields();
std::span<const Field> factor_fields();
std::span<const Field> decision_fields();
std::span<const Field> dispute_fields();

CommandOrError guidance_command(const Frame& frame, const Directory& directory, const engine::Sha256& blob);
CommandOrError factors_command(const Frame& frame, const Directory& directory, const engine::Sha256& blob);
// The frame has the change's id beside the body's own fields.
CommandOrError dispute_command(const Frame& frame, const Directory& directory, const engine::Sha256& blob);
CommandOrError approve_command(const Frame& frame, const Directory& directory, const engine::Sha256& blob);
CommandOrError reject_command(const Frame& frame, const Directory& directory, const engine::Sha256& blob);

}  // namespace gridbook::gateway
