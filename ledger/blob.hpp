// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text that belongs to a command but not into its 128 bytes: a signed admin body, a rationale, a certificate.
// The gateway puts the blob into this queue before it puts the command, with the blob's SHA-256 in its body,
// into the command ring; the ledger takes both in that order and commits them together under the command's
// sequence.

#include <boost/lockfree/spsc_queue.hpp>
#include <optional>
#include <string>

#include "engine/command.hpp"

namespace gridbook::ledger {

struct Blob {
    engine::Sha256 sha256{};
    std::string text;
};

// Raw pointers because the queue moves trivially copyable values; push gives ownership away, pop takes it.
using BlobQueue = boost::lockfree::spsc_queue<Blob*>;

// The SHA-256 a command carries, or nullopt for a command without a blob (or with an all-zero one).
inline std::optional<engine::Sha256> blob_of(const engine::Command& c) {
    engine::Sha256 sha{};
    switch (c.kind()) {
        case engine::CommandKind::open_account: sha = c.as<engine::OpenAccount>().blob; break;
        case engine::CommandKind::set_key: sha = c.as<engine::SetKey>().blob; break;
        case engine::CommandKind::credit: sha = c.as<engine::Credit>().blob; break;
        case engine::CommandKind::set_band: sha = c.as<engine::SetBand>().blob; break;
        case engine::CommandKind::set_phase: sha = c.as<engine::SetPhase>().blob; break;
        case engine::CommandKind::suspend_dynamic: sha = c.as<engine::SuspendDynamic>().blob; break;
        case engine::CommandKind::kill: sha = c.as<engine::Kill>().blob; break;
        case engine::CommandKind::set_guidance: sha = c.as<engine::SetGuidance>().blob; break;
        case engine::CommandKind::set_factors: sha = c.as<engine::SetFactors>().blob; break;
        case engine::CommandKind::decide_change: sha = c.as<engine::DecideChange>().blob; break;
        default: return std::nullopt;
    }
    if (sha == engine::Sha256{}) return std::nullopt;
    return sha;
}

}  // namespace gridbook::ledger
