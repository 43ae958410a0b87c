// SPDX-License-Identifier: Apache-2.0
#pragma once
// The latest events of all account streams (protocol section 3), so that a client that was away resumes from
// its `n`. One circle of fixed size for all accounts; each event points at the one before it of its account,
// so nothing is allocated a message. Events are kept as the engine told them and are encoded when somebody
// asks. What has left the circle, and what was told before a restart, is read from the journal by way of the
// projection; what that has let go, too, is RESUME_TOO_OLD.

#include <optional>
#include <vector>

#include "engine/event.hpp"
#include "ledger/projection/stream_history.hpp"

namespace gridbook::gateway {

class AccountStreams {
  public:
    struct Kept {
        engine::Event event{};
        std::uint32_t cum = 0;       // of a fill: lots filled in all (encoder.hpp)
        std::uint64_t previous = 0;  // place of the account's event before this one; 0: none
    };
    static constexpr std::size_t events_kept = 1u << 17;  // 19 MiB

    explicit AccountStreams(std::size_t events = events_kept) : kept_(events) {}

    // Takes in one durable event; what is in no stream passes by. The costs that an any-of compares stand
    // before it and are kept with it.
    void keep(const engine::Event& event, std::uint32_t cum);

    // The account's events from `n` on, oldest first, at most `most` numbered ones; nullopt: `n` is not kept
    // any more. `last` is the account's latest number. The pointers hold until the next keep().
    std::optional<std::vector<const Kept*>> from(engine::AccountId account, std::uint64_t n,
                                                 std::uint64_t last, std::size_t most) const;
    // What is not in the circle is looked for there.
    void use_history(const ledger::StreamHistory& history) { history_ = &history; }
    const ledger::StreamHistory* history() const { return history_; }
    // Can all from `n` to `last` be had, here or there? There it may take a moment, while the projection
    // comes up to what was told.
    bool reaches(engine::AccountId account, std::uint64_t n, std::uint64_t last) const;
    // Nothing lies between the end of the history and the beginning of the circle. `next`: the sequence
    // behind the last one.
    bool joins(engine::Sequence next) const {
        return history_ != nullptr && begins(next).value <= history_->applied().value + 1;
    }
    // From this sequence on everything is kept; `now` while nothing was.
    engine::Sequence begins(engine::Sequence now) const;
    // The oldest number in the circle; last + 1 when none is.
    std::uint64_t oldest(engine::AccountId account, std::uint64_t last) const;
    // The oldest one that can be had, here or there.
    std::uint64_t oldest_of_all(engine::AccountId account, std::uint64_t last) const;

  private:
    // Places count from 1 and are never reused; the circle holds the latest of them.
    const Kept* at(std::uint64_t place) const {
        const bool there = place != 0 && place + kept_.size() > places_;
        return there ? &kept_[place % kept_.size()] : nullptr;
    }
    const Kept* latest(engine::AccountId account) const {
        return account.value < latest_.size() ? at(latest_[account.value]) : nullptr;
    }

    const ledger::StreamHistory* history_ = nullptr;
    std::vector<Kept> kept_;
    std::vector<std::uint64_t> latest_;  // by account: place of its last event; 0: none
    std::uint64_t places_ = 0;           // given so far
};

}  // namespace gridbook::gateway
