// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the load client of bench_gateway is let loose on: a server with a thread of its own that serves a port
// until it is destroyed; and what the contenders without a market answer an order with.

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "gateway/client/json.hpp"

namespace gridbook::bench {

class Counterpart {
  public:
    virtual ~Counterpart() = default;
    virtual std::uint16_t port() const = 0;
    virtual bool handshakes() const { return true; }
    // Whether peers are welcomed and sign in before they may order; and the frame that answers a welcome.
    virtual bool signs_in() const { return false; }
    virtual std::string logon(std::size_t, std::string_view) const { return {}; }
    // What this peer's orders are for.
    virtual std::string symbol(std::size_t) const { return "H100.CN-EAST.G2.20261201T01Z"; }
};

// Reads all of a request and answers with its id.
class Acknowledger {
  public:
    std::string_view answer(std::string_view request) {
        const gateway::Message message = reader_.read(request);
        text_.clear();
        fmt::format_to(
            std::back_inserter(text_),
            R"({{"id":"{}","ok":true,"ev":"order","state":"open","cid":"{}","symbol":"{}","price":"{}"}})",
            message.id, message.cid, message.symbol, message.price);
        return text_;
    }

  private:
    gateway::MessageReader reader_;
    std::string text_;
};

}  // namespace gridbook::bench
