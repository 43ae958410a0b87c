// SPDX-License-Identifier: Apache-2.0
#include "engine/catalogue/catalogue.hpp"

#include <algorithm>

namespace gridbook::engine {

bool Catalogue::exists(ClassId c, ZoneId z, TierId t) const {
    return std::any_of(families_.begin(), families_.end(), [&](const Family& f) {
        return f.defined.class_id == c && f.defined.zone_id == z && f.defined.tier_id == t;
    });
}

FamilyId Catalogue::benchmark_of(ClassId c, ZoneId z, TierId t, Product p) const {
    if (classes_[c.value].defined.benchmark) return no_family;
    for (std::size_t i = 0; i < families_.size(); ++i) {
        const Family& f = families_[i];
        if (f.defined.zone_id == z && f.defined.tier_id == t && f.product == p &&
            classes_[f.defined.class_id.value].defined.benchmark)
            return FamilyId{static_cast<std::uint16_t>(i)};
    }
    return no_family;
}

Catalogue::Symbol Catalogue::symbol(const Family& f) const {
    Symbol text;
    std::size_t at = 0;
    const auto append = [&](std::string_view part) {
        if (at != 0) text.bytes[at++] = '.';
        std::copy(part.begin(), part.end(), text.bytes.begin() + static_cast<std::ptrdiff_t>(at));
        at += part.size();
    };
    append(classes_[f.defined.class_id.value].defined.name.view());
    append(zones_[f.defined.zone_id.value].name.view());
    append(tiers_[f.defined.tier_id.value].name.view());
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
    known_ = families_.size();
    const Symbol own = symbol(families_.back());
    const auto place = std::find_if(by_symbol_.begin(), by_symbol_.end(),
                                    [&](FamilyId other) { return symbol(families_[other.value]) > own; });
    by_symbol_.insert(place, id);
    for (std::uint32_t rank = 0; rank < by_symbol_.size(); ++rank)
        families_[by_symbol_[rank].value].rank = rank;
    return id;
}

}  // namespace gridbook::engine
