// SPDX-License-Identifier: Apache-2.0
// A disk that fails or is slow, for the finished binary: loaded before libc (LD_PRELOAD), it stands before
// the calls with which files are written and synced. What it does is read from the file GRIDBOOK_DISK_FAULT
// each time, so a test changes it while the exchange runs; without the file it does nothing.
//
//   "fail CALL ERRNO TEXT"   CALL (write, sync) on a path with TEXT in it fails with ERRNO
//   "slow LOW HIGH TEXT"     syncs of such a path take LOW to HIGH milliseconds more

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

struct Order {
    char what[8] = {};
    char call[8] = {};
    long low = 0, high = 0;  // errno, or milliseconds
    char text[64] = {};
};

// By system calls alone: whoever stands before `open` and `read` must not call them.
bool read_order(Order& order) {
    const char* path = std::getenv("GRIDBOOK_DISK_FAULT");
    if (path == nullptr) return false;
    const long file = ::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    char line[160] = {};
    const long bytes = ::syscall(SYS_read, file, line, sizeof line - 1);
    ::syscall(SYS_close, file);
    if (bytes <= 0) return false;
    if (std::sscanf(line, "fail %7s %ld %63s", order.call, &order.low, order.text) == 3)
        return std::strcpy(order.what, "fail"), true;
    if (std::sscanf(line, "slow %ld %ld %63s", &order.low, &order.high, order.text) == 3)
        return std::strcpy(order.what, "slow"), true;
    return false;
}

bool is_about(int descriptor, const Order& order) {
    char link[64], name[PATH_MAX] = {};
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t n = ::readlink(link, name, sizeof name - 1);
    return n > 0 && std::strstr(name, order.text) != nullptr;
}

// A write or sync that is to fail has set errno.
bool fails(int descriptor, const char* call) {
    Order order;
    if (!read_order(order) || std::strcmp(order.what, "fail") != 0 || std::strcmp(order.call, call) != 0 ||
        !is_about(descriptor, order))
        return false;
    errno = static_cast<int>(order.low);
    return true;
}

void wait_as_told(int descriptor) {
    static std::atomic<unsigned> chance{12345};
    Order order;
    if (!read_order(order) || std::strcmp(order.what, "slow") != 0 || !is_about(descriptor, order)) return;
    const unsigned drawn = chance.fetch_add(2654435761u) >> 8;
    const long ms = order.low + static_cast<long>(drawn % static_cast<unsigned>(order.high - order.low + 1));
    const timespec time{ms / 1000, ms % 1000 * 1'000'000};
    ::nanosleep(&time, nullptr);
}

int synced(int descriptor, long number) {
    wait_as_told(descriptor);
    if (fails(descriptor, "sync")) return -1;
    return static_cast<int>(::syscall(number, descriptor));
}

}  // namespace

extern "C" {

ssize_t pwrite(int descriptor, const void* data, size_t bytes, off_t offset) {
    if (fails(descriptor, "write")) return -1;
    return ::syscall(SYS_pwrite64, descriptor, data, bytes, offset);
}
ssize_t pwrite64(int descriptor, const void* data, size_t bytes, off_t offset) {
    return pwrite(descriptor, data, bytes, offset);
}
ssize_t writev(int descriptor, const iovec* pieces, int count) {
    if (fails(descriptor, "write")) return -1;
    return ::syscall(SYS_writev, descriptor, pieces, count);
}
int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

}  // extern "C"
