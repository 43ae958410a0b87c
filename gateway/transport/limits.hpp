// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one peer may cost. Everything a peer can make grow has its limit here.

#include <chrono>
#include <cstdint>

#include "gateway/transport/inbound.hpp"

namespace gridbook::gateway {

struct ServerLimits {
    std::uint32_t connections = 4096;                // beyond: 503
    std::uint32_t connections_per_address = 0;       // IPv6: per /64; beyond: 429; 0: no limit
    std::uint32_t messages_per_s = 0;                // read from a WebSocket; beyond, it waits; 0: no limit
    std::uint32_t http_per_s = 0;                    // requests of an address; beyond: 429; 0: no limit
    std::uint32_t trade_message_bytes = 16 * 1024;   // inbound; beyond: close 1009
    std::uint32_t market_message_bytes = 64 * 1024;  // at most 64 KiB
    HttpLimits http{};
    std::uint64_t trade_output_bytes = 8u << 20;   // unsent; beyond: close 1013 RESUME
    std::uint64_t market_output_bytes = 4u << 20;  // unsent; beyond: close 1013 SLOW
    // Writes to market connections, all together: what is told meanwhile gathers and leaves in one. So a
    // thousand readers take a share of the thread, and orders are looked at between a few of them. 0: no
    // limit.
    std::uint32_t market_writes_per_s = 25'000;
    std::chrono::milliseconds handshake{10'000};  // from connect, or from the first byte, to a whole request
    std::chrono::milliseconds http_idle{60'000};  // between requests
    std::chrono::milliseconds message{30'000};    // from the first byte of a WebSocket message to its last
    std::chrono::milliseconds silence{15'000};    // a WebSocket peer that does not even answer pings
    std::chrono::milliseconds parting{3'000};     // from our close to the end of the socket
};

}  // namespace gridbook::gateway
