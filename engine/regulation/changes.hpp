// SPDX-License-Identifier: Apache-2.0
#pragma once
// Four eyes (market-rules section 5, protocol section 2): a change above the configured size is kept as it
// was asked for until another participant's regulator approves it, and is then checked and entered as if it
// came now. Anybody with the role may reject one; what nobody decides in time expires. Those that are done
// stay to be looked at until their room is needed, oldest first.

#include <vector>

#include "engine/event.hpp"

namespace gridbook::engine {

struct Step;
class State;

struct Proposal {
    Change told{};  // what everybody is told of it
    Command command{};
    AccountId proposer = no_account;
};

class Changes {
  public:
    static constexpr std::size_t limit = 256;

    void reserve() { proposals_.reserve(limit); }
    std::uint32_t last_id() const { return last_id_; }
    const std::vector<Proposal>& all() const { return proposals_; }
    std::size_t open() const { return open_; }
    bool full() const { return open_ == limit; }
    // Not full.
    Proposal& add(const Proposal& proposal);
    // Null: it is unknown, or decided.
    Proposal* find_open(std::uint32_t change);
    // The one that expires first, of several the oldest; null: none is open.
    Proposal* next_to_expire();
    const Proposal* next_to_expire() const;
    void close(Proposal& proposal, ChangeState state);
    void restore(std::uint32_t last_id, const Proposal& proposal);
    void restore(std::uint32_t last_id) { last_id_ = last_id; }

  private:
    std::vector<Proposal> proposals_;  // by id
    std::uint32_t last_id_ = 0;
    std::size_t open_ = 0;
};

// Keeps the command for a second regulator and answers it; `change` says what it would do.
template <class Body>
void propose(Step& step, const Body& body, const Change& change);
void propose(Step& step, Command command, Change change);

void decide_change(Step& step, const DecideChange& body);

Time next_expiry(const State& state);
// False: the sink has no more room.
bool changes_due(Step& step);

template <class Body>
void propose(Step& step, const Body& body, const Change& change) {
    propose(step, Command::of(body), change);
}

}  // namespace gridbook::engine
