// SPDX-License-Identifier: Apache-2.0
#pragma once
// The stages, their rings and their threads.
//
//   I/O thread               engine (same thread, or its own)      ledger thread                I/O thread
//   Rim::poll ──Ring<Command>──▶ Sequencer ──Ring<Record>──▶ LedgerStage ──Ring<Record>──▶ Rim::publish
//     writer: I/O                writer: engine                writer: ledger
//     reader: engine             reader: ledger                reader: I/O
//
// A stage wakes only the neighbours that it gave work or room. A failed commit ends the process: nothing of
// it was told to anybody, and a restart recovers.

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "engine/pipeline/sequencer.hpp"
#include "gateway/config.hpp"
#include "gateway/fault.hpp"
#include "gateway/rim.hpp"
#include "ledger/ledger_stage.hpp"

namespace gridbook::gateway {

struct Rings {
    explicit Rings(const Config::Rings& sizes)
        : commands(sizes.commands), records(sizes.records), durable(sizes.durable), blobs(1024) {}

    engine::Ring<engine::Command> commands;
    engine::Ring<engine::Record> records;
    engine::Ring<engine::Record> durable;
    ledger::BlobQueue blobs;
};

class Pipeline {
  public:
    Pipeline(const Config& config, Rings& rings, engine::Exchange& exchange, ledger::Journal& journal,
             Rim& rim);
    ~Pipeline();
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    // Starts the stages' own threads.
    void start();
    // One round of the I/O thread: sockets, engine (when shared), durable events; waits when there is nothing
    // to do.
    void run_once();
    // Works until all that has entered is durable and told.
    void drain();
    void stop();

    bool failed() const { return fault_.is_set(); }
    const std::string& failure() const { return fault_.text(); }  // after failed()
    const ledger::LedgerStats& ledger_stats() const { return ledger_.stats(); }

  private:
    bool io_work();
    bool engine_work();
    bool ledger_work();
    std::size_t publish();
    void engine_loop();
    void ledger_loop();

    Rings& rings_;
    Rim& rim_;
    const bool engine_own_;
    engine::Sequencer sequencer_;
    ledger::LedgerStage ledger_;
    IoSleeper io_sleeper_;
    engine::FutexSleeper engine_sleeper_;
    engine::FutexSleeper ledger_sleeper_;
    engine::Idle io_idle_;
    const engine::WaitStrategy wait_;
    std::atomic<bool> stop_{false};
    Fault fault_;
    std::thread engine_thread_;
    std::thread ledger_thread_;
};

}  // namespace gridbook::gateway
