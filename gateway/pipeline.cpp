// SPDX-License-Identifier: Apache-2.0
#include "gateway/pipeline.hpp"

#include <pthread.h>

#include <algorithm>

#include "gateway/clock.hpp"

namespace gridbook::gateway {
namespace {

// The longest sleep: bounds how late a timer of the market fires and how late a stop is seen.
constexpr engine::Duration nap = engine::millisecond * 20;
// How much one round takes from a ring, so that no neighbour waits long for its turn on a shared thread.
constexpr std::size_t engine_batch = 512;
constexpr std::size_t publish_batch = 4096;

}  // namespace

Pipeline::Pipeline(const Config& config, Rings& rings, engine::Exchange& exchange, ledger::Journal& journal,
                   Rim& rim)
    : rings_(rings),
      rim_(rim),
      engine_own_(config.threads.engine_own),
      sequencer_(exchange, rings.commands, rings.records),
      ledger_(journal, rings.records, rings.durable, rings.blobs),
      io_sleeper_(rim.server()),
      io_idle_(config.threads.wait, io_sleeper_),
      wait_(config.threads.wait) {}

Pipeline::~Pipeline() { stop(); }

void Pipeline::start() {
    // Names under which top and perf show them; the caller's thread is the I/O thread.
    ledger_thread_ = std::thread([this] { ledger_loop(); });
    pthread_setname_np(ledger_thread_.native_handle(), "ledger");
    if (!engine_own_) return;
    engine_thread_ = std::thread([this] { engine_loop(); });
    pthread_setname_np(engine_thread_.native_handle(), "engine");
}

void Pipeline::run_once() {
    io_idle_.run_once([this] { return io_work(); }, nap);
}

bool Pipeline::io_work() {
    const std::size_t input = rim_.poll(machine_time());
    bool work = input > 0;
    if (engine_own_)
        engine_sleeper_.wake();
    else
        work |= engine_work();
    return publish() > 0 || work;
}

bool Pipeline::engine_work() {
    if (sequencer_.step(machine_time(), engine_batch) == 0) return false;
    ledger_sleeper_.wake();
    return true;
}

bool Pipeline::ledger_work() {
    const auto done = ledger_.step();
    if (!done) {
        fault_.set(done.error().text);
        stop_.store(true, std::memory_order_release);
        io_sleeper_.wake();
        return false;
    }
    if (!done.value()) return false;
    // New events for the I/O thread; and room for an engine that waited for it.
    io_sleeper_.wake();
    if (engine_own_) engine_sleeper_.wake();
    return true;
}

std::size_t Pipeline::publish() {
    engine::Ring<engine::Record>& ring = rings_.durable;
    std::size_t count = std::min(ring.refresh(), publish_batch);
    if (count == 0) return 0;
    // A batch ends where a command ends: the ledger delivers whole commands, so only a cut here has to look.
    while (count < ring.refresh() && count > 0 &&
           ring.peek(count).event().header.sequence == ring.peek(count - 1).event().header.sequence)
        ++count;
    for (std::size_t i = 0; i < count; ++i) rim_.publish(ring.peek(i).event());
    ring.release(count);
    rim_.end_of_batch();
    ledger_sleeper_.wake();
    return count;
}

void Pipeline::drain() {
    const auto busy = [this] {
        return rings_.commands.used() > 0 || sequencer_.unfinished() || rings_.records.used() > 0 ||
               rings_.durable.used() > 0;
    };
    while (!failed() && busy()) run_once();
}

void Pipeline::engine_loop() {
    engine::Idle idle(wait_, engine_sleeper_);
    while (!stop_.load(std::memory_order_acquire)) idle.run_once([this] { return engine_work(); }, nap);
}

void Pipeline::ledger_loop() {
    engine::Idle idle(wait_, ledger_sleeper_);
    while (!stop_.load(std::memory_order_acquire)) idle.run_once([this] { return ledger_work(); }, nap);
}

void Pipeline::stop() {
    stop_.store(true, std::memory_order_release);
    engine_sleeper_.wake();
    ledger_sleeper_.wake();
    if (engine_thread_.joinable()) engine_thread_.join();
    if (ledger_thread_.joinable()) ledger_thread_.join();
}

}  // namespace gridbook::gateway
