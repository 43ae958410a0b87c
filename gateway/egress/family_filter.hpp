// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which families a public GET is about, by the words that make one.

#include "gateway/directory.hpp"
#include "gateway/egress/target.hpp"

namespace gridbook::gateway {

// ?class=H100&zone=CN-EAST&tier=G2&residency=CN: those given must hold.
class FamilyFilter {
  public:
    explicit FamilyFilter(Target& target)
        : class_name_(target.parameter("class")),
          zone_(target.parameter("zone")),
          tier_(target.parameter("tier")),
          residency_(target.parameter("residency")) {}

    bool takes(const Directory::Family& family, const Directory& directory) const {
        const Directory::Zone& zone = directory.zones()[family.defined.zone_id.value];
        return same(class_name_, directory.classes()[family.defined.class_id.value].name) &&
               same(zone_, zone.name) && same(residency_, zone.defined.residency.view()) &&
               same(tier_, directory.tiers()[family.defined.tier_id.value].name);
    }

  private:
    static bool same(const std::string* wanted, std::string_view value) {
        return wanted == nullptr || *wanted == value;
    }
    const std::string* class_name_;
    const std::string* zone_;
    const std::string* tier_;
    const std::string* residency_;
};

}  // namespace gridbook::gateway
