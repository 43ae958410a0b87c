// SPDX-License-Identifier: Apache-2.0
#pragma once
// The frames of a snapshot (snapshot.hpp): fields go in and come out one by one, bytes travel in checked
// pieces. Neither side throws or jumps: a failure is remembered, and what is read after it is zero.

#include <vector>

#include "engine/snapshot/snapshot.hpp"
#include "engine/state.hpp"

namespace gridbook::engine {

struct SnapshotHead {
    std::array<char, 8> magic{'G', 'B', 'S', 'T', 'A', 'T', 'E', '\n'};
    std::uint32_t version = 2;
    std::uint32_t reserved = 0;
    Sequence sequence{};
    std::uint64_t hash = 0;
    Genesis genesis{};
    std::uint64_t checksum = 0;
};
static_assert(sizeof(SnapshotHead) == 136 && std::has_unique_object_representations_v<SnapshotHead>);

struct FrameHead {
    std::uint32_t length = 0;
    std::uint32_t reserved = 0;
    std::uint64_t checksum = 0;
};
inline constexpr std::size_t frame_limit = 1u << 16;

// Eight bytes at a time, seeded; the length counts.
std::uint64_t snapshot_checksum(std::span<const std::byte> bytes, std::uint64_t seed);
std::uint64_t checksum_of(const SnapshotHead& head);

// The highest value of an enum that an entry may hold, because tables are indexed by it.
constexpr std::uint8_t highest(Side) { return static_cast<std::uint8_t>(Side::sell); }
constexpr std::uint8_t highest(Product) { return static_cast<std::uint8_t>(Product::token); }
constexpr std::uint8_t highest(Phase) { return static_cast<std::uint8_t>(Phase::settled); }
constexpr std::uint8_t highest(LimitKind) { return static_cast<std::uint8_t>(LimitKind::wall_down); }
constexpr std::uint8_t highest(TaskKind) { return static_cast<std::uint8_t>(TaskKind::deliveries_due); }
constexpr std::uint8_t highest(DueStage) { return static_cast<std::uint8_t>(DueStage::deliveries); }
constexpr std::uint8_t highest(DeliveryState) { return static_cast<std::uint8_t>(DeliveryState::settled); }
constexpr std::uint8_t highest(BandCause) { return static_cast<std::uint8_t>(BandCause::suspended); }
constexpr std::uint8_t highest(CancelReason) { return static_cast<std::uint8_t>(CancelReason::count_) - 1; }
constexpr std::uint8_t highest(SideFilter) { return static_cast<std::uint8_t>(SideFilter::sell); }
constexpr std::uint8_t highest(KillScope) { return static_cast<std::uint8_t>(KillScope::market); }
constexpr std::uint8_t highest(PhaseAction) { return static_cast<std::uint8_t>(PhaseAction::call); }
constexpr std::uint8_t highest(Provenance) { return static_cast<std::uint8_t>(Provenance::regulator); }
constexpr std::uint8_t highest(CancelOnDisconnect) {
    return static_cast<std::uint8_t>(CancelOnDisconnect::account);
}

class SnapshotWriter {
  public:
    explicit SnapshotWriter(SnapshotSink& sink) : sink_(sink) { frame_.reserve(frame_limit); }

    template <class... T>
    void operator()(const T&... values) {
        (put(values), ...);
    }
    // The last frame, then the end.
    bool finish();
    bool good() const { return good_; }

  private:
    template <class T>
    void put(const T& value) {
        static_assert(std::has_unique_object_representations_v<T> && sizeof(T) <= frame_limit);
        if (frame_.size() + sizeof(T) > frame_limit) flush();
        const auto* bytes = reinterpret_cast<const std::byte*>(&value);
        frame_.insert(frame_.end(), bytes, bytes + sizeof(T));
    }
    void flush();

    SnapshotSink& sink_;
    std::vector<std::byte> frame_;
    std::uint64_t frames_ = 0;
    bool good_ = true;
};

class SnapshotReader {
  public:
    explicit SnapshotReader(SnapshotSource& source) : source_(source), frame_(frame_limit) {}

    template <class... T>
    void operator()(T&... values) {
        (take(values), ...);
    }
    // A count of entries that fits a pool of this size; 0 once something failed.
    std::size_t count(std::size_t limit) {
        std::uint64_t n = 0;
        take(n);
        if (n > limit) fail(SnapshotError::contents);
        return good() ? static_cast<std::size_t>(n) : 0;
    }
    // What an entry says must hold.
    bool expect(bool holds) {
        if (!holds) fail(SnapshotError::contents);
        return good();
    }
    void fail(SnapshotError error) {
        if (error_ == SnapshotError::none) error_ = error;
    }
    // Is there anything before the end?
    bool more() {
        if (at_ == length_ && !ended_) next_frame(), ended_ = good() && length_ == 0;
        return good() && at_ != length_;
    }
    // The end must be here.
    void finish();
    bool good() const { return error_ == SnapshotError::none; }
    SnapshotError error() const { return error_; }

  private:
    template <class T>
    void take(T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            std::uint8_t byte = 0;
            take(byte);
            value = expect(byte <= 1) && byte == 1;
        } else {
            static_assert(std::has_unique_object_representations_v<T> && std::is_trivially_copyable_v<T>);
            T read{};
            if (at_ == length_) next_frame();
            // A value never spans two frames.
            if (good() && length_ - at_ < sizeof(T)) fail(SnapshotError::contents);
            if (good()) std::memcpy(&read, frame_.data() + at_, sizeof(T)), at_ += sizeof(T);
            if constexpr (std::is_enum_v<T>)
                if (!expect(static_cast<std::uint8_t>(read) <= highest(read))) read = T{};
            value = read;
        }
    }
    void next_frame();

    SnapshotSource& source_;
    std::vector<std::byte> frame_;
    std::size_t length_ = 0;
    std::size_t at_ = 0;
    std::uint64_t frames_ = 0;
    bool ended_ = false;  // the last frame was seen
    SnapshotError error_ = SnapshotError::none;
};

}  // namespace gridbook::engine
