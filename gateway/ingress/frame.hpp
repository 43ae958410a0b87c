// SPDX-License-Identifier: Apache-2.0
#pragma once
// One JSON object taken apart: its members by name, text without escapes, numbers as they were written. It
// knows no JSON (that is decoder.cpp) and no meaning (that is schema.hpp), only what was said. Views hold
// until the next frame is decoded. Nothing is allocated once the vectors have their size.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace gridbook::gateway {

// Bytes of an inbound frame or body (protocol section 1).
inline constexpr std::size_t frame_bytes_max = 16 * 1024;

enum class JsonType : std::uint8_t { text, number, truth, null, texts, array, object, objects, numbers };

constexpr std::string_view name(JsonType type) {
    constexpr std::array<std::string_view, 9> names{"a string",
                                                    "a number",
                                                    "true or false",
                                                    "null",
                                                    "an array of strings",
                                                    "an array",
                                                    "an object",
                                                    "an array of objects",
                                                    "an array of numbers"};
    return names[static_cast<std::size_t>(type)];
}

struct Member {
    std::string_view name;
    JsonType type = JsonType::null;
    std::string_view text;    // a string's text without escapes; other scalars as they were written
    std::uint32_t first = 0;  // texts and objects: their place in Frame::texts
    std::uint32_t count = 0;
    std::int64_t number = 0;  // what the schema made of it: millionths, nanoseconds, an id, a word's index
};

class Frame {
  public:
    // More members than any op has fields: whoever sends so many has an unknown one among them.
    static constexpr std::size_t members_max = 32;

    Frame() { texts_.reserve(frame_bytes_max / 3); }

    void clear() {
        size_ = 0;
        texts_.clear();
    }
    // False: too many.
    bool add(const Member& member) {
        if (size_ == members_max) return false;
        members_[size_++] = member;
        return true;
    }
    std::uint32_t add_text(std::string_view text) {
        texts_.push_back(text);
        return static_cast<std::uint32_t>(texts_.size());
    }
    std::uint32_t texts_size() const { return static_cast<std::uint32_t>(texts_.size()); }

    std::span<Member> members() { return {members_.data(), size_}; }
    std::span<const Member> members() const { return {members_.data(), size_}; }
    const Member* find(std::string_view name) const {
        for (const Member& member : members())
            if (member.name == name) return &member;
        return nullptr;
    }
    bool has(std::string_view name) const { return find(name) != nullptr; }
    // Empty or 0 when the frame has no such member.
    std::string_view text(std::string_view name) const {
        const Member* member = find(name);
        return member ? member->text : std::string_view{};
    }
    std::int64_t number(std::string_view name) const {
        const Member* member = find(name);
        return member ? member->number : 0;
    }
    std::span<const std::string_view> texts(std::string_view name) const {
        const Member* member = find(name);
        return member ? texts(*member) : std::span<const std::string_view>{};
    }
    std::span<const std::string_view> texts(const Member& member) const {
        return {texts_.data() + member.first, member.count};
    }

  private:
    std::array<Member, members_max> members_{};
    std::size_t size_ = 0;
    std::vector<std::string_view> texts_;
};

}  // namespace gridbook::gateway
