// SPDX-License-Identifier: Apache-2.0
#pragma once
// Durable events -> the text of the trade socket and of the signed HTTP calls, with the members in the order
// of the protocol's examples (protocol section 3). An event is encoded once, as members without braces;
// replies, stream events and frames that name their account wrap the same members. It appends to the caller's
// string and keeps no state. Market data is in market_encoder.hpp, refusals in refusal.hpp.

#include <string>
#include <string_view>

#include "engine/event.hpp"
#include "gateway/directory.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

// {"id":"8","ok":false,"error":{…}}: a refusal before sequencing.
void append_error_reply(std::string_view id, const WireError& error, std::string& out);
// {"ok":false,"error":{…}}
std::string http_error(const WireError& error);
// "error":{…}
void append_error_member(const WireError& error, std::string& out);
// {"qty":…,"notional":…,"open_orders":…,"orders_per_s":…}: what is as the market's own is left out.
void append_account_limits(const engine::AccountLimits& limits, std::string& out);

// The members of the event as the account stream tells it: "ev":"order",… Empty for kinds that no stream
// carries. `cum` is used by fills only: lots of the order filled so far, this match included.
void append_event(const engine::Event& event, const Directory& directory, std::uint32_t cum,
                  std::string& out);

// What an admin call by HTTP answers, members without braces (protocol section 5).
void append_admin_answer(const engine::Event& event, const Directory& directory, std::string& out);

std::string_view wire_name(engine::OrderState state);
std::string_view wire_name(engine::Side side);
std::string_view wire_name(engine::Phase phase);
std::string_view wire_name(engine::KillScope scope);
std::string_view wire_name(engine::BandStatus status);
std::string_view wire_name(engine::Product product);

}  // namespace gridbook::gateway
