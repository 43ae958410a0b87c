// SPDX-License-Identifier: Apache-2.0
#pragma once
// The live demo market: simulated providers, buyers, an operator and a regulator on a thread of their own.
// They reach the exchange as anybody would: over its port, signed in with their own keys. The market survives
// refusals, lost connections and a restart of the exchange, and goes on with what it left when it is started
// again.

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/demo/office.hpp"

namespace gridbook::gateway::demo {

struct Options {
    std::string url;     // http://address:port
    std::string folder;  // where the participants' keys are kept; made when it is missing
    KeyFile operator_key;
    KeyFile regulator_key;
    std::uint64_t seed = 1;
    std::uint32_t orders_per_s = 200;
    std::uint32_t providers = 12;
    std::uint32_t buyers = 24;
    std::uint32_t band_every_s = 45;  // how often the regulator acts
};

struct Stats {
    std::uint64_t participants = 0;  // signed in now
    std::uint64_t orders = 0;        // place, replace and cancel requests
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t busy = 0;
    std::uint64_t fills = 0;
    std::uint64_t reconnects = 0;
    std::uint64_t bands_moved = 0;
    std::string trouble;  // the last thing that went wrong, a sentence; empty: nothing
};

class DemoMarket {
  public:
    explicit DemoMarket(Options options);
    ~DemoMarket();  // stops
    DemoMarket(const DemoMarket&) = delete;
    DemoMarket& operator=(const DemoMarket&) = delete;

    void start();
    // Asks the thread to end and returns at once: for the exchange's own thread, which must go on serving it.
    void request_stop();
    // Asks and waits. An ending connection or at most a few seconds end every wait inside.
    void stop();
    Stats stats() const;

  private:
    struct Run;
    std::unique_ptr<Run> run_;
};

}  // namespace gridbook::gateway::demo
