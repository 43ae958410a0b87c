// SPDX-License-Identifier: Apache-2.0
#pragma once
// The audit: reads the journal of a data folder at rest, proves every byte of it, runs it again from genesis,
// and holds the result against books that it keeps from the events alone (audit/). One line a check, the
// first difference by its sequence, a verdict last. It changes nothing and needs no right to write.

#include <filesystem>
#include <ostream>

#include "ledger/audit/request_check.hpp"

namespace gridbook::ledger {

struct AuditOptions {
    bool json = false;                 // one JSON object instead of the lines
    bool progress = true;              // on stderr, when it takes long
    RequestVerifier verify_request{};  // empty: signatures are not looked at, and the audit says so
};

// Exit status: 0 passed, 1 a check failed, 2 there was nothing to audit (no journal, in use, no right to
// read).
int audit(const std::filesystem::path& data, std::ostream& out, const AuditOptions& options = {});

}  // namespace gridbook::ledger
