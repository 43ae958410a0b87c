// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook rebuild`: writes the projection anew from the journal alone, on a data folder that no exchange
// has open. What was there is compared with what comes out, and replaced.

#include <filesystem>
#include <ostream>

#include "ledger/projection/projector.hpp"
#include "ledger/recovery.hpp"

namespace gridbook::ledger {

struct RebuildOptions {
    bool check = false;  // compare only, change nothing
    bool progress = true;
};

// Exit status: 0 done (with `check`: equal), 1 `check` found a difference, 2 it was not possible.
int rebuild(const std::filesystem::path& data, std::ostream& out, const RebuildOptions& options = {});

// Everything of the journal up to `last` (the end of a batch, or beyond the journal's) that a projection does
// not have yet. It reads events and runs no engine.
struct ProjectTo {
    engine::Sequence last{};
    StreamsKept streams{};
    const std::atomic<bool>* stop = nullptr;  // set: it ends early, with what it has
};
Result<void> project(const Journal& journal, Projection& projection, const ProjectTo& to,
                     const OnProgress& on_progress);

}  // namespace gridbook::ledger
