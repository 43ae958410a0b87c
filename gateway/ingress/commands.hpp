// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names -> ids: a decoded trade request becomes the command or question that the engine takes. What names
// nothing is passed on as such, so that the engine refuses it in its turn; only what a command has no words
// for is refused here. It knows no connection and no session.

#include <optional>

#include "gateway/directory.hpp"
#include "gateway/ingress/trade_request.hpp"

namespace gridbook::gateway {

// For whom, by whom, and where the answer goes.
struct Sender {
    engine::AccountId account = engine::no_account;
    engine::KeyIndex key = engine::no_key;
    engine::Origin origin{};
};

// A page of proofs of reserve, behind the one of "prov/CHAT-L"; empty: from the first. nullopt: it names
// nobody's.
std::optional<engine::QueryReserves> reserves_page(std::string_view after, std::uint32_t limit,
                                                   const Directory& directory);

// What no command can carry: a residency that is not the zone's (SPEC_MISMATCH), a page that starts at no
// symbol or a mass cancel of what does not exist (SYMBOL_UNKNOWN), a start that is no hour, or no window of
// the account's resource, or a page that starts at nobody's reserve (FORMAT_VALUE).
std::optional<WireError> check_names(const TradeRequest& request, const Directory& directory,
                                     engine::AccountId account);

// The command of a request that check_names has passed.
engine::Command to_command(const TradeRequest& request, const Directory& directory, const Sender& sender);

}  // namespace gridbook::gateway
