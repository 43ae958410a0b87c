// SPDX-License-Identifier: Apache-2.0
#pragma once
// Transfers from one account to 10,000 others, durable in batches of 1,000: our journal and double entry, and
// SQLite doing the same work in WAL mode with full sync. Both on one thread and the same disk. A transfer is
// a row (or a command and its event) that names debit, credit and amount; both balances are kept.

#include <string>

namespace gridbook::bench {

inline constexpr int transfer_accounts = 10'000, transfer_batch = 1'000;

// Transfers a second over so many seconds.
double our_transfers(const std::string& folder, double seconds);
double sqlite_transfers(const std::string& folder, double seconds);

}  // namespace gridbook::bench
