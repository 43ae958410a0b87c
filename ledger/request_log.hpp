// SPDX-License-Identifier: Apache-2.0
#pragma once
// The log of signed admin requests: every text that a command came with, in the order of the commands, each
// chained to the one before. The journal's own chain holds all of it already; this one is over the requests
// alone, so that whoever is given only them can check that none is missing, changed or out of place:
//
//   link(n) = SHA-256( link(n-1) 32 bytes | sequence 8 bytes big-endian | SHA-256 of the text 32 bytes ),
//   link(0) = 0
//
// A text without a command is no part of it.

#include <string>
#include <string_view>

#include "ledger/checksum.hpp"

namespace gridbook::ledger {

// A text as it is kept, under the sequence of its command.
struct LoggedText {
    engine::Sequence sequence{};
    std::string text;
};

class RequestChain {
  public:
    void add(engine::Sequence sequence, std::string_view text);
    const engine::Sha256& link() const { return link_; }
    engine::Sequence sequence() const { return sequence_; }  // of the last one; 0: none
    std::uint64_t size() const { return size_; }

  private:
    engine::Sha256 link_{};
    engine::Sequence sequence_{};
    std::uint64_t size_ = 0;
};

std::string hex(const engine::Sha256& digest);

}  // namespace gridbook::ledger
