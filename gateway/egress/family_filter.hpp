// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which families a public GET is about, by the words that make one.

#include "gateway/decimal.hpp"
#include "gateway/directory.hpp"
#include "gateway/egress/target.hpp"
#include "gateway/ingress/schema.hpp"

namespace gridbook::gateway {

// ?class=H100&zone=CN-EAST&tier=G2&residency=CN&green_share_min=0.4: those given must hold, the share of
// green power for every resource of the family.
class FamilyFilter {
  public:
    explicit FamilyFilter(Target& target)
        : class_name_(target.parameter("class")),
          zone_(target.parameter("zone")),
          tier_(target.parameter("tier")),
          residency_(target.parameter("residency")) {
        const std::string* share = target.parameter("green_share_min");
        if (share == nullptr) return;
        const auto least = parse_decimal(*share);
        if (least && least->value >= 0 && least->value <= engine::decimal_one)
            green_share_min_ = *least;
        else
            target.refuse(bad_value("green_share_min", "a decimal from 0 to 1", *share));
    }

    bool takes(const Directory::Family& family, const Directory& directory) const {
        const Directory::Zone& zone = directory.zones()[family.defined.zone_id.value];
        return same(class_name_, directory.classes()[family.defined.class_id.value].name) &&
               same(zone_, zone.name) && same(residency_, zone.defined.residency.view()) &&
               same(tier_, directory.tiers()[family.defined.tier_id.value].name) && green(family, directory);
    }

  private:
    bool green(const Directory::Family& family, const Directory& directory) const {
        if (green_share_min_ == engine::Decimal{}) return true;
        const auto energy = directory.energy(family.defined.id);
        return energy && std::int64_t{energy->green_least} * 100 >= green_share_min_.value;
    }
    static bool same(const std::string* wanted, std::string_view value) {
        return wanted == nullptr || *wanted == value;
    }
    const std::string* class_name_;
    const std::string* zone_;
    const std::string* tier_;
    const std::string* residency_;
    engine::Decimal green_share_min_{};
};

}  // namespace gridbook::gateway
