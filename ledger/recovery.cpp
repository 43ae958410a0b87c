// SPDX-License-Identifier: Apache-2.0
#include "ledger/recovery.hpp"

#include <fmt/format.h>

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

// Everything behind `recovered.sequence`.
Result<Recovered> apply_tail(const Journal& journal, Recovered recovered, engine::Exchange& exchange,
                             const OnEvent& on_event, const OnProgress& on_progress) {
    auto reader = journal.read_from(engine::Sequence{recovered.sequence.value + 1});
    if (!reader) return reader.error();
    Rerun rerun(exchange);
    while (true) {
        auto more = reader->next();
        if (!more) return more.error();
        if (!*more) return recovered;
        const BatchView& batch = reader->batch();
        if (batch.header.last() <= recovered.sequence) continue;  // the one that the snapshot ends with
        std::size_t event = 0;
        for (std::size_t i = 0; i < batch.header.count; ++i) {
            if (auto same = rerun.apply(batch, i, event); !same) return same.error();
            for (std::size_t n = batch.event_count(i); n > 0; --n, ++event)
                if (on_event) on_event(batch.event(event));
        }
        recovered.sequence = batch.header.last();
        recovered.commands += batch.header.count;
        recovered.events += batch.header.event_count;
        if (on_progress) on_progress(recovered.sequence, journal.last());
    }
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
