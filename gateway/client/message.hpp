// SPDX-License-Identifier: Apache-2.0
#pragma once
// One frame of the exchange as our own tools read it: a reply or an event (protocol sections 1 and 3). All
// views point into the client's buffers and hold during the handler's call only. A member that the frame does
// not carry is empty or 0; what is rarer than this struct is read from `raw` with gateway/client/json.hpp.

#include <cstdint>
#include <functional>
#include <string_view>

namespace gridbook::gateway {

struct MessageError {
    std::string_view code;  // empty: no error
    std::string_view msg;
    std::string_view field;
    std::string_view rule;
    std::string_view limit;       // the only, or the low one
    std::string_view limit_high;  // empty: there is one limit or none
    std::string_view got;
    std::uint64_t band = 0;
    std::uint64_t retry_ms = 0;
};

struct Message {
    std::uint64_t id = 0;  // number of the request that this answers; 0: an event
    bool ok = false;       // replies only
    bool dup = false;
    bool kept = false;    // replace: priority kept
    std::string_view ev;  // order, fill, welcome, hb, ...; empty: a plain reply
    std::string_view state;
    std::string_view reason;
    std::string_view oid;
    std::string_view cid;
    std::string_view account;
    std::string_view symbol;
    std::string_view side;
    std::string_view price;
    std::string_view qty;
    std::string_view leaves;
    std::string_view cum;
    std::string_view hold;
    std::string_view tid;
    std::string_view liquidity;
    std::string_view fee;
    std::string_view tax;
    std::string_view released;
    std::string_view ts;
    std::uint64_t seq = 0;
    std::uint64_t n = 0;
    std::uint64_t band = 0;
    MessageError error;
    std::string_view raw;  // the whole frame

    bool reply() const { return id != 0; }
};

using MessageHandler = std::function<void(const Message&)>;

}  // namespace gridbook::gateway
