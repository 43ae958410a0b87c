// SPDX-License-Identifier: Apache-2.0
#include "ledger/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace gridbook::ledger {

namespace {

std::string written_pid(int descriptor) {
    std::array<char, 32> text{};
    const ssize_t n = ::pread(descriptor, text.data(), text.size(), 0);
    std::string pid(text.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    return pid.empty() ? "unknown" : pid;
}

// A reader can still get the lock shared when the holder is another reader: that tells the two apart.
Error taken(int descriptor, const std::filesystem::path& folder) {
    if (::flock(descriptor, LOCK_SH | LOCK_NB) == 0)
        return failure(
            ErrorCode::locked,
            fmt::format("the data folder {} is being read by an audit or a replay; wait for it to end",
                        folder.string()));
    return failure(
        ErrorCode::locked,
        fmt::format("the data folder {} is in use by the running exchange with process id {}; stop it "
                    "first (kill -INT {}), or choose another data folder",
                    folder.string(), written_pid(descriptor), written_pid(descriptor)));
}

bool write_pid(int descriptor) {
    const std::string pid = fmt::format("{}\n", ::getpid());
    return ::ftruncate(descriptor, 0) == 0 &&
           ::pwrite(descriptor, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
}

}  // namespace

Result<FolderLock> FolderLock::acquire(const std::filesystem::path& folder, Access access) {
    if (access == Access::beside) return FolderLock(-1);
    const std::string path = (folder / "LOCK").string();
    const bool writing = access == Access::write;
    const int flags = writing ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC;
    const int descriptor = ::open(path.c_str(), flags, 0644);
    if (descriptor < 0) {
        if (!writing && (errno == ENOENT || errno == EACCES)) return FolderLock(-1);
        return system_failure(errno, "open", path);
    }
    FolderLock lock(descriptor);
    if (::flock(descriptor, (writing ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return taken(descriptor, folder);
        return system_failure(errno, "lock", path);
    }
    if (writing && !write_pid(descriptor)) return system_failure(errno, "write", path);
    return lock;
}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FolderLock::~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace gridbook::ledger
