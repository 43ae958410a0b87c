// SPDX-License-Identifier: Apache-2.0
#pragma once
// Exactly once: a client order id is accepted at most once per account until its order is done and the
// retention is over, or until it was displaced because the table of records is full (market-rules section 4).

#include <string>
#include <unordered_map>

#include "engine/event.hpp"
#include "ledger/audit/check.hpp"

namespace gridbook::ledger {

class CidCheck {
  public:
    CidCheck(const engine::Genesis& genesis)
        : retention_(engine::second * genesis.retention_s), records_(genesis.records) {}

    void accepted(const engine::EventHeader& header, engine::OrderId order, const engine::Cid& cid);
    void done(const engine::EventHeader& header, const engine::Cid& cid);

    Check once{"cid_once", "no client order id accepted twice"};

  private:
    struct Known {
        engine::OrderId order{};
        engine::Time done = engine::never;  // never: open
    };
    static std::string key(engine::AccountId account, const engine::Cid& cid);
    bool forgotten(const Known& known, engine::Time now) const {
        return known.done != engine::never && now >= known.done + retention_;
    }
    void sweep(engine::Time now);

    engine::Duration retention_;
    std::uint64_t records_;
    std::unordered_map<std::string, Known> known_;
    std::size_t sweep_at_ = 1 << 20;  // forgotten ids leave when there are this many
};

}  // namespace gridbook::ledger
