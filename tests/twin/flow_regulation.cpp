// SPDX-License-Identifier: Apache-2.0
// What regulators send beyond plain band changes: guidance with its formula, factors, families that follow
// the benchmark again, and the second regulator's word. Mostly what passes; now and then each thing that does
// not.
#include <algorithm>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

using engine::Time;

engine::Command Flow::regulation() {
    const std::int64_t dice = between(1, 11);
    if (dice == 11) return limits();
    if (dice <= 3) return guidance();
    if (dice <= 5) return factors();
    if (dice <= 6) return follow();
    return decide();
}

// Half of the price is capital, a part is energy, and the rest is what it costs to run: so the formula gives
// it to within a tick or two.
engine::Command Flow::guidance() {
    engine::SetGuidance g;
    g.family = engine::FamilyId{
        static_cast<std::uint16_t>(between(0, static_cast<std::int64_t>(seen_.families().size())))};
    if (g.family.value >= seen_.families().size()) return from(some_account(), g);
    const Family& f = seen_.families()[g.family.value];
    const std::int64_t tick = engine::tick_decimal;
    const std::int64_t target = f.band.guidance * tick * between(88, 112) / 100;
    g.price = engine::Decimal{target / tick * tick};
    g.life_h = static_cast<std::uint32_t>(between(20'000, 50'000));
    g.utilisation = engine::BasisPoints{static_cast<std::int32_t>(between(4'000, 9'900))};
    g.capex = engine::Money{target / 2 * g.life_h / 10'000 * g.utilisation.value};
    g.power_w = static_cast<std::uint32_t>(between(300, 900));
    g.pue = static_cast<std::uint32_t>(between(1'050, 1'600));
    g.tariff = static_cast<std::uint32_t>(between(250'000, 900'000));
    const std::int64_t energy = std::int64_t{g.power_w} * g.pue * g.tariff / 1'000'000;
    const std::int64_t capital = g.capex.value * 10'000 / g.life_h / g.utilisation.value;
    const std::int64_t left = target - capital - energy + between(-6'000, 6'000);
    g.opex_h = static_cast<std::uint32_t>(left < 0 ? 0 : left);
    g.index = static_cast<std::uint32_t>(between(900, 1'100));
    g.expect = one_in(15) ? static_cast<std::uint32_t>(between(0, 9)) : f.last_version;
    if (one_in(4)) g.effective = now_ + engine::second * between(1, 1'800);
    if (one_in(20)) g.effective = now_ - engine::second * between(1, 100);
    if (one_in(2)) g.blob.fill(9);
    if (one_in(12)) g.opex_h += 40'000;  // the formula gives another price
    if (one_in(30)) g.price = engine::Decimal{one_in(2) ? 0 : g.price.value + 1};
    if (one_in(40)) g.formula = engine::Formula{7};
    if (one_in(40)) g.pue = 900;
    if (one_in(40)) g.utilisation = engine::BasisPoints{one_in(2) ? 0 : 10'001};
    if (one_in(60)) g.life_h = 0;
    g.reasoned = one_in(2);
    return from(some_account(), g);
}

engine::Command Flow::factors() {
    engine::SetFactors s;
    s.class_id = engine::ClassId{static_cast<std::uint16_t>(one_in(20) ? 99 : one_in(8) ? 0 : between(1, 2))};
    if (s.class_id.value >= seen_.factors().size()) return from(some_account(), s);
    const Factors& f = seen_.factors()[s.class_id.value];
    s.provenance = static_cast<engine::Provenance>(between(0, 2));
    s.expect = one_in(15) ? static_cast<std::uint32_t>(between(0, 9)) : f.last_version;
    const auto around = [&](std::int64_t k) {
        return static_cast<std::uint16_t>(std::clamp<std::int64_t>(k * between(93, 108) / 100, 0, 1'300));
    };
    s.k_train = s.class_id.value == 0 && !one_in(3) ? std::uint16_t{1'000} : around(f.own_train);
    s.k_infer = s.class_id.value == 0 && !one_in(3) ? std::uint16_t{1'000} : around(f.own_infer);
    if (s.provenance == engine::Provenance::measured)
        // Some nearly too old, so that they end while the flow runs; some too old, or of tomorrow.
        s.issued = one_in(2) ? now_ - engine::day * between(1, 179)
                             : now_ - engine::day * 180 + engine::second * between(one_in(4) ? -100 : 1, 900);
    if (one_in(20)) s.issued = one_in(2) ? now_ + engine::day : Time{};
    if (one_in(4)) s.effective = now_ + engine::second * between(1, 1'800);
    if (one_in(20)) s.effective = now_ - engine::second * between(1, 100);
    if (one_in(30)) s.k_infer = 0;
    if (one_in(2)) s.blob.fill(3);
    return from(some_account(), s);
}

// A family with a band of its own goes back to the benchmark's.
engine::Command Flow::follow() {
    engine::SetBand s;
    for (std::uint16_t i = 0; i < seen_.families().size(); ++i)
        if (s.family == engine::no_family || (!seen_.families()[i].band.converted && one_in(2)))
            s.family = engine::FamilyId{i};
    const Family& f = seen_.families()[s.family.value];
    s.follow = true;
    s.expect = one_in(15) ? 0u : f.last_version;
    if (one_in(12)) s.floor = engine::Decimal{f.band.lo * engine::tick_decimal};
    if (one_in(4)) s.effective = now_ + engine::second * between(1, 600);
    if (one_in(2)) s.blob.fill(5);
    s.reasoned = one_in(2);
    return from(some_account(), s);
}

engine::Command Flow::decide() {
    engine::DecideChange d;
    d.change = static_cast<std::uint32_t>(between(1, static_cast<std::int64_t>(seen_.changes().size()) + 1));
    for (const auto& [id, p] : seen_.changes())
        if (p.told.state == engine::ChangeState::open && one_in(2)) d.change = id;
    d.verdict = one_in(5) ? engine::Verdict::reject : engine::Verdict::approve;
    if (one_in(2)) d.blob.fill(2);
    return from(some_account(), d);
}

}  // namespace gridbook::twin
