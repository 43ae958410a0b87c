// SPDX-License-Identifier: Apache-2.0
#include "ledger/witness.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace gridbook::ledger {

namespace {

constexpr std::size_t slot_bytes = 4096, slots = 2;

struct Slot {
    Magic magic{'G', 'B', 'K', 'W'};
    std::uint16_t version = 1;
    std::uint16_t zero = 0;
    Witness::Mark mark{};
    std::uint32_t zero_more = 0;
    std::uint32_t crc = 0;
};
static_assert(sizeof(Slot) == 64 && std::has_unique_object_representations_v<Slot>);

std::uint32_t checksum(const Slot& slot) {
    return crc32c(std::as_bytes(std::span(&slot, 1)).first(sizeof slot - sizeof slot.crc));
}

}  // namespace

Result<Witness> Witness::open(const std::filesystem::path& data, Access access) {
    const std::string path = (data / "WITNESS").string();
    const bool writing = access == Access::write;
    const int descriptor =
        ::open(path.c_str(), writing ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        if (!writing && (errno == ENOENT || errno == EACCES)) return Witness(-1, path);
        return system_failure(errno, "open", path);
    }
    Witness witness(descriptor, path);
    if (auto read = witness.read(); !read) return read.error();
    if (writing)
        if (const int failed = ::posix_fallocate(descriptor, 0, slots * slot_bytes); failed != 0)
            return system_failure(failed, "reserve", path);
    return witness;
}

Witness::Witness(Witness&& other) noexcept { *this = std::move(other); }
Witness& Witness::operator=(Witness&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
    seen_ = other.seen_;
    turn_ = other.turn_;
    return *this;
}
Witness::~Witness() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> Witness::read() {
    for (std::size_t i = 0; i < slots; ++i) {
        Slot slot;
        const ssize_t n = ::pread(descriptor_, &slot, sizeof slot, static_cast<off_t>(i * slot_bytes));
        if (n < 0) return system_failure(errno, "read", path_);
        const bool whole = n == sizeof slot && slot.magic == Slot{}.magic && slot.version == Slot{}.version &&
                           slot.crc == checksum(slot);
        if (!whole || (seen_ && slot.mark.sequence <= seen_->sequence)) continue;
        seen_ = slot.mark;
        turn_ = i + 1;
    }
    return {};
}

Result<void> Witness::note(const Mark& mark) {
    Slot slot;
    slot.mark = mark;
    slot.crc = checksum(slot);
    const auto offset = static_cast<off_t>(turn_++ % slots * slot_bytes);
    ssize_t n = 0;
    do n = ::pwrite(descriptor_, &slot, sizeof slot, offset);
    while (n < 0 && errno == EINTR);
    if (n != sizeof slot) return system_failure(n < 0 ? errno : EIO, "write", path_);
    return {};
}

Result<void> Witness::sync() const {
    if (::fdatasync(descriptor_) != 0) return system_failure(errno, "sync", path_);
    return {};
}

}  // namespace gridbook::ledger
