// SPDX-License-Identifier: Apache-2.0
#pragma once
// The two proofs a batch carries: CRC32C against accidents (Castagnoli polynomial, reflected, as in iSCSI and
// ext4), SHA-256 against intent. Pure functions of bytes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/command.hpp"

namespace gridbook::ledger {

using Bytes = std::span<const std::byte>;

// `seed` is the checksum of the bytes before these ones, so that a value may be summed in pieces.
std::uint32_t crc32c(Bytes bytes, std::uint32_t seed = 0);
// The same by table: what machines without the instruction use, and what the test compares with.
std::uint32_t crc32c_by_table(Bytes bytes, std::uint32_t seed = 0);

engine::Sha256 sha256(Bytes bytes);

// The same of bytes that come in pieces.
class Sha256Sum {
  public:
    Sha256Sum();
    ~Sha256Sum();
    Sha256Sum(const Sha256Sum&) = delete;
    Sha256Sum& operator=(const Sha256Sum&) = delete;
    void add(Bytes bytes);
    engine::Sha256 digest();  // once

  private:
    void* context_;
};

}  // namespace gridbook::ledger
