// SPDX-License-Identifier: Apache-2.0
#pragma once
// What all commands have in common: their kinds and the header. The bodies are in command.hpp.

#include <type_traits>

#include "engine/catalogue/instrument.hpp"
#include "engine/reject_reason.hpp"
#include "engine/units/side.hpp"
#include "engine/units/text.hpp"

namespace gridbook::engine {

enum class CommandKind : std::uint8_t {
    none = 0,
    // Time and the engine itself.
    genesis = 1,       // first command of every journal: pool sizes, rates, clock
    advance_time = 2,  // the empty command: timers
    follow_on = 3,     // goes on with what the command before had no room for
    checkpoint = 4,    // asks for the state hash as an event
    set_rules = 5,     // the numbers of the market rules that are configuration
    // Catalogue.
    define_class = 10,
    define_zone = 11,
    define_tier = 12,
    define_family = 13,
    // Participants.
    open_account = 20,
    set_key = 21,
    credit = 22,
    register_resource = 23,
    withdraw_resource = 24,
    open_session = 25,
    close_session = 26,
    declare_maintenance = 27,
    cancel_maintenance = 28,
    // Orders.
    place_order = 30,
    replace_order = 31,
    cancel_order = 32,
    place_strip = 33,
    place_any_of = 34,
    cancel_all = 35,
    cancel_after = 36,
    // Regulator.
    set_band = 40,
    set_phase = 41,
    suspend_dynamic = 42,
    kill = 43,
    set_guidance = 44,
    set_factors = 45,
    decide_change = 46,
    set_limits = 47,
    // Delivery.
    report_ready = 50,
    report_meter = 51,
    open_dispute = 52,
    decide_dispute = 53,
    // Tokens.
    draw_tokens = 60,
    offer_package = 61,
    withdraw_package = 62,
    buy_package = 63,
    // Payouts.
    request_payout = 70,
    decide_payout = 71,
    // Questions.
    first_query = 80,
    query_order = 80,
    query_orders = 81,
    query_balance = 82,
    query_positions = 83,
    query_explain = 84,
    query_changes = 85,
    // The same bodies as set_band, set_guidance and set_factors: what would become of them now.
    try_band = 86,
    try_guidance = 87,
    try_factors = 88,
    query_deliveries = 89,
    query_disputes = 90,
    query_packages = 91,
    query_grants = 92,
    query_reserves = 93,
    query_payouts = 94,
    query_resources = 95,
};

// Where the answer goes: the gateway's connection and its request number there. It means nothing to the
// engine.
struct Origin {
    std::uint32_t connection = 0;  // 0: nobody waits for an answer
    std::uint32_t request = 0;
    friend constexpr auto operator<=>(const Origin&, const Origin&) = default;
};

struct CommandHeader {
    Sequence sequence{};
    Time time{};
    Origin origin{};
    AccountId account = no_account;  // for whom
    KeyIndex key = no_key;           // who signed
    CommandKind kind = CommandKind::none;
    std::uint8_t reserved = 0;
    friend constexpr auto operator<=>(const CommandHeader&, const CommandHeader&) = default;
};
static_assert(sizeof(CommandHeader) == 32);

using Sha256 = std::array<std::uint8_t, 32>;

}  // namespace gridbook::engine
