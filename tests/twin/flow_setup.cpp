// SPDX-License-Identifier: Apache-2.0
// How a flow begins: a market small enough that its limits are met, and different from seed to seed.
#include <string>

#include "tests/engine/setup.hpp"
#include "tests/twin/flow.hpp"

namespace gridbook::twin {

template <class Body>
void Flow::add(const Body& body, engine::AccountId account) {
    prepared_.push_back({engine::Command::of(body, account, engine::no_key, {1, ++requests_}), now_});
}

engine::DefineFamily Flow::some_family(std::uint16_t k) {
    engine::DefineFamily f;
    f.class_id = engine::ClassId{static_cast<std::uint16_t>(one_in(12) ? 99 : k == 3 ? 1 : 0)};
    f.zone_id = engine::ZoneId{static_cast<std::uint16_t>(between(0, 3))};
    f.tier_id = engine::TierId{k == 2 ? std::uint16_t{1} : delivering_ ? std::uint16_t{2} : std::uint16_t{0}};
    f.product = k == 2 ? engine::Product::token : engine::Product::gpu;
    f.horizon = static_cast<std::uint16_t>(between(2, 5));
    constexpr std::int64_t guidance[] = {14'000'000, 5'880'000, 2'000'000, 15'920'000, 11'060'000};
    f.guidance = engine::Decimal{guidance[k]};
    if (k == 4) f.floor = engine::Decimal{7'750'000}, f.ceiling = engine::Decimal{15'480'000};
    // 5 % and 10 %, tokens 10 %, and a family without a dynamic layer; one asks for reasons.
    f.dynamic_width = engine::BasisPoints{k == 1 ? 0 : k == 0 || k == 4 ? 500 : 1'000};
    f.require_reason = k == 3;
    if (regulated_ && k == 3 && !one_in(6)) f.guidance = {};  // converted from the benchmark's
    f.rationale = engine::Text<24>{"first"};
    return f;
}

// Shorter than the defaults in some flows, so that more of it happens.
void Flow::prepare_rules() {
    if (regulated_) {
        rules_.four_eyes =
            engine::BasisPoints{static_cast<std::int32_t>(one_in(6) ? 0 : between(200, 1'500))};
        rules_.approval_s = static_cast<std::uint32_t>(one_in(4) ? 0 : between(20, 2'000));
        add(rules_);
    }
    if (one_in(3)) return;
    rules_.limit_state_ms = static_cast<std::uint32_t>(between(2, 15) * 1'000);
    rules_.pause_s = static_cast<std::uint32_t>(one_in(3) ? 300 : between(8, 60));
    rules_.reference_window_s = static_cast<std::uint32_t>(60 * between(1, 5));
    rules_.reference_age_s = static_cast<std::uint32_t>(between(5, 30));
    rules_.indicative_ms = one_in(2) ? 1'000u : 7'000u;
    rules_.extensions = static_cast<std::uint32_t>(between(1, 3));
    add(rules_);
}

void Flow::prepare_catalogue() {
    engine::DefineClass h100 = tests::h100_class();
    h100.benchmark = regulated_;
    add(h100);
    engine::DefineClass h200 = tests::h100_class();
    h200.name = engine::Text<16>{"H200"};
    h200.k_train = 1'137;
    h200.k_infer = 1'365;
    add(h200);
    add(tests::east_zone());
    engine::DefineZone west = tests::east_zone();
    west.name = engine::Text<16>{"CN"};  // sorts against CN-EAST as text does: the dot after it counts
    add(west);
    add(tests::g2_tier());
    engine::DefineTier t1 = tests::g2_tier();
    t1.name = engine::Text<8>{"T1"};
    t1.product = engine::Product::token;
    if (delivering_) {
        t1.availability = tier() == 4 ? 50'000 : 99'000;
        t1.penalty = engine::BasisPoints{tier() == 4 ? 25'000 : 2'500};
    }
    add(t1);
    if (delivering_) add(delivering_tier());
    for (std::uint16_t k = 0; k < 4; ++k) {
        engine::DefineFamily f = some_family(k);
        f.class_id = engine::ClassId{k == 3 ? std::uint16_t{1} : std::uint16_t{0}};
        f.zone_id = engine::ZoneId{0};
        if (k == 1) f.zone_id = engine::ZoneId{1};
        if (regulated_ && k == 3) f.guidance = {};
        add(f);
    }
    if (!two_token_families()) return;
    engine::DefineFamily more = some_family(2);
    more.class_id = engine::ClassId{0};
    more.zone_id = engine::ZoneId{1};
    add(more);
}

void Flow::prepare() {
    now_ = tests::day_one + engine::minute * between(0, 50);
    if (delivering_) now_ = now_ + engine::hour * between(20, 22);  // so that a token day begins
    engine::Genesis g = tests::small_genesis();
    g.retention_s = static_cast<std::uint32_t>(between(60, 4'000));
    g.account_orders = static_cast<std::uint32_t>(between(6, 30));
    g.orders = static_cast<std::uint32_t>(one_in(3) ? between(20, 50) : between(60, 200));
    if (one_in(3)) g.records = 512;  // so few that what is done is displaced before its time
    g.books = static_cast<std::uint32_t>(between(17, 23));
    g.accounts = 24;
    g.keys = 12;
    g.families = static_cast<std::uint32_t>(between(4, 6));
    g.strips = static_cast<std::uint32_t>(between(3, 12));
    g.sessions = static_cast<std::uint32_t>(between(2, 5));
    g.resources = 70;
    g.max_qty = tests::millionths("60");
    g.max_notional = tests::millionths("800");
    if (delivering_) {
        g.deliveries = g.positions;
        g.strips = static_cast<std::uint32_t>(between(20, 60));  // standby offers share them
        g.draws_log2 = draws_log2();
        g.packages = packages();
        if (two_token_families()) ++g.families, g.books += 5;
    }
    // Odd rates, so that every rounding matters.
    if (one_in(2)) g.margin = engine::BasisPoints{2'003};
    if (one_in(2))
        g.taker_fee = engine::BasisPoints{33}, g.maker_fee = engine::BasisPoints{7},
        g.tax = engine::BasisPoints{613};
    // So little that others must advance what is owed.
    if (delivering_ && one_in(2)) g.margin = engine::BasisPoints{503};
    add(g);
    prepare_rules();
    prepare_catalogue();
    // Twelve accounts; the first four are two owner groups of two.
    for (int a = 0; a < 12; ++a)
        add(tests::account("account-" + std::to_string(a), a < 4 ? "group-" + std::to_string(a / 2) : ""));
    for (std::uint32_t a = 0; a < 12; ++a) {
        const engine::AccountId account{a};
        add(engine::Credit{engine::Money{between(100, 15'000) * 1'000'000}, {}, {}}, account);
        for (std::uint16_t f = 0; f < (two_token_families() ? 5 : 4); ++f) {
            engine::RegisterResource r;
            r.family = engine::FamilyId{f};
            r.count = engine::Decimal{between(8, 60) * 1'000'000};
            if (!one_in(6)) add(r, account);
        }
    }
}

}  // namespace gridbook::twin
