// SPDX-License-Identifier: Apache-2.0
#pragma once
// What all events have in common: their kinds and the header. The bodies are in event.hpp.

#include <cstddef>

#include "engine/command.hpp"

namespace gridbook::engine {

enum class EventKind : std::uint8_t {
    none = 0,
    // The engine itself.
    started = 101,
    time_advanced = 102,
    state_hashed = 103,
    rules_set = 104,
    // Catalogue.
    class_defined = 110,
    zone_defined = 111,
    tier_defined = 112,
    family_defined = 113,
    phase_changed = 114,
    // Participants.
    account_opened = 120,
    key_set = 121,
    credited = 122,
    resource_registered = 123,
    resource_withdrawn = 124,
    session_opened = 125,
    session_closed = 126,
    maintenance = 127,
    // Orders.
    order = 130,
    fill = 131,
    refused = 132,
    strip = 133,
    any_of = 134,
    alternative = 135,
    mass_cancelled = 136,
    cancel_after_set = 137,
    // Bands and phases.
    band_changed = 140,
    reference_changed = 141,
    limit_state = 142,
    indicative = 143,
    dynamic_suspended = 144,
    killed = 145,
    guidance_set = 146,
    factors_changed = 147,
    change_proposed = 148,
    change_closed = 149,
    // Delivery.
    delivery = 150,
    metered = 151,
    replaced = 152,
    delivery_settled = 153,
    position_settled = 154,
    dispute = 155,
    // Limits of accounts.
    limits_set = 160,
    // Tokens.
    tokens_drawn = 170,
    holding = 171,
    package = 172,
    grant = 173,
    // Payouts.
    payout = 180,
    // Answers to questions: not journaled.
    first_answer = 200,
    order_row = 200,
    balance_row = 201,
    position_row = 202,
    rows_end = 203,
    strip_row = 204,
    any_of_row = 205,
    explain_row = 206,
    bucket_row = 207,
    change_row = 208,
    impact_row = 209,
    refusal_row = 210,
    factors_row = 211,
    delivery_row = 212,
    holding_row = 213,
    dispute_row = 214,
    package_row = 215,
    grant_row = 216,
    reserve_row = 217,
    payout_row = 218,
    resource_row = 219,
    maintenance_row = 220,
};

namespace event_flag {
inline constexpr std::uint8_t reply = 1;      // this event answers its origin
inline constexpr std::uint8_t duplicate = 2;  // same cid, same body: told again, nothing happened
}  // namespace event_flag

struct EventHeader {
    Sequence sequence{};  // of the command that caused it
    Time time{};          // the market's time when it happened
    StreamNumber number{};
    AccountId account = no_account;
    KeyIndex key = no_key;  // who signed the command
    EventKind kind = EventKind::none;
    std::uint8_t flags = 0;
    friend constexpr auto operator<=>(const EventHeader&, const EventHeader&) = default;
};
static_assert(sizeof(EventHeader) == 32 && offsetof(EventHeader, kind) == offsetof(CommandHeader, kind));

}  // namespace gridbook::engine
