// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook segments`: which files the journal of a data folder consists of, and what each says of itself; of
// one file alone, wherever it was copied to, whether it is whole. It reads only, also beside a running
// exchange.

#include <filesystem>
#include <ostream>

namespace gridbook::ledger {

// Exit status of both: 0 all is well, 1 a segment is not what it says, 2 there was nothing to read.
// `check`: every byte of every segment is proven, not only its ends.
int list_segments(const std::filesystem::path& data, std::ostream& out, bool check);
int check_segment(const std::filesystem::path& file, std::ostream& out);

}  // namespace gridbook::ledger
