// SPDX-License-Identifier: Apache-2.0
#include "ledger/recovery.hpp"

#include <fmt/format.h>

#include <atomic>
#include <thread>

namespace gridbook::ledger {

namespace {

Error differs(engine::Sequence sequence, std::string_view what) {
    return failure(
        ErrorCode::differs,
        fmt::format(
            "running the journal again differs at sequence {}: {}; this release decides otherwise than "
            "the one that wrote it: open it with that release",
            sequence.value, what),
        sequence);
}

std::string both_kinds(const engine::Event& recorded, const engine::Event& again, std::size_t index) {
    return fmt::format("event {} was recorded with kind {} and is now of kind {}", index + 1,
                       static_cast<int>(recorded.kind()), static_cast<int>(again.kind()));
}

}  // namespace

Result<void> Rerun::apply(const BatchView& batch, std::size_t command, std::size_t first_event) {
    const engine::Command c = batch.command(command);
    const engine::Sequence sequence = c.header.sequence;
    if (c.header.kind == engine::CommandKind::none || c.is_query())
        return differs(sequence, "what stands there is not a command");
    if ((sequence.value == 1) != (c.header.kind == engine::CommandKind::genesis))
        return differs(sequence, "genesis is the first command and no other");
    engine::EventSink sink = events_.sink();
    exchange_.apply(c, sink);
    const std::size_t recorded = batch.event_count(command);
    for (std::size_t i = 0; i < recorded && i < sink.count(); ++i) {
        const engine::Event before = batch.event(first_event + i);
        const engine::Event again = events_[i].event();
        if (before.kind() != again.kind()) return differs(sequence, both_kinds(before, again, i));
        if (before != again)
            return differs(sequence, fmt::format("event {} of kind {} has other contents", i + 1,
                                                 static_cast<int>(before.kind())));
    }
    if (recorded != sink.count())
        return differs(sequence, fmt::format("{} events were recorded, {} come now", recorded, sink.count()));
    return {};
}

namespace {

// Every batch behind `from`, until there are no more, `see` says no, or somebody else failed.
Result<void> each_batch(const Journal& journal, engine::Sequence from, std::atomic<bool>& failed,
                        const std::function<Result<void>(const BatchView&)>& see) {
    auto reader = journal.read_from(engine::Sequence{from.value + 1});
    if (!reader) return reader.error();
    while (!failed.load(std::memory_order_relaxed)) {
        auto more = reader->next();
        if (!more) return more.error();
        if (!*more) return {};
        // The one that the snapshot ends with.
        if (reader->batch().header.last() <= from) continue;
        if (auto seen = see(reader->batch()); !seen) return seen;
    }
    return {};
}

Result<void> rerun_tail(const Journal& journal, engine::Sequence from, engine::Exchange& exchange,
                        std::atomic<bool>& failed, Recovered& recovered) {
    Rerun rerun(exchange);
    return each_batch(journal, from, failed, [&](const BatchView& batch) -> Result<void> {
        for (std::size_t i = 0, event = 0; i < batch.header.count; event += batch.event_count(i), ++i)
            if (auto same = rerun.apply(batch, i, event); !same) return same;
        recovered.sequence = batch.header.last();
        recovered.commands += batch.header.count;
        recovered.events += batch.header.event_count;
        return {};
    });
}

Result<void> tell_tail(const Journal& journal, engine::Sequence from, std::atomic<bool>& failed,
                       const OnEvent& on_event, const OnProgress& on_progress) {
    return each_batch(journal, from, failed, [&](const BatchView& batch) -> Result<void> {
        for (std::size_t e = 0; on_event && e < batch.header.event_count; ++e) on_event(batch.event(e));
        if (on_progress) on_progress(batch.header.last(), journal.last());
        return {};
    });
}

// Everything behind `recovered.sequence`. The engine runs it again on a thread of its own, while the mirrors
// hear on this one what was recorded: neither waits for the other, and what one of them refuses ends both.
Result<Recovered> apply_tail(const Journal& journal, Recovered recovered, engine::Exchange& exchange,
                             const OnEvent& on_event, const OnProgress& on_progress) {
    const engine::Sequence from = recovered.sequence;
    std::atomic<bool> failed{false};
    Result<void> rerun;
    std::thread engine([&] {
        rerun = rerun_tail(journal, from, exchange, failed, recovered);
        if (!rerun) failed.store(true, std::memory_order_relaxed);
    });
    const auto told = tell_tail(journal, from, failed, on_event, on_progress);
    if (!told) failed.store(true, std::memory_order_relaxed);
    engine.join();
    if (!rerun) return rerun.error();
    if (!told) return told.error();
    return recovered;
}

}  // namespace

Result<Recovered> recover(const Journal& journal, engine::Exchange& exchange, const OnEvent& on_event,
                          const OnProgress& on_progress) {
    return apply_tail(journal, {}, exchange, on_event, on_progress);
}

Result<Recovered> recover(const Journal& journal, const Snapshots& snapshots, engine::Exchange& exchange,
                          Mirror& mirror, const OnProgress& on_progress) {
    Recovered recovered;
    if (const auto all = snapshots.list(); !all.empty() && all.front().sequence > journal.last())
        return failure(
            ErrorCode::gap,
            fmt::format("the journal ends at sequence {}, and {} was made of sequence {}: the last commits "
                        "are lost; restore the data folder from a backup",
                        journal.last().value, all.front().file.string(), all.front().sequence.value),
            engine::Sequence{journal.last().value + 1});
    const auto past = snapshots.newest<Recollection>(
        journal, journal.last(),
        [&](const Snapshots::Entry& entry, const SnapshotPlace& place) {
            return restore_snapshot(entry.file, place, exchange);
        },
        recovered.passed_over);
    if (past) {
        past->retell(mirror);
        recovered.sequence = recovered.snapshot = exchange.sequence();
    }
    return apply_tail(
        journal, std::move(recovered), exchange, [&](const engine::Event& e) { mirror.hear(e); },
        on_progress);
}

}  // namespace gridbook::ledger
