// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook backup` copies the ledger of a data folder, also of a running exchange, as of one commit;
// `gridbook restore` makes a data folder of a backup, up to a given sequence, and proves it: everything is
// applied again, and the state hashes that were recorded on the way come out again. Private keys are not in a
// backup, nor is the projection, which the next start writes anew.
//
//   BACKUP/journal/data.mdb     the journal, compact
//   BACKUP/snapshots/*.gbs      snapshots that lie within it

#include <filesystem>
#include <ostream>

#include "engine/units/named.hpp"

namespace gridbook::ledger {

// Exit status of both: 0 done, 1 the result did not prove, 2 it was not possible.
int backup(const std::filesystem::path& data, const std::filesystem::path& to, std::ostream& out);

struct RestoreOptions {
    engine::Sequence to{~std::uint64_t{0}};  // the last sequence restored; beyond the end: all
    bool progress = true;
};
// `data` must not exist, or be empty.
int restore(const std::filesystem::path& from, const std::filesystem::path& data, std::ostream& out,
            const RestoreOptions& options = {});

}  // namespace gridbook::ledger
