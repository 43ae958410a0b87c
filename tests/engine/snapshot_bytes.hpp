// SPDX-License-Identifier: Apache-2.0
#pragma once
// A snapshot in memory: written once, read from its beginning.

#include <algorithm>
#include <span>
#include <vector>

#include "engine/snapshot/snapshot.hpp"

namespace gridbook::tests {

struct Bytes final : engine::SnapshotSink, engine::SnapshotSource {
    std::vector<std::byte> bytes;
    std::size_t at = 0;

    bool write(std::span<const std::byte> more) override {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return true;
    }
    std::size_t read(std::span<std::byte> into) override {
        const std::size_t n = std::min(into.size(), bytes.size() - at);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), n, into.begin());
        at += n;
        return n;
    }
};

}  // namespace gridbook::tests
