// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/frame.hpp"

#include <cstring>

namespace gridbook::gateway {

namespace {

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

// Eight bytes at a time: the mask is the same every four.
void mask_in_place(char* bytes, std::size_t size, std::uint32_t mask) {
    const std::uint64_t wide = static_cast<std::uint64_t>(mask) << 32 | mask;
    std::size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes + at, 8);
        word ^= wide;
        std::memcpy(bytes + at, &word, 8);
    }
    char key[4];
    std::memcpy(key, &mask, 4);
    for (; at < size; ++at) bytes[at] = static_cast<char>(bytes[at] ^ key[at % 4]);
}

}  // namespace

std::optional<FrameHeader> peek_frame(std::string_view bytes) {
    if (bytes.size() < 2) return std::nullopt;
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    const auto second = static_cast<std::uint8_t>(bytes[1]);
    FrameHeader header;
    header.fin = (first & 0x80) != 0;
    header.reserved = (first & 0x70) != 0;
    header.opcode = static_cast<Opcode>(first & 0x0F);
    header.masked = (second & 0x80) != 0;
    const std::size_t extra = (second & 0x7F) == 126 ? 2 : (second & 0x7F) == 127 ? 8 : 0;
    header.header_size = 2 + extra + (header.masked ? 4 : 0);
    if (bytes.size() < header.header_size) return std::nullopt;
    header.payload_size = extra == 0 ? second & 0x7F : big_endian(bytes.substr(2, extra));
    if (header.masked) std::memcpy(&header.mask, bytes.data() + 2 + extra, 4);
    return header;
}

void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask) {
    const std::size_t start = out.size();
    append_frame(out, opcode, payload);
    out[start + 1] = static_cast<char>(out[start + 1] | '\x80');
    char key[4];
    std::memcpy(key, &mask, 4);
    out.insert(out.size() - payload.size(), key, 4);
    mask_in_place(out.data() + out.size() - payload.size(), payload.size(), mask);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
    payload.append(reason.substr(0, 123));
    return payload;
}

CloseReason parse_close(std::string_view payload) {
    if (payload.size() < 2) return {};
    return {static_cast<std::uint16_t>(big_endian(payload.substr(0, 2))), std::string(payload.substr(2))};
}

}  // namespace gridbook::gateway
