// SPDX-License-Identifier: Apache-2.0
#pragma once
// A refused command -> the error of the wire: one sentence for people, and rule, limit, what was got, band
// version and rationale for programs, with values in the unit of the field they speak of
// (engine/reject_reason.hpp). Also the whole reply, which a duplicate repeats.

#include "gateway/directory.hpp"
#include "gateway/egress/bands.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

// `event` is of kind refused.
WireError refusal(const engine::Event& event, const Directory& directory, const Bands& bands);

// What follows "ok":false, in the reply: "error":{…},"cid":"p-5","seq":88121,"ts":"…"
void append_refusal_members(const engine::Event& event, const WireError& error, std::string& out);

}  // namespace gridbook::gateway
