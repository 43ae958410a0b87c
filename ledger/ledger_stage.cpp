// SPDX-License-Identifier: Apache-2.0
#include "ledger/ledger_stage.hpp"

#include <fmt/format.h>

#include <chrono>

namespace gridbook::ledger {

namespace {

template <class T>
void add(std::atomic<T>& counter, T n) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

engine::Time now() { return engine::Time{std::chrono::steady_clock::now().time_since_epoch().count()}; }

}  // namespace

LedgerStage::LedgerStage(Journal& journal, Ring& in, Ring& out, BlobQueue& blobs)
    : journal_(journal), in_(in), out_(out), blobs_(blobs) {
    GRIDBOOK_CHECK(out.capacity() >= 2 * engine::max_events);
    draft_.commands.reserve(max_batch_commands);
    draft_.event_counts.reserve(max_batch_commands);
    draft_.events.reserve(max_batch_events);
    stats_.durable.store(journal.last().value, std::memory_order_relaxed);
}

// Texts whose commands never came.
LedgerStage::~LedgerStage() {
    Blob* left = nullptr;
    while (blobs_.pop(left)) delete left;
}

Result<bool> LedgerStage::step() {
    if (failed_) return *failed_;
    const std::size_t delivered = deliver();
    if (durable_records_ > 0) return delivered > 0;
    const std::size_t gathered = gather();
    if (gathered == 0) return delivered > 0;
    const bool committing = !draft_.commands.empty();
    if (committing)
        if (auto committed = commit(); !committed) return fail(committed.error());
    durable_records_ = gathered;
    deliver();
    if (committing)
        if (auto told = journal_.tell_witness(); !told) return fail(told.error());
    return true;
}

Error LedgerStage::fail(const Error& error) {
    failed_ = error;
    return error;
}

// Whole commands only: the engine publishes a command with its events as one piece, so what is available ends
// at the end of a piece.
std::size_t LedgerStage::gather() {
    draft_.clear();
    draft_blobs_.clear();
    const std::size_t available = in_.refresh();
    std::size_t at = 0;
    while (at < available) {
        const engine::Record& record = in_.peek(at);
        if (record.is_answer()) {
            ++at;
            continue;
        }
        GRIDBOOK_CHECK(record.is_command());
        const std::size_t events = events_after(at, available);
        if (draft_.commands.size() == max_batch_commands || draft_.events.size() + events > max_batch_events)
            break;
        draft_.commands.push_back(&record);
        draft_.event_counts.push_back(static_cast<std::uint16_t>(events));
        for (std::size_t i = 1; i <= events; ++i) draft_.events.push_back(&in_.peek(at + i));
        at += 1 + events;
    }
    return at;
}

std::size_t LedgerStage::events_after(std::size_t command, std::size_t available) const {
    std::size_t end = command + 1;
    while (end < available && !in_.peek(end).is_command() && !in_.peek(end).is_answer()) ++end;
    GRIDBOOK_CHECK(end - command - 1 <= engine::max_events);
    return end - command - 1;
}

// Texts come in the order of their commands. One without a command (refused for want of room after it was
// queued) is passed over; a command without its text must not become durable.
Result<void> LedgerStage::take_blob(const engine::Command& command) {
    const auto sha256 = blob_of(command);
    if (!sha256) return {};
    Blob* next = nullptr;
    while (blobs_.pop(next)) {
        std::unique_ptr<Blob> blob(next);
        if (blob->sha256 != *sha256) continue;
        draft_blobs_.push_back({command.header.sequence, std::move(blob)});
        return {};
    }
    return failure(
        ErrorCode::blob_missing,
        fmt::format("the command at sequence {} names a text that did not come with it; stopping before it "
                    "becomes durable",
                    command.header.sequence.value),
        command.header.sequence);
}

Result<void> LedgerStage::commit() {
    for (const engine::Record* record : draft_.commands)
        if (auto taken = take_blob(record->command()); !taken) return taken;
    const engine::Time begun = now();
    auto bytes = journal_.append(draft_, draft_blobs_);
    if (!bytes) return bytes.error();
    stats_.commit_latency.add(now() - begun);
    stats_.durable.store(journal_.last().value, std::memory_order_relaxed);
    add(stats_.commits, std::uint64_t{1});
    add(stats_.commands, std::uint64_t{draft_.commands.size()});
    add(stats_.events, std::uint64_t{draft_.events.size()});
    add(stats_.bytes, std::uint64_t{*bytes});
    if (draft_.commands.size() > stats_.largest_batch.load(std::memory_order_relaxed))
        stats_.largest_batch.store(draft_.commands.size(), std::memory_order_relaxed);
    draft_blobs_.clear();
    return {};
}

// Copies whole pieces (a command's events, or one answer) while there is room, then publishes and releases
// once.
std::size_t LedgerStage::deliver() {
    const std::size_t room = durable_records_ > 0 ? out_.room(durable_records_) : 0;
    std::size_t taken = 0;
    std::size_t written = 0;
    while (taken < durable_records_) {
        const bool answer = in_.peek(taken).is_answer();
        const std::size_t events = answer ? 1 : events_after(taken, durable_records_);
        if (written + events > room) break;
        copy(answer ? taken : taken + 1, events, written);
        written += events;
        taken += answer ? 1 : 1 + events;
    }
    if (written > 0) out_.publish(written);
    if (taken > 0) in_.release(taken);
    durable_records_ -= taken;
    return taken;
}

std::size_t LedgerStage::copy(std::size_t from, std::size_t count, std::size_t to) {
    for (std::size_t i = 0; i < count; ++i) out_.slot(to + i) = in_.peek(from + i);
    return count;
}

}  // namespace gridbook::ledger
