// SPDX-License-Identifier: Apache-2.0
// A start from genesis: a journal of the market of ledger_rig.hpp is written once, then recovered round after
// round, from memory as a restart after a crash of the process finds it. Each part is timed by itself, too:
// reading and proving the bytes, running the engine and comparing every event, handing the events to
// somebody.

#include <deque>

#include "bench/frame.hpp"
#include "bench/ledger_rig.hpp"
#include "ledger/recovery.hpp"

using namespace gridbook;
using bench::now_ns;
using bench::stop;

namespace {

constexpr std::size_t batch_commands = 500;  // about what 250,000 commands/s make of a disk

// One batch after the other, as the stage would commit them.
void write_journal(ledger::Journal& journal, std::uint64_t commands) {
    bench::MarketFlow flow;
    std::deque<engine::Record> records;
    ledger::BatchDraft draft;
    while (journal.last().value < commands) {
        draft.clear();
        records.clear();
        for (std::size_t i = 0; i < batch_commands; ++i) {
            const engine::EventBuffer* events = nullptr;
            std::size_t count = 0;
            draft.commands.push_back(&records.emplace_back(flow.next(events, count)));
            draft.event_counts.push_back(static_cast<std::uint16_t>(count));
            for (std::size_t e = 0; e < count; ++e)
                draft.events.push_back(&records.emplace_back((*events)[e]));
        }
        if (auto written = journal.append(draft); !written) stop(written.error().text);
    }
}

// Commands a second of one pass.
template <class Pass>
double timed(const ledger::Journal& journal, Pass&& pass) {
    const std::int64_t begun = now_ns();
    pass();
    return static_cast<double>(journal.last().value) / (static_cast<double>(now_ns() - begun) * 1e-9);
}

template <class See>
void read_all(const ledger::Journal& journal, See&& see) {
    auto reader = journal.read_from(engine::Sequence{1});
    while (reader) {
        auto more = reader->next();
        if (!more) stop(more.error().text);
        if (!*more) return;
        see(reader->batch());
    }
    stop(reader.error().text);
}

void recover(const ledger::Journal& journal) {
    engine::Exchange exchange;
    std::uint64_t heard = 0;
    const auto done = ledger::recover(
        journal, exchange, [&](const engine::Event&) { ++heard; }, nullptr);
    if (!done) stop(done.error().text);
    if (done->sequence != journal.last() || heard != done->events) stop("not all of it was recovered");
}

void run_engine(const ledger::Journal& journal) {
    engine::Exchange exchange;
    ledger::Rerun rerun(exchange);
    read_all(journal, [&](const ledger::BatchView& batch) {
        for (std::size_t i = 0, event = 0; i < batch.header.count; event += batch.event_count(i), ++i)
            if (auto same = rerun.apply(batch, i, event); !same) stop(same.error().text);
    });
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder = std::filesystem::temp_directory_path().string();
    std::int64_t commands = 3'000'000;
    bench::Cli cli("bench_recovery", "Recovery of a journal from genesis, and its parts.");
    cli.option("dir", folder, "where the journal is written (and removed)");
    cli.option("commands", commands, "commands in it");
    const bench::Options options = cli.parse(argc, argv);
    bench::Report report("recovery", options);
    const bench::TempFolder data(folder);
    auto journal = ledger::Journal::open({.data = data.path()});
    if (!journal) stop(journal.error().text);
    write_journal(**journal, static_cast<std::uint64_t>(commands));
    const auto& j = **journal;
    std::uint64_t bytes = 0;
    read_all(j, [&](const ledger::BatchView& b) { bytes += b.commands.size() + b.header.events_bytes; });
    const auto rounds = bench::interleave(
        options.rounds,
        {{"recovery", [&] { return timed(j, [&] { recover(j); }); }},
         {"reading", [&] { return timed(j, [&] { read_all(j, [](const ledger::BatchView&) {}); }); }},
         {"engine", [&] { return timed(j, [&] { run_engine(j); }); }}});
    report.line(fmt::format("{} commands in {} segments, {:.0f} MB", j.last().value,
                            j.segments().files().size(), static_cast<double>(bytes) / 1e6));
    for (const bench::Series& s : rounds)
        report.line(fmt::format("{}: {:.0f} commands/s (best {:.0f}), {:.1f} s for 10 million", s.name,
                                s.median(), s.best(), 1e7 / s.median()));
    report.json()
        .integer("commands", static_cast<std::int64_t>(j.last().value))
        .number("recovered_per_s", rounds[0].median())
        .number("read_per_s", rounds[1].median())
        .number("engine_per_s", rounds[2].median());
    report.finish();
    return 0;
}
