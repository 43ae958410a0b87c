// SPDX-License-Identifier: Apache-2.0
#pragma once
// A seeded flow of commands that makes every feature and every refusal happen. It promises: the same seed and
// the same market seen give the same commands. It looks at the twin to aim well (open orders, used cids,
// references, paused hours); it never looks at the exchange under test.

#include <deque>
#include <random>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

// A command as it is sent: not yet stamped, with the time at which it comes.
struct Sent {
    engine::Command command;
    engine::Time at;
};

// Every third flow is a regulated one.
inline bool regulated(std::uint64_t seed) { return seed % 3 == 0; }

// Every second flow delivers. The golden one (seed 1) does not.
inline bool delivering(std::uint64_t seed) { return seed % 2 == 0; }

class Flow {
  public:
    // A regulated flow has a benchmark, families that follow it, factors that change, and a second regulator;
    // the draws of others do not know of it. In a delivering flow what was sold is delivered, or fails.
    Flow(std::uint64_t seed, const NaiveExchange& seen, bool regulated = false, bool delivering = false)
        : random_(seed), seen_(seen), seed_(seed), regulated_(regulated), delivering_(delivering) {
        prepare();
    }
    Sent next();

  private:
    // flow_setup.cpp: genesis, catalogue, participants, money and capacity.
    void prepare();
    void prepare_rules();
    void prepare_catalogue();
    template <class Body>
    void add(const Body& body, engine::AccountId account = engine::no_account);
    engine::DefineFamily some_family(std::uint16_t k);

    // flow.cpp: orders.
    engine::Command some_command();
    engine::Command place();
    engine::Command place_again();
    engine::Command replace();
    engine::Command cancel();

    // flow_strips.cpp: strips, any-of; what ends many orders.
    engine::Command strip();
    engine::Command any_of();
    engine::Command cancel_all();
    engine::Command cancel_after();
    engine::Command session();
    engine::Command kill(bool clear);

    // flow_regulation.cpp: guidance, factors, second signatures, dry runs.
    engine::Command regulation();
    engine::Command guidance();
    engine::Command factors();
    engine::Command follow();
    engine::Command decide();

    // flow_delivery.cpp: reports, offers of those who stand by.
    std::size_t tier() const { return seed_ / 2 % 5; }  // what this flow's tier promises
    engine::DefineTier delivering_tier() const;
    engine::Command delivery();
    engine::Command ready();
    engine::Command meter();
    engine::ReportMeter report(const Delivery& d, std::int64_t minute, bool full);
    engine::Command some_report();
    engine::Command standby();
    engine::Command withdraw_all();

    // flow_disputes.cpp: what was metered wrongly, and who decides.
    engine::Command open_dispute();
    engine::Command decide_dispute();

    // flow_tokens.cpp: draws from token days, and how these end.
    std::uint8_t draws_log2() const;
    bool two_token_families() const { return delivering_ && seed_ % 4 == 0; }
    engine::Command draw();
    engine::Command draw_again();
    bool small_hours() const;
    const Delivery* some_holding();
    std::uint64_t some_use(std::uint64_t left);
    void split(std::uint64_t quarters, engine::DrawTokens& d);
    void spoil(engine::DrawTokens& d);
    void sleep();

    // flow_payouts.cpp: what accounts ask back, and who decides.
    engine::Command payout();
    engine::Command request_payout();
    engine::Command decide_payout();

    // flow_maintenance.cpp: capacity that is not there, declared ahead. The golden flow knows of none.
    bool maintaining() const { return seed_ % 4 >= 2; }
    bool crowding() const { return seed_ % 16 == 11; }  // until one account may declare no more
    engine::Command maintenance();
    engine::Command declare();
    engine::Command declare_again();
    engine::Command crowd();
    engine::Command cancel_maintenance();
    engine::Command sell_what_is_gone();
    engine::Command sell_beyond(engine::AccountId who, engine::InstrumentId i, std::int64_t room,
                                std::int64_t gone);
    engine::Command withdraw_beside();
    std::uint32_t some_resource();
    void spoil(engine::DeclareMaintenance& m, const Resource& r);

    // flow_requests.cpp: what both sides report of token days.
    const Delivery* some_day();
    engine::Command requests();
    void spoil(engine::ReportMeter& m);
    // flow_packages.cpp: packages that are offered, bought, drawn from and withdrawn.
    std::uint16_t packages() const;
    engine::Command package();
    engine::Command offer();
    engine::Command withdraw();
    engine::Command buy();
    engine::Command buy_again();
    engine::Command draw_by_grant();
    engine::AccountId some_issuer(engine::ClassId of);
    std::uint64_t some_excess(const Grant& grant);
    void spoil(engine::OfferPackage& o);
    bool sleep_to_a_grant();

    // flow_market.cpp: bands, phases, time, participants, catalogue.
    engine::Command set_band();
    engine::Command set_phase();
    engine::Command suspend();
    engine::Command set_rules();
    engine::Command advance();
    engine::Command participant();
    engine::Command resource();
    engine::Command limits();
    engine::Decimal some_cost(engine::FamilyId family);
    engine::Command catalogue();

    engine::Command from(engine::AccountId account, const auto& body) {
        const engine::Origin origin{one_in(10) ? 0u : static_cast<std::uint32_t>(between(1, 4)), ++requests_};
        return engine::Command::of(body, account, engine::no_key, origin);
    }

    // A few draws.
    std::int64_t between(std::int64_t low, std::int64_t high);
    bool one_in(std::int64_t n) { return between(1, n) == 1; }
    template <class Container>
    const auto& any(const Container& c) {
        return *std::next(c.begin(), between(0, static_cast<std::int64_t>(c.size()) - 1));
    }
    engine::AccountId some_account();
    engine::FamilyId some_gpu_family();
    engine::InstrumentId some_instrument();
    engine::Decimal some_price(engine::InstrumentId i, engine::Side side);
    engine::Decimal near_price(engine::InstrumentId i, engine::Side side);
    engine::Decimal some_qty(engine::FamilyId family);
    engine::Cid new_cid();
    engine::OrderId some_order();

    std::mt19937_64 random_;
    const NaiveExchange& seen_;
    const std::uint64_t seed_;
    const bool regulated_, delivering_;
    std::deque<Sent> prepared_;
    engine::Time now_{};
    engine::SetRules rules_{};
    std::uint32_t requests_ = 0;
    std::uint64_t cids_ = 0;
    std::int64_t lean_ = 0;  // basis points by which the market leans away from the references
    std::deque<engine::Command> recent_, draws_, purchases_;
    std::uint64_t usages_ = 0, bought_ = 0, payouts_asked_ = 0;
};

}  // namespace gridbook::twin
