// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whose machines the jobs run on. The exchange pairs accounts, not jobs; a buyer that has several jobs puts
// them, hour by hour, on what each provider delivers to it: a job stays where it was if there is room, the
// others go, the largest first, where they fit most tightly, or in parts when they fit nowhere whole. The
// same hand places them after the exchange's pairing and after a naive one, so that only the pairing differs.

#include <map>
#include <vector>

#include "gateway/replay/deliveries.hpp"
#include "gateway/replay/orders.hpp"

namespace gridbook::gateway::replay {

// What one account has of another in an hour.
struct Pairing {
    std::uint32_t seller = 0;
    std::uint32_t buyer = 0;
    std::uint32_t lots = 0;
};
// What a job has of an hour.
struct Holding {
    std::uint32_t job = 0;
    std::uint32_t buyer = 0;
    std::uint32_t lots = 0;
};

class Placement {
  public:
    // Hours in their order; holdings in the order in which they were entered.
    void place(const std::vector<Pairing>& pairings, const std::vector<Holding>& holdings);
    // Jobs that were in one provider's hands in all their hours.
    bool throughout(std::uint32_t job) const;

  private:
    struct Seat {
        std::uint32_t provider = 0;
        bool moved = false;  // or in parts
    };
    using Left = std::map<std::uint32_t, std::uint32_t>;  // lots by provider

    void seat(Left& left, const Holding& holding);

    std::map<std::uint32_t, Seat> seats_;  // by job
};

// Net sellers and buyers, each in the order in which they came: the first seller with the first buyer, the
// lesser of both, and so on.
struct Net {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> sellers;  // account, lots
    std::vector<std::pair<std::uint32_t, std::uint32_t>> buyers;
};
std::vector<Pairing> first_come(Net net);

// Jobs of several hours, and how many of them one provider served throughout.
struct OneProvider {
    std::uint64_t jobs = 0;
    std::uint64_t paired = 0;      // by the exchange's deliveries
    std::uint64_t first_come = 0;  // by a naive pairing of the same net positions

    static OneProvider of(const Orders& orders, const Deliveries& deliveries);
};

}  // namespace gridbook::gateway::replay
