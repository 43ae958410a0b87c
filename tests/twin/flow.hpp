// SPDX-License-Identifier: Apache-2.0
#pragma once
// A seeded flow of commands that makes every feature and every refusal happen. It promises: the same seed and
// the same market seen give the same commands. It looks at the twin to aim well (open orders, used cids,
// obligations); it never looks at the exchange under test.

#include <deque>
#include <random>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

// A command as it is sent: not yet stamped, with the time at which it comes.
struct Sent {
    engine::Command command;
    engine::Time at;
};

class Flow {
  public:
    Flow(std::uint64_t seed, const NaiveExchange& seen) : random_(seed), seen_(seen) { prepare(); }
    Sent next();

  private:
    // flow_setup.cpp: genesis, catalogue, participants, money and capacity.
    void prepare();
    template <class Body>
    void add(const Body& body, engine::AccountId account = engine::no_account);
    engine::DefineFamily some_family(std::uint16_t k);

    engine::Command place();
    engine::Command place_again();
    engine::Command replace();
    engine::Command cancel();
    engine::Command set_band();
    engine::Command advance();
    engine::Command participant();
    engine::Command resource();
    engine::Command catalogue();
    engine::Command from(engine::AccountId account, const auto& body);

    // A few draws.
    std::int64_t between(std::int64_t low, std::int64_t high);
    bool one_in(std::int64_t n) { return between(1, n) == 1; }
    template <class Container>
    const auto& any(const Container& c) {
        return *std::next(c.begin(), between(0, static_cast<std::int64_t>(c.size()) - 1));
    }
    engine::AccountId some_account();
    engine::InstrumentId some_instrument();
    engine::Decimal some_price(engine::FamilyId family);
    engine::Decimal some_qty(engine::FamilyId family);
    engine::Cid new_cid();
    const Order* some_order();

    std::mt19937_64 random_;
    const NaiveExchange& seen_;
    std::deque<Sent> prepared_;
    engine::Time now_{};
    std::uint32_t requests_ = 0;
    std::uint64_t cids_ = 0;
    std::deque<std::pair<engine::AccountId, engine::PlaceOrder>> recent_;
};

}  // namespace gridbook::twin
