// SPDX-License-Identifier: Apache-2.0
#include "engine/catalogue/catalogue.hpp"

#include <algorithm>

namespace gridbook::engine {

bool Catalogue::exists(ClassId c, ZoneId z, TierId t) const {
    return std::any_of(families_.begin(), families_.end(), [&](const Family& f) {
        return f.defined.class_id == c && f.defined.zone_id == z && f.defined.tier_id == t;
    });
}

std::string Catalogue::symbol(const Family& f) const {
    std::string text(classes_[f.defined.class_id.value].defined.name.view());
    text += '.';
    text += zones_[f.defined.zone_id.value].name.view();
    text += '.';
    text += tiers_[f.defined.tier_id.value].name.view();
    return text;
}

FamilyId Catalogue::add(const DefineFamily& defined) {
    Family family;
    family.defined = defined;
    family.product = defined.product;
    family.first_book = static_cast<std::uint32_t>(books_used_);
    family.horizon = defined.horizon;
    books_used_ += defined.horizon;
    const FamilyId id{static_cast<std::uint16_t>(families_.size())};
    families_.push_back(family);
    const std::string own = symbol(families_.back());
    const auto place = std::find_if(by_symbol_.begin(), by_symbol_.end(),
                                    [&](FamilyId other) { return symbol(families_[other.value]) > own; });
    by_symbol_.insert(place, id);
    return id;
}

}  // namespace gridbook::engine
