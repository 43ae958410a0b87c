// SPDX-License-Identifier: Apache-2.0
#pragma once
// The second witness of the last committed sequence. LMDB chooses between two meta pages by their numbers and
// would not notice that the newer one was torn: it would go on from the commit before, and an acknowledged
// command would be gone without a word. So, after each acknowledgement and never in its way, what was
// committed is noted in the file WITNESS of the data folder, and synced about once a second by whoever has
// time. Opening the journal compares.
//
//   two slots of 4,096 bytes, written in turn, so that a torn write leaves the other one; in each:
//     offset width field
//          0     4 magic "GBKW"
//          4     2 version (1)
//          6     2 zero
//          8     8 epoch
//         16     8 sequence: of the last command committed
//         24    32 link: SHA-256 of the header of its batch
//         56     4 zero
//         60     4 CRC32C of bytes 0..59
//
// A slot that is not whole is none. The file has its full width from the start: noting needs no space.

#include <filesystem>
#include <optional>

#include "ledger/codec.hpp"
#include "ledger/folder_lock.hpp"

namespace gridbook::ledger {

class Witness {
  public:
    struct Mark {
        std::uint64_t epoch = 1;
        engine::Sequence sequence{};
        engine::Sha256 link{};
    };

    // A reader of a folder without the file has a witness that saw nothing.
    static Result<Witness> open(const std::filesystem::path& data, Access access);
    Witness(Witness&& other) noexcept;
    Witness& operator=(Witness&& other) noexcept;
    ~Witness();

    const std::optional<Mark>& seen() const { return seen_; }  // when it was opened
    Result<void> note(const Mark& mark);
    Result<void> sync() const;  // from any thread

  private:
    Witness(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
    Result<void> read();

    int descriptor_ = -1;
    std::string path_;
    std::optional<Mark> seen_;
    std::uint64_t turn_ = 0;
};

}  // namespace gridbook::ledger
