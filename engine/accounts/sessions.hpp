// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sessions that want their orders cancelled when their connection is lost, and the grace periods of lost ones
// (protocol section 2, `cod`). Few and bounded; searched through their account.

#include <vector>

#include "engine/accounts/accounts.hpp"

namespace gridbook::engine {

struct Session {
    std::uint32_t id = 0;          // counts up from 1; 0: free
    std::uint32_t connection = 0;  // while open; 0: lost, its grace period runs
    AccountId account = no_account;
    KeyIndex key = no_key;
    CancelOnDisconnect mode = CancelOnDisconnect::off;
    std::uint32_t grace_ms = 0;
};

class Sessions {
  public:
    void reserve(std::size_t limit) { sessions_.assign(limit, Session{}); }
    std::size_t limit() const { return sessions_.size(); }
    bool full() const { return used_ == sessions_.size(); }
    std::size_t used() const { return used_; }
    const std::vector<Session>& all() const { return sessions_; }
    Session& operator[](std::uint32_t slot) { return sessions_[slot]; }
    const Session& operator[](std::uint32_t slot) const { return sessions_[slot]; }
    std::uint32_t last_id() const { return last_id_; }

    // Gives it its id. The caller has checked full().
    std::uint32_t add(Session session) {
        std::uint32_t slot = 0;
        while (sessions_[slot].id != 0) ++slot;
        session.id = ++last_id_;
        sessions_[slot] = session;
        ++used_;
        return slot;
    }
    void remove(std::uint32_t slot) {
        sessions_[slot] = Session{};
        --used_;
    }
    // Which session an order of this connection and account belongs to; 0: none.
    std::uint32_t of(AccountId account, std::uint32_t connection) const {
        if (connection == 0) return 0;
        for (const Session& s : sessions_)
            if (s.id != 0 && s.connection == connection && s.account == account &&
                s.mode == CancelOnDisconnect::connection)
                return s.id;
        return 0;
    }
    void restore(std::vector<Session>&& sessions, std::uint32_t last_id) {
        sessions_ = std::move(sessions);
        last_id_ = last_id;
        used_ = 0;
        for (const Session& s : sessions_) used_ += s.id != 0;
    }

  private:
    std::vector<Session> sessions_;
    std::uint32_t last_id_ = 0;
    std::size_t used_ = 0;
};

}  // namespace gridbook::engine
