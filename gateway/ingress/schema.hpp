// SPDX-License-Identifier: Apache-2.0
#pragma once
// The table of everything that can be said to the exchange: ops and their fields, admin calls and theirs. The
// decoder's checks are driven by it, and whatever is published about the inbound side is made from it, so the
// two cannot disagree.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "gateway/ingress/frame.hpp"
#include "gateway/transport/transport.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

// The form of a value, and with it what Member::number becomes.
enum class Form : std::uint8_t {
    text,           // a string of at most `longest` bytes, not empty
    label,          // as text, of letters, digits, '.', '_' and '-'
    cid,            // [A-Za-z0-9_-]{1,32}
    word,           // one of `words`                          -> its index
    id,             // a string of digits, from 1              -> the number
    time,           // a string of digits, ns since the epoch  -> nanoseconds
    decimal,        // a decimal string, not negative          -> millionths
    amount,         // a decimal string of either sign         -> millionths
    figure,         // as decimal, or a JSON number            -> millionths
    integer,        // a JSON integer from 1 to `longest`      -> the number
    whole,          // a JSON integer from 0 to `longest`      -> the number
    truth,          // true or false                           -> 1 or 0
    texts,          // an array of strings, not empty, each at most `longest` bytes
    words,          // an array of strings, not empty, each one of `words`
    words_or_none,  // as words, but it may be empty
    objects,        // an array of objects, not empty, each kept as its text
    instant,        // RFC 3339                                -> nanoseconds
    wholes,         // an array of JSON integers from 0 to `longest`, not empty, kept as their texts
};

enum class Need : std::uint8_t { required, optional };

struct Word {
    std::string_view text;
};

struct Field {
    std::string_view name;
    Form form = Form::text;
    Need need = Need::required;
    std::size_t longest = 64;
    std::span<const Word> words{};
};

enum class Op : std::uint8_t {
    session_logon,
    clock_advance,
    order_place,
    order_replace,
    order_cancel,
    order_cancel_all,
    order_batch,
    order_status,
    orders_open,
    strip_place,
    anyof_place,
    cancel_after,
    quote_explain,
    balance_get,
    positions_get,
    fills_get,
    limits_get,
    resource_register,
    resource_withdraw,
    maintenance_declare,
    maintenance_cancel,
    resources_get,
    delivery_ready,
    meter_report,
    deliveries_get,
    dispute_open,
    token_draw,
    payout_request,
    payouts_get,
    package_offer,
    package_withdraw,
    package_buy,
    packages_get,
    grants_get,
    reserves_get,
    invoices_get,
    subscribe,
    unsubscribe,
    book_snapshot,
};

struct OpSpec {
    Op op{};
    std::string_view name;
    Endpoint endpoint = Endpoint::trade;
    std::uint8_t roles = 0;         // who may send it; 0: whoever is connected
    std::span<const Field> fields;  // without id, op and, on trade, account
};

inline constexpr std::size_t batch_orders_max = 20;

std::span<const OpSpec> ops();
const OpSpec* find_op(std::string_view name);

// Finds the op of a frame that came in on `endpoint`, and checks its id: FORMAT_FIELD, FORMAT_VALUE,
// OP_UNKNOWN. `id` is set as far as it is known, also on an error.
std::optional<WireError> check_op(const Frame& frame, Endpoint endpoint, std::string_view& id,
                                  const OpSpec*& op);

// Checks every member against the fields, in this order: FORMAT_FIELD for unknown ones and wrong types,
// FORMAT_FIELD for missing ones, FORMAT_VALUE for bad values; and sets Member::number. `common` are fields
// that every frame of this kind may have besides; `what` is for the sentence.
std::optional<WireError> check_fields(Frame& frame, std::span<const Field> fields,
                                      std::span<const Field> common, std::string_view what);
std::optional<WireError> check_fields(Frame& frame, const OpSpec& op);

// FORMAT_VALUE and what it speaks of.
WireError bad_value(std::string_view field, std::string rule, std::string_view got);
// As much of a client's text as an error tells back.
std::string_view shown(std::string_view text);

}  // namespace gridbook::gateway
