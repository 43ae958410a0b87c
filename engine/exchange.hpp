// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one door. `apply(command, sink)` is the whole market: pure, deterministic, no clock, no I/O, no
// randomness, no threads, no allocation after the genesis command. Everything else feeds it or carries away
// what it said.
//
// The caller stamps sequence (previous + 1) and time (never back) and keeps to this rule: while
// `unfinished()` the next command is a FollowOn with the same time; and a command other than AdvanceTime is
// applied only when `next_timer()` is after its time (the sequencer enters an AdvanceTime first). Both are
// checked.

#include <memory>

#include "engine/event_sink.hpp"

namespace gridbook::engine {

class State;
class SnapshotSink;
class SnapshotSource;
enum class SnapshotError : std::uint8_t;

class Exchange {
  public:
    Exchange();
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // Applies one sequenced command and emits its events. The first command must be Genesis.
    void apply(const Command& command, EventSink& sink);
    // Asks the memory for what the far command will touch, for what that of a nearer one leads to, and for
    // its neighbours in their lists of one nearer still: called ahead of apply. Changes nothing, decides
    // nothing.
    void prefetch(const Command& far, const Command& middle, const Command& near) const;
    // Answers a question (Command::is_query) with rows and a rows_end; changes nothing.
    void answer(const Command& question, EventSink& sink) const;

    // Work is left over from the last command: the next one must be a FollowOn.
    bool unfinished() const;
    // When the market next has something to do by itself; `never` before genesis.
    Time next_timer() const;
    Sequence sequence() const;  // of the last command applied
    Time time() const;
    bool started() const;  // genesis was applied
    ClockMode clock() const;

    // Canonical hash of the whole state: equal on every machine after the same commands.
    std::uint64_t state_hash() const;

    // The whole state as bytes, and back (snapshot.hpp). False: the sink could not take it. On an error the
    // exchange is as it was.
    bool save(SnapshotSink& sink) const;
    SnapshotError restore(SnapshotSource& source);

    // For audit, twin comparison and the snapshots: read-only sight of the state.
    const State& state() const { return *state_; }

  private:
    std::unique_ptr<State> state_;
};

}  // namespace gridbook::engine
