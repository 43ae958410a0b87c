// SPDX-License-Identifier: Apache-2.0
#pragma once
// 100,000 open deliveries in a running exchange, made as its users make them: resources, orders, the gate,
// ready; and whoever reports their meters, one report of each a minute.

#include <atomic>
#include <thread>
#include <vector>

#include "bench/gateway/exchange.hpp"

namespace gridbook::bench {

inline constexpr std::uint16_t delivering_families = 100;
inline constexpr std::size_t pairs_a_family = 1'000;
inline constexpr double reports_per_s = delivering_families * pairs_a_family / 60.0;

struct OpenDelivery {
    std::string seller;
    std::string did;
};

// Brings the exchange to half a minute into the hour in which all of them are delivered.
std::vector<OpenDelivery> open_deliveries(const RunningExchange& exchange);

// Reports while it lives, from a thread of its own: by a fixed schedule, delivery after delivery; when all
// have been reported the market's clock goes on to the next minute.
class Meters {
  public:
    Meters(const RunningExchange& exchange, const std::vector<OpenDelivery>& deliveries,
           std::uint64_t& reported);
    ~Meters();
    Meters(const Meters&) = delete;
    Meters& operator=(const Meters&) = delete;

  private:
    void run(gateway::TradeClient client);
    void report(gateway::TradeClient& client);

    const std::vector<OpenDelivery>& deliveries_;
    std::uint64_t& reported_;  // by all Meters of these deliveries, one after the other
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

}  // namespace gridbook::bench
