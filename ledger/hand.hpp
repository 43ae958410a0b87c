// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who has something in hand, of two threads: the one that uses it again and again, or the one that ends it
// once. Neither waits for the other.

#include <atomic>
#include <cstdint>

namespace gridbook::ledger {

class Hand {
  public:
    bool take() { return move(nobody, user); }
    void give() { state_.store(nobody, std::memory_order_release); }
    // From then on nobody takes it. False: it is in use at this moment.
    bool end() { return move(nobody, ended); }

  private:
    static constexpr std::uint8_t nobody = 0, user = 1, ended = 2;
    bool move(std::uint8_t from, std::uint8_t to) {
        return state_.compare_exchange_strong(from, to, std::memory_order_acquire);
    }
    std::atomic<std::uint8_t> state_{nobody};
};

// It is in use while this lives, if it could be had.
class InHand {
  public:
    explicit InHand(Hand& hand) : hand_(hand), has_(hand.take()) {}
    ~InHand() {
        if (has_) hand_.give();
    }
    InHand(const InHand&) = delete;
    InHand& operator=(const InHand&) = delete;
    explicit operator bool() const { return has_; }

  private:
    Hand& hand_;
    bool has_;
};

}  // namespace gridbook::ledger
