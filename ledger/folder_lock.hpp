// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who has the data folder: one writer, or any number of readers of a folder at rest. The file LOCK in it is
// locked with flock, so the kernel gives it back when a process dies, however it dies; the writer's process
// id stands in it as text, for the sentence that the next one gets to read. It knows nothing of what the
// folder holds.

#include <filesystem>

#include "ledger/error.hpp"

namespace gridbook::ledger {

// `beside` reads while another process writes: it takes no lock of the folder.
enum class Access : std::uint8_t { write, read, beside };

class FolderLock {
  public:
    // Creates the file for a writer; a reader of a folder without the file (or without the right to it) goes
    // on unlocked, because then no writer can be there that this user could disturb.
    static Result<FolderLock> acquire(const std::filesystem::path& folder, Access access);

    FolderLock(FolderLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    FolderLock& operator=(FolderLock&& other) noexcept;
    ~FolderLock();

  private:
    explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

}  // namespace gridbook::ledger
