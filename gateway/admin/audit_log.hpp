// SPDX-License-Identifier: Apache-2.0
#pragma once
// The log of signed admin requests as it is exported: each request as it was signed, with the SHA-256 of its
// text and the link of the chain over all of them (ledger/request_log.hpp). It reads the ledger; what it
// remembers is a link here and there, so that a page does not begin at the first request.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ledger/request_log.hpp"

namespace gridbook::gateway {

class AuditLog {
  public:
    // The texts behind a sequence, oldest first, at most so many. May throw what a reader may:
    // std::runtime_error.
    using Texts = std::function<std::vector<ledger::LoggedText>(engine::Sequence after, std::size_t most)>;
    static constexpr std::size_t page_max = 100;

    explicit AuditLog(Texts texts = {}) : texts_(std::move(texts)) {}

    // Appends {"entries":[…],"more":…} without its braces.
    void append_page(engine::Sequence after, std::size_t limit, std::string& out);

  private:
    ledger::RequestChain chain_at(engine::Sequence after);

    static constexpr std::size_t stride = 1'000;
    Texts texts_;
    std::map<engine::Sequence, ledger::RequestChain> kept_;  // by the sequence of their last one
};

}  // namespace gridbook::gateway
