// SPDX-License-Identifier: Apache-2.0
#pragma once
// The market that a story begins with: genesis with small pools, one class, zone, tier, one family of H100
// hours with guidance 14.00 (limits 9.80 and 19.60), and accounts with money and capacity.

#include "tests/engine/builders.hpp"
#include "tests/engine/driver.hpp"

namespace gridbook::tests {

inline engine::Genesis small_genesis() {
    engine::Genesis g;
    g.orders = 1u << 14;
    g.records = 1u << 16;
    g.pages = 1u << 12;
    g.accounts = 64;
    g.keys = 64;
    g.families = 8;
    g.books = 1u << 11;
    g.positions = 1u << 14;
    g.resources = 256;
    g.strips = 256;
    g.sessions = 64;
    g.account_orders = 1u << 14;
    g.retention_s = 86'400;
    g.taker_fee = engine::BasisPoints{20};
    g.maker_fee = engine::BasisPoints{5};
    g.tax = engine::BasisPoints{600};
    g.margin = engine::BasisPoints{2'000};
    g.max_qty = millionths("10000");
    g.max_notional = millionths("10000000");
    return g;
}

inline engine::DefineClass h100_class() {
    engine::DefineClass c;
    c.name = engine::Text<16>{"H100"};
    c.tflops = 989'400;
    c.memory_gb = 80;
    c.bandwidth = 3'350;
    c.k_train = 1'000;
    c.k_infer = 1'000;
    c.sparse_tflops = 1'979'000;
    return c;
}
inline engine::DefineZone east_zone() {
    engine::DefineZone z;
    z.name = engine::Text<16>{"CN-EAST"};
    z.hub = engine::Text<32>{"Yangtze delta"};
    z.residency = engine::Text<16>{"CN"};
    z.latency_ms = 5;
    return z;
}
inline engine::DefineTier g2_tier() {
    engine::DefineTier t;
    t.name = engine::Text<8>{"G2"};
    t.availability = 99'500;
    t.start_by_s = 300;
    t.penalty = engine::BasisPoints{5'000};
    return t;
}
inline engine::DefineFamily h100_family(Amount guidance = "14.00", std::uint16_t horizon = 24) {
    engine::DefineFamily f;
    f.horizon = horizon;
    f.guidance = guidance.value;
    f.rationale = engine::Text<24>{"G-2026-11-28/3"};
    return f;
}
inline engine::OpenAccount account(std::string_view name, std::string_view group = "") {
    engine::OpenAccount o;
    o.name = engine::Text<32>{name};
    o.group = engine::Text<24>{group};
    o.roles = engine::role::observer | engine::role::buyer | engine::role::provider;
    return o;
}

// Time stands where the last command left it; a story moves it with `at`.
class Market {
  public:
    static constexpr engine::AccountId acme{0}, bert{1}, carl{2}, prov{3}, twin{4};

    explicit Market(const engine::Genesis& genesis = small_genesis(),
                    const engine::DefineFamily& family = h100_family()) {
        set_up(genesis, family);
        // A story on a market that refused its set-up would prove nothing.
        for (const engine::Event& e : driver_.all_events())
            GRIDBOOK_CHECK(e.kind() != engine::EventKind::refused);
    }
    Events send(const engine::Command& command) { return driver_.send(command, now_); }
    Events ask(const engine::Command& question) { return driver_.ask(question); }
    // Moves the market to this time; the timers' events.
    Events at(engine::Time time) {
        now_ = time;
        return send(advance());
    }
    engine::Time now() const { return now_; }
    Driver& driver() { return driver_; }
    engine::Exchange& exchange() { return driver_.exchange(); }
    engine::BalanceRow balance(engine::AccountId who) {
        return ask(question(engine::QueryBalance{}, who)).at(0).as<engine::BalanceRow>();
    }

  private:
    void set_up(const engine::Genesis& genesis, const engine::DefineFamily& family) {
        send(engine::Command::of(genesis));
        send(engine::Command::of(h100_class()));
        send(engine::Command::of(east_zone()));
        send(engine::Command::of(g2_tier()));
        send(engine::Command::of(family));
        for (const char* name : {"acme", "bert", "carl", "prov"}) send(engine::Command::of(account(name)));
        send(engine::Command::of(account("twin")));
        for (std::uint32_t a = 0; a < 4; ++a) send(credit(engine::AccountId{a}, 1'000'000));
        for (std::uint32_t a = 0; a < 4; ++a) send(resource(engine::AccountId{a}, 9'000));
    }
    Driver driver_;
    engine::Time now_ = day_one;
};

}  // namespace gridbook::tests
