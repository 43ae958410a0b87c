// SPDX-License-Identifier: Apache-2.0
#pragma once
// WebSocket frames as bytes (RFC 6455 section 5.2), for what we write and for looking ahead in what we read:
//
//   byte 0   FIN 0x80, reserved 0x70, opcode 0x0F
//   byte 1   masked 0x80, length 0..125; 126: 2 bytes follow, 127: 8 bytes follow, big-endian
//   4 bytes  mask, when masked (client to server only), then the payload
//
// It judges nothing: whether a peer may send such a frame is decided by Beast (server) or by the client.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gridbook::gateway {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

constexpr bool is_control(Opcode opcode) { return (static_cast<std::uint8_t>(opcode) & 8) != 0; }

struct FrameHeader {
    bool fin = false;
    bool reserved = false;  // a reserved bit is set
    bool masked = false;
    Opcode opcode = Opcode::continuation;
    std::uint32_t mask = 0;  // as the four bytes lie in memory
    std::size_t header_size = 0;
    std::uint64_t payload_size = 0;
    std::uint64_t frame_size() const { return header_size + payload_size; }
};

// nullopt: the header is not complete yet.
std::optional<FrameHeader> peek_frame(std::string_view bytes);

// A whole frame from the server: 2 to 10 bytes, then the payload.
inline void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
    char header[10];
    header[0] = static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
    const std::size_t size = payload.size();
    std::size_t header_size = 2;
    if (size < 126) {
        header[1] = static_cast<char>(size);
    } else if (size < 65'536) {
        header[1] = 126;
        header[2] = static_cast<char>(size >> 8);
        header[3] = static_cast<char>(size);
        header_size = 4;
    } else {
        header[1] = 127;
        for (std::size_t i = 0; i < 8; ++i) header[2 + i] = static_cast<char>(size >> (56 - 8 * i));
        header_size = 10;
    }
    out.append(header, header_size);
    out.append(payload);
}

// A whole frame from a client, masked with `mask`.
void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask);

// The payload of a close frame: code, big-endian, and at most 123 bytes of reason.
std::string close_payload(std::uint16_t code, std::string_view reason);

struct CloseReason {
    std::uint16_t code = 1005;  // none was given
    std::string reason;
};
CloseReason parse_close(std::string_view payload);

}  // namespace gridbook::gateway
