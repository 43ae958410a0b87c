// SPDX-License-Identifier: Apache-2.0
#pragma once
// Packages over days, from a seed: for the engine's own tests and for the ledger's.

#include <random>

#include "tests/engine/packages_story.hpp"

namespace gridbook::tests {

// Acme and bert buy of prov and bert, whose holdings are too few now and then; draws by grant and of their
// own; withdrawals, purchases said twice, days that end.
class PackagesFlow {
  public:
    PackagesFlow(Packaging& p, std::uint32_t seed) : p_(p), random_(seed) {}

    void step() {
        p_.send(command());
        now_ = now_ + engine::second * below(1'500);
        const std::int64_t day_now = (now_ - day_one).value / engine::day.value;
        p_.x.d.at(now_);
        if (day_now == stocked_) return;
        stocked_ = day_now;
        for (const engine::AccountId issuer : {Market::prov, Market::bert})
            for (const engine::FamilyId f : {Drawing::east, Drawing::north})
                p_.x.trade(Market::carl, issuer, 2 + static_cast<int>(below(4)), f,
                           static_cast<std::uint32_t>(day_now) + 1);
    }
    bool over() const { return now_ > clock(12 * 24); }

  private:
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
    engine::AccountId buyer() { return below(2) == 0 ? Market::acme : Market::bert; }
    std::uint32_t recent(std::uint32_t last) { return last - std::min(last, below(8)); }

    engine::Command command() {
        const std::uint32_t package = recent(p_.state().packages.last_id().value);
        const std::uint32_t grant = recent(p_.state().grants.last_id().value);
        switch (below(10)) {
            case 0:
                return Packaging::offer(below(2) == 0 ? Market::prov : Market::bert,
                                        {.blocks = 1 + below(2),
                                         .days = 1 + below(4),
                                         .carry = below(3) * 50,
                                         .price = "10",
                                         .overage = below(2) == 0 ? "0" : "1.7"});
            case 1:
                return below(2) == 0 ? Packaging::withdraw(Market::prov, package)
                                     : Packaging::withdraw(Market::bert, package);
            case 2:
            case 3:
            case 4: return Packaging::buy(buyer(), package, 1 + below(2), fmt::format("p-{}", below(200)));
            case 5:
                return Drawing::draw(buyer(), fmt::format("u-{}", ++uses_), {.uncached = 1 + below(90'000)});
            default:
                return Packaging::draw(buyer(), grant, fmt::format("u-{}", below(8) == 0 ? uses_ : ++uses_),
                                       {.uncached = below(400'000), .cached = below(90'000)});
        }
    }

    Packaging& p_;
    std::mt19937 random_;
    engine::Time now_ = day_one;
    std::int64_t stocked_ = -1;
    std::uint32_t uses_ = 0;
};

}  // namespace gridbook::tests
