// SPDX-License-Identifier: Apache-2.0
#include "ledger/sandbox/draft_market.hpp"

namespace gridbook::ledger {

using engine::CancelOrder;
using engine::Cid;
using engine::Command;
using engine::CommandKind;
using engine::Event;
using engine::EventKind;
using engine::OrderEvent;
using engine::OrderId;
using engine::ReplaceOrder;
using engine::SetBand;
using engine::SetGuidance;
using engine::StripEvent;

namespace {

// The same command, its order named by its client order id.
template <class Body>
Command named(const Command& command, const std::map<OrderId, Cid>& cids) {
    Body body = command.as<Body>();
    const auto known = cids.find(body.order);
    if (known == cids.end()) return command;
    body.order = OrderId{};
    body.cid = known->second;
    return Command::of(body, command.header.account, command.header.key, command.header.origin);
}

}  // namespace

void DraftMarket::hear(const Event& recorded) {
    if (recorded.kind() == EventKind::order) {
        const auto e = recorded.as<OrderEvent>();
        if (e.moved) cids_[e.order] = e.cid;
    } else if (recorded.kind() == EventKind::strip) {
        const auto e = recorded.as<StripEvent>();
        cids_[e.order] = e.cid;
    }
}

bool DraftMarket::comes_again(const Command& command) const {
    switch (command.kind()) {
        case CommandKind::genesis:
        case CommandKind::follow_on:
        case CommandKind::checkpoint: return false;
        case CommandKind::set_band: return !drafted_.contains(command.view<SetBand>().family);
        case CommandKind::set_guidance: return !drafted_.contains(command.view<SetGuidance>().family);
        default: return true;
    }
}

Command DraftMarket::translated(const Command& command) const {
    if (command.kind() == CommandKind::cancel_order) return named<CancelOrder>(command, cids_);
    if (command.kind() == CommandKind::replace_order) return named<ReplaceOrder>(command, cids_);
    return command;
}

}  // namespace gridbook::ledger
