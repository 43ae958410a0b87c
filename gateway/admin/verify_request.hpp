// SPDX-License-Identifier: Apache-2.0
#pragma once
// Checks a kept admin request again, years later: it names the key of its command, and the key signed it.

#include <string>
#include <string_view>

#include "ledger/audit/request_check.hpp"

namespace gridbook::gateway {

// Empty: it holds. Otherwise what is wrong, for the audit to tell.
std::string verify_request(std::string_view text, const ledger::RequestKey& key);

}  // namespace gridbook::gateway
