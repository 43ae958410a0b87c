// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bodies of the admin calls (protocol section 5): their fields, and how each becomes a command. `blob` is
// the SHA-256 of the signed request that is kept with the command. It knows no signatures and no HTTP.

#include <span>
#include <string_view>
#include <variant>

#include "engine/command.hpp"
#include "gateway/directory.hpp"
#include "gateway/ingress/schema.hpp"

namespace gridbook::gateway {

using CommandOrError = std::variant<engine::Command, WireError>;

struct AdminCall {
    std::string_view path;  // a `*` stands for the id of a change, which `read` finds as `change`
    std::uint8_t roles = 0;
    std::span<const Field> fields{};
    // Reads a frame that check_fields has passed.
    CommandOrError (*read)(const Frame& frame, const Directory& directory,
                           const engine::Sha256& blob) = nullptr;
};

// participants, keys, credits, bands, phase, dynamic, kill, limits; of regulator_bodies.hpp: guidance,
// factors, approve, reject.
std::span<const AdminCall> admin_calls();

// With "dry_run":true a change is a question: what it would do. The same command otherwise.
engine::Command asked_only(engine::Command command);

}  // namespace gridbook::gateway
