// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every admin request was signed by the key that its command names. How a signature is verified is the
// caller's to say, because the ledger knows neither HTTP nor Ed25519: it gives the text and the public keys
// that the command's key has had.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event.hpp"
#include "ledger/audit/check.hpp"
#include "ledger/request_log.hpp"

namespace gridbook::ledger {

struct RequestKey {
    std::string name;
    std::vector<std::array<std::uint8_t, 32>> public_keys;  // oldest first
};

// Empty: the text was signed by one of them. Otherwise what is wrong.
using RequestVerifier = std::function<std::string(std::string_view text, const RequestKey& key)>;

class RequestCheck {
  public:
    explicit RequestCheck(RequestVerifier verifier) : verifier_(std::move(verifier)) {}

    void see(const engine::Event& event);  // keys
    void see(const engine::Command& command, std::string_view text);
    void finish();

    Check signatures{"signatures", "admin requests signed by the keys they name"};

  private:
    RequestVerifier verifier_;
    std::vector<RequestKey> keys_;  // index = key id
    RequestChain chain_;
};

}  // namespace gridbook::ledger
