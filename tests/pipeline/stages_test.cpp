// SPDX-License-Identifier: Apache-2.0
// All stages on threads of their own: a command goes in at one end and its event comes out durable at the
// other.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "engine/pipeline/sequencer.hpp"
#include "ledger/ledger_stage.hpp"

namespace gridbook::ledger {

namespace {

namespace fs = std::filesystem;
using engine::Command;

engine::Genesis small_pools() {
    engine::Genesis g;
    g.orders = g.pages = g.positions = 64;
    g.records = 128;
    g.accounts = g.keys = g.families = g.books = g.resources = 16;
    g.account_orders = 64;
    g.retention_s = 60;
    g.max_qty = g.max_notional = engine::decimal_one * 1'000;
    g.clock = engine::ClockMode::replay;
    return g;
}

struct Stages {
    Stages() : folder(fs::temp_directory_path() / ("gridbook-pipeline-" + std::to_string(::getpid()))) {
        fs::remove_all(folder);
        auto opened = Journal::open({folder, Access::write, std::size_t{1} << 26});
        if (!opened) FAIL(opened.error().text);
        journal = std::move(*opened);
    }
    ~Stages() { fs::remove_all(folder); }

    fs::path folder;
    std::unique_ptr<Journal> journal;
    engine::Exchange exchange;
    engine::Ring<Command> commands{256};
    engine::Ring<engine::Record> records{1 << 14}, durable{1 << 14};
    BlobQueue blobs{16};
};

}  // namespace

TEST_CASE("every command that enters comes out durable, once and in order, across three threads") {
    constexpr std::int64_t credits = 20'000;
    Stages s;
    engine::Sequencer sequencer(s.exchange, s.commands, s.records);
    LedgerStage ledger(*s.journal, s.records, s.durable, s.blobs);
    std::atomic<bool> stop{false}, failed{false};
    std::thread engine_thread([&] {
        while (!stop.load(std::memory_order_acquire))
            if (sequencer.step(engine::Time{}) == 0) std::this_thread::yield();
    });
    std::thread ledger_thread([&] {
        while (!stop.load(std::memory_order_acquire)) {
            const auto done = ledger.step();
            if (!done) return failed.store(true);
            if (!*done) std::this_thread::yield();
        }
    });
    std::thread gateway_thread([&] {
        const auto enter = [&](const Command& c) {
            while (!s.commands.push(c)) std::this_thread::yield();
        };
        enter(Command::of(small_pools()));
        engine::OpenAccount open;
        open.name = engine::Text<32>("acme");
        open.roles = engine::role::buyer;
        enter(Command::of(open));
        for (std::int64_t i = 0; i < credits; ++i)
            enter(Command::of(engine::Credit{.amount = engine::Money{i + 1}}, engine::AccountId{0}));
    });

    std::int64_t seen = 0, cash = 0, early = 0, wrong = 0;
    while (seen < credits && !failed.load()) {
        const std::size_t there = s.durable.refresh();
        for (std::size_t i = 0; i < there; ++i) {
            const engine::Event event = s.durable.peek(i).event();
            if (event.header.sequence.value > ledger.stats().durable.load()) ++early;
            if (event.kind() == engine::EventKind::refused) ++wrong;
            if (event.kind() != engine::EventKind::credited) continue;
            cash += ++seen;
            if (event.as<engine::Credited>().cash.value != cash) ++wrong;
        }
        if (there > 0)
            s.durable.release(there);
        else
            std::this_thread::yield();
    }
    gateway_thread.join();
    stop.store(true, std::memory_order_release);
    engine_thread.join();
    ledger_thread.join();
    CHECK_FALSE(failed.load());
    CHECK(seen == credits);
    CHECK(wrong == 0);
    CHECK(early == 0);
    CHECK(s.journal->last().value == static_cast<std::uint64_t>(credits) + 2);
}

}  // namespace gridbook::ledger
