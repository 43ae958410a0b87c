// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit/cid_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gridbook::ledger {

std::string CidCheck::key(engine::AccountId account, const engine::Cid& cid) {
    std::string text(cid.view());
    text.append(reinterpret_cast<const char*>(&account.value), sizeof account.value);
    return text;
}

void CidCheck::accepted(const engine::EventHeader& header, engine::OrderId order, const engine::Cid& cid) {
    const auto [at, fresh] = known_.try_emplace(key(header.account, cid), Known{order});
    // Ids count records, so one `records_` further on has taken the place of this one.
    const bool free = fresh || forgotten(at->second, header.time) ||
                      (at->second.done != engine::never && order.value - at->second.order.value >= records_);
    once.expect(free, header.sequence, [&] {
        return fmt::format("account {}: \"{}\" is order {} already and was accepted again as {}",
                           header.account.value, cid.view(), at->second.order.value, order.value);
    });
    at->second = Known{order};
    if (known_.size() > sweep_at_) sweep(header.time);
}

void CidCheck::done(const engine::EventHeader& header, const engine::Cid& cid) {
    const auto at = known_.find(key(header.account, cid));
    if (at != known_.end()) at->second.done = header.time;
}

void CidCheck::sweep(engine::Time now) {
    std::erase_if(known_, [&](const auto& entry) { return forgotten(entry.second, now); });
    sweep_at_ = std::max<std::size_t>(sweep_at_, known_.size() * 2);
}

}  // namespace gridbook::ledger
