// SPDX-License-Identifier: Apache-2.0
#pragma once
// The exchange itself, as `gridbook serve` runs it: sockets, sign-in, engine, ledger on a real disk, replies
// only for what is durable. One family of hours, two accounts and a key for every peer of the load client;
// rates and limits of one address are off, because one client plays them all.

#include <memory>
#include <string>

#include "bench/gateway/counterpart.hpp"
#include "gateway/client/trade_client.hpp"

namespace gridbook::bench {

struct ExchangeOptions {
    std::string folder;     // where the data folder is made, and removed afterwards
    std::size_t peers = 1;  // how many may sign in
    bool followed = false;  // snapshots and projection behind the journal
    // Further families, H100.CN-EAST.D000 and on, that list few hours; then the clock is a replay's, and
    // begins at 2026-12-01T00:00:00Z.
    std::uint16_t delivering = 0;
};

class RunningExchange final : public Counterpart {
  public:
    explicit RunningExchange(const ExchangeOptions& options);
    ~RunningExchange() override;

    std::uint16_t port() const override;
    // A client that may speak for any account.
    gateway::TradeClient client() const;
    bool signs_in() const override { return true; }
    std::string logon(std::size_t peer, std::string_view welcome) const override;
    std::string symbol(std::size_t peer) const override;
    static std::string key_of(std::size_t peer) { return fmt::format("k{}", peer); }

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gridbook::bench
