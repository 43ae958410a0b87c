// SPDX-License-Identifier: Apache-2.0
#pragma once
// Everything that the exchange says on its WebSockets: events by their `ev`, replies without one by the op
// that they answer. The members stand as `name:type`, with `?` behind those that are not always there. The
// encoders write the text themselves, for speed; that it is as the table says is checked with recorded
// sessions.
//
//   text id time decimal instant   strings: any, digits, nanoseconds, a decimal, RFC 3339
//   number truth                   an integer below 2^53; true or false
//   pair levels                    [price, qty]; a list of these
//   numbers                        a list of integers
//   texts object objects           a list of strings; nested objects, told in the protocol

#include <span>
#include <string_view>

#include "gateway/transport/transport.hpp"

namespace gridbook::gateway {

struct MessageSpec {
    std::string_view name;  // the ev, or the op with "reply." before it
    bool reply = false;
    bool trade = true;    // told on /v1/trade
    bool market = false;  // told on /v1/market
    std::string_view members;
};

std::span<const MessageSpec> messages();
// Of the object `error`.
extern const std::string_view error_members;

}  // namespace gridbook::gateway
