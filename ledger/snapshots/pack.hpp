// SPDX-License-Identifier: Apache-2.0
#pragma once
// Fields into bytes and back, little-endian, without padding, in the order in which they are named. The
// reader never reads behind the end and never believes a count that the bytes cannot hold: after the first
// failure everything it gives is zero, and good() is false.

#include <cstring>
#include <vector>

#include "ledger/checksum.hpp"

namespace gridbook::ledger {

class Packer {
  public:
    template <class... T>
    void operator()(const T&... values) {
        (put(values), ...);
    }
    Bytes bytes() const { return bytes_; }

  private:
    template <class T>
    void put(const T& value) {
        static_assert(std::has_unique_object_representations_v<T>);
        const std::size_t at = bytes_.size();
        bytes_.resize(at + sizeof value);
        std::memcpy(bytes_.data() + at, &value, sizeof value);
    }
    std::vector<std::byte> bytes_;
};

class Unpacker {
  public:
    explicit Unpacker(Bytes bytes) : bytes_(bytes) {}

    template <class... T>
    void operator()(T&... values) {
        (take(values), ...);
    }
    // How many entries follow, of at least `smallest` bytes each.
    std::size_t count(std::size_t smallest) {
        std::uint64_t n = 0;
        take(n);
        if (smallest * n > bytes_.size() || n > bytes_.size()) good_ = false;
        return good_ ? static_cast<std::size_t>(n) : 0;
    }
    bool expect(bool holds) {
        good_ = good_ && holds;
        return good_;
    }
    bool good() const { return good_; }
    bool at_end() const { return good_ && bytes_.empty(); }

  private:
    template <class T>
    void take(T& value) {
        value = T{};
        if constexpr (std::is_same_v<T, bool>) {
            std::uint8_t byte = 0;
            take(byte);
            value = expect(byte <= 1) && byte == 1;
        } else {
            static_assert(std::has_unique_object_representations_v<T> && std::is_trivially_copyable_v<T>);
            if (!expect(bytes_.size() >= sizeof value)) return;
            std::memcpy(&value, bytes_.data(), sizeof value);
            bytes_ = bytes_.subspan(sizeof value);
        }
    }
    Bytes bytes_;
    bool good_ = true;
};

}  // namespace gridbook::ledger
