// SPDX-License-Identifier: Apache-2.0
#include "ledger/disk_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gridbook::ledger {

void remove_with_lock(const std::filesystem::path& file) {
    std::error_code status;
    std::filesystem::remove(file, status);
    std::filesystem::remove(file.string() + "-lock", status);
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return system_failure(errno, "open the folder", folder.string());
    const int synced = ::fsync(descriptor);
    const int error_number = errno;
    ::close(descriptor);
    if (synced != 0) return system_failure(error_number, "sync the folder", folder.string());
    return {};
}

Result<DiskFile> DiskFile::create(const std::filesystem::path& path) {
    std::filesystem::path draft = path;
    draft += ".new";
    const int descriptor = ::open(draft.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (descriptor < 0) return system_failure(errno, "create", draft.string());
    return DiskFile(path, draft, descriptor);
}

DiskFile::DiskFile(DiskFile&& other) noexcept
    : path_(std::move(other.path_)),
      draft_(std::move(other.draft_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_) {}

DiskFile::~DiskFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove(draft_, ignored);
}

Result<void> DiskFile::write_at(std::uint64_t offset, Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return system_failure(errno, "write", draft_.string());
        bytes = bytes.subspan(static_cast<std::size_t>(n));
        offset += static_cast<std::uint64_t>(n);
    }
    size_ = std::max(size_, offset);
    return {};
}

Result<void> DiskFile::write(Bytes bytes) { return write_at(size_, bytes); }

Result<void> DiskFile::publish() {
    if (::fsync(descriptor_) != 0) return system_failure(errno, "sync", draft_.string());
    if (::rename(draft_.c_str(), path_.c_str()) != 0)
        return system_failure(errno, "rename to", path_.string());
    ::close(std::exchange(descriptor_, -1));
    return sync_folder(path_.parent_path());
}

Result<std::vector<std::byte>> read_file(const std::filesystem::path& path, std::size_t at_most) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return system_failure(errno, "open", path.string());
    struct stat status {};
    std::vector<std::byte> bytes;
    int error_number = ::fstat(descriptor, &status) == 0 ? 0 : errno;
    if (error_number == 0) bytes.resize(std::min(static_cast<std::size_t>(status.st_size), at_most));
    for (std::size_t at = 0; error_number == 0 && at < bytes.size();) {
        const ssize_t n = ::read(descriptor, bytes.data() + at, bytes.size() - at);
        if (n < 0 && errno != EINTR) error_number = errno;
        if (n == 0) bytes.resize(at);
        if (n > 0) at += static_cast<std::size_t>(n);
    }
    ::close(descriptor);
    if (error_number != 0) return system_failure(error_number, "read", path.string());
    return bytes;
}

}  // namespace gridbook::ledger
