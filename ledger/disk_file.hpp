// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file that appears whole or not at all: written under another name, synced, renamed, and the folder
// synced. Until `publish` nothing stands under its name; what was begun and not published is removed.

#include <filesystem>
#include <vector>

#include "ledger/checksum.hpp"
#include "ledger/error.hpp"

namespace gridbook::ledger {

class DiskFile {
  public:
    static Result<DiskFile> create(const std::filesystem::path& path);
    DiskFile(DiskFile&& other) noexcept;
    DiskFile& operator=(DiskFile&&) = delete;
    ~DiskFile();

    Result<void> write(Bytes bytes);  // behind what was written before
    Result<void> write_at(std::uint64_t offset, Bytes bytes);
    Result<void> publish();

  private:
    DiskFile(std::filesystem::path path, std::filesystem::path draft, int descriptor)
        : path_(std::move(path)), draft_(std::move(draft)), descriptor_(descriptor) {}
    std::filesystem::path path_, draft_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

// All of a file, or its beginning; an error when it cannot be read.
Result<std::vector<std::byte>> read_file(const std::filesystem::path& path, std::size_t at_most = SIZE_MAX);
// A file that is no more, with the lock that LMDB keeps beside it; it may not be there.
void remove_with_lock(const std::filesystem::path& file);
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace gridbook::ledger
