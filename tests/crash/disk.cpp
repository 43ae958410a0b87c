// SPDX-License-Identifier: Apache-2.0
#include "disk.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>

namespace gridbook::crash {
namespace {

Disk* watcher = nullptr;
std::string watched;
bool without_sync = false;
std::uint64_t free_told = 0;

// The folder itself, too: it is synced.
bool below(const std::string& path) { return watcher != nullptr && (path + "/").starts_with(watched); }

std::string path_of(int descriptor) {
    if (watcher == nullptr || descriptor < 0) return {};
    std::array<char, PATH_MAX> name{};
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    const ssize_t n = ::readlink(link.c_str(), name.data(), name.size());
    return n < 0 ? std::string() : std::string(name.data(), static_cast<std::size_t>(n));
}

bool durable(int descriptor) { return (::fcntl(descriptor, F_GETFL) & O_DSYNC) != 0; }

// The outcome of a call that a test lets fail; -1 and errno.
bool fails(Call call, const std::string& path, std::size_t& bytes) {
    const int error = watcher->before(call, path, bytes);
    if (error != 0) errno = error;
    return error != 0;
}
bool fails(Call call, const std::string& path) {
    std::size_t none = 0;
    return fails(call, path, none);
}

ssize_t write_at(int descriptor, const void* data, std::size_t bytes, off_t offset) {
    const std::string path = path_of(descriptor);
    if (!below(path)) return ::syscall(SYS_pwrite64, descriptor, data, bytes, offset);
    if (fails(Call::write, path, bytes)) return -1;
    const ssize_t n = ::syscall(SYS_pwrite64, descriptor, data, bytes, offset);
    if (n > 0)
        watcher->wrote(path, static_cast<std::uint64_t>(offset),
                       {static_cast<const std::byte*>(data), static_cast<std::size_t>(n)},
                       durable(descriptor));
    return n;
}

int sync(int descriptor, long number) {
    const std::string path = path_of(descriptor);
    if (!below(path)) return static_cast<int>(::syscall(number, descriptor));
    if (fails(Call::sync, path)) return -1;
    // The images are made of what was recorded; waiting for the real disk would only take time.
    watcher->synced(path);
    return 0;
}

}  // namespace

Watch::Watch(const std::filesystem::path& folder, Disk& disk) {
    watched = std::filesystem::canonical(folder).string() + "/";
    watcher = &disk;
}
Watch::~Watch() { watcher = nullptr; }

void open_without_sync(bool on) { without_sync = on; }
void free_bytes(std::uint64_t bytes) { free_told = bytes; }

}  // namespace gridbook::crash

using namespace gridbook::crash;

extern "C" {

int open(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (below(path) && fails(Call::open, path)) return -1;
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

ssize_t pwrite(int descriptor, const void* data, size_t bytes, off_t offset) {
    return write_at(descriptor, data, bytes, offset);
}
ssize_t pwrite64(int descriptor, const void* data, size_t bytes, off_t offset) {
    return write_at(descriptor, data, bytes, offset);
}

ssize_t write(int descriptor, const void* data, size_t bytes) {
    const std::string path = path_of(descriptor);
    if (!below(path)) return ::syscall(SYS_write, descriptor, data, bytes);
    const off_t at = ::lseek(descriptor, 0, SEEK_CUR);
    const ssize_t n = write_at(descriptor, data, bytes, at);
    if (n > 0) ::lseek(descriptor, at + n, SEEK_SET);
    return n;
}

ssize_t writev(int descriptor, const iovec* pieces, int count) {
    if (!below(path_of(descriptor))) return ::syscall(SYS_writev, descriptor, pieces, count);
    std::string all;
    for (int i = 0; i < count; ++i)
        all.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
    return ::write(descriptor, all.data(), all.size());
}

int fsync(int descriptor) { return sync(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync(descriptor, SYS_fdatasync); }

void* mmap(void* address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    const std::string path = (flags & MAP_ANONYMOUS) != 0 ? std::string() : path_of(descriptor);
    if (below(path) && fails(Call::map, path)) return MAP_FAILED;
    return reinterpret_cast<void*>(
        ::syscall(SYS_mmap, address, length, protection, flags, descriptor, offset));
}

int rename(const char* from, const char* to) {
    if (!below(to)) return static_cast<int>(::syscall(SYS_rename, from, to));
    if (fails(Call::rename, to)) return -1;
    const auto renamed = static_cast<int>(::syscall(SYS_rename, from, to));
    if (renamed == 0) watcher->renamed(from, to);
    return renamed;
}

int statvfs(const char* path, struct statvfs* status) {
    using Ask = int (*)(const char*, struct statvfs*);
    static const auto real = reinterpret_cast<Ask>(::dlsym(RTLD_NEXT, "statvfs"));
    const int asked = real(path, status);
    if (asked == 0 && free_told > 0) status->f_bavail = free_told / status->f_frsize;
    return asked;
}

int mdb_env_open(MDB_env* env, const char* path, unsigned flags, mdb_mode_t mode) {
    using Open = int (*)(MDB_env*, const char*, unsigned, mdb_mode_t);
    static const auto real = reinterpret_cast<Open>(::dlsym(RTLD_NEXT, "mdb_env_open"));
    return real(env, path, without_sync ? flags | MDB_NOSYNC : flags, mode);
}

}  // extern "C"
