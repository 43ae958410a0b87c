// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook explain`: why an order stands as it stands, from a copy of the journal and without an exchange.
// The journal is applied again from genesis, every event compared, and the same question is asked that GET
// /v1/admin/explain asks, so that whoever doubts the exchange's answer can make it himself.

#include <cstdint>
#include <ostream>
#include <string>

namespace gridbook::gateway {

struct ExplainOptions {
    std::string data;           // data folder of a stopped exchange, or of a restored backup
    std::uint64_t order = 0;    // by id, or
    std::string account, cid;   // by client order id, or
    std::string family;         // its band
    std::uint32_t version = 0;  // of the band; 0: the one in force
    std::uint64_t at = 0;       // as of this sequence; 0: the last one
    bool json = false;
};

// 0: explained; 1: there is no such order or band; 2: the journal cannot be read.
int explain(const ExplainOptions& options, std::ostream& out);

}  // namespace gridbook::gateway
