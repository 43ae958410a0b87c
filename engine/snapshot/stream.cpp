// SPDX-License-Identifier: Apache-2.0
#include "engine/snapshot/stream.hpp"

#include "engine/units/hash.hpp"

namespace gridbook::engine {
namespace {

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

}  // namespace

std::uint64_t snapshot_checksum(std::span<const std::byte> bytes, std::uint64_t seed) {
    std::uint64_t h = mix(seed, bytes.size());
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t n = bytes.size() < sizeof(word) ? bytes.size() : sizeof(word);
        std::memcpy(&word, bytes.data(), n);
        h = fold(h ^ word, 0x9E3779B97F4A7C15ull) + 1;
        bytes = bytes.subspan(n);
    }
    return mix(h);
}

std::uint64_t checksum_of(const SnapshotHead& head) {
    return snapshot_checksum(bytes_of(head).first(offsetof(SnapshotHead, checksum)), 0);
}

void SnapshotWriter::flush() {
    FrameHead head;
    head.length = static_cast<std::uint32_t>(frame_.size());
    head.checksum = snapshot_checksum(frame_, ++frames_);
    good_ = good_ && sink_.write(bytes_of(head)) && sink_.write(frame_);
    frame_.clear();
}

bool SnapshotWriter::finish() {
    if (!frame_.empty()) flush();
    flush();
    return good_;
}

void SnapshotReader::next_frame() {
    at_ = length_ = 0;
    if (!good()) return;
    FrameHead head;
    if (source_.read(std::as_writable_bytes(std::span(&head, 1))) != sizeof(head))
        return fail(SnapshotError::truncated);
    if (head.length > frame_limit || head.reserved != 0) return fail(SnapshotError::checksum);
    const std::span<std::byte> bytes(frame_.data(), head.length);
    if (source_.read(bytes) != bytes.size()) return fail(SnapshotError::truncated);
    if (snapshot_checksum(bytes, ++frames_) != head.checksum) return fail(SnapshotError::checksum);
    length_ = head.length;
}

void SnapshotReader::finish() {
    if (at_ != length_) return fail(SnapshotError::contents);
    if (!ended_) next_frame();
    if (length_ != 0) return fail(SnapshotError::contents);
    std::byte more{};
    if (good() && source_.read(std::span(&more, 1)) != 0) fail(SnapshotError::trailing);
}

}  // namespace gridbook::engine
