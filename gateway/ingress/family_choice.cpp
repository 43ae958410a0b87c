// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/family_choice.hpp"

#include <algorithm>
#include <set>

#include "gateway/decimal.hpp"

namespace gridbook::gateway {

namespace {

using engine::FamilyId;

std::string name_of(engine::AccountId account, const engine::Cid& cid) {
    return std::to_string(account.value) + '/' + std::string(cid.view());
}

std::string plain(std::int64_t millionths) {
    std::string out;
    append_decimal(engine::Decimal{millionths}, out);
    return out;
}

WireError unknown(std::string_view field, std::string_view got) {
    return {.code = "CLASS_UNKNOWN",
            .msg = "no such " + std::string(field),
            .field = std::string(field),
            .got = std::string(got)};
}

}  // namespace

std::optional<WireError> FamilyChoice::choose(AnyOfRequest& request, engine::AccountId account) {
    if (!request.demands()) return std::nullopt;
    if (auto error = check_words(request)) return error;
    const std::string name = name_of(account, request.cid);
    Families families;
    if (const Families* before = chosen_before(request, name))
        families = *before;
    else if (auto error = find(request, families))
        return error;
    names_.clear();
    for (const FamilyId family : families) names_.push_back(directory_.families()[family.value].name);
    request.families = names_;
    remember(name, std::move(families), directory_.time());
    return std::nullopt;
}

std::optional<WireError> FamilyChoice::find(const AnyOfRequest& request, Families& found) const {
    if (auto error = candidates(request, found)) return error;
    if (auto error = keep_residency(request, found)) return error;
    if (auto error = keep_green(request, found)) return error;
    if (request.families.empty()) sort_by_guidance(request, found);
    if (found.size() > engine::PlaceAnyOf::most_families) found.resize(engine::PlaceAnyOf::most_families);
    return std::nullopt;
}

std::optional<WireError> FamilyChoice::check_words(const AnyOfRequest& request) const {
    if (!request.class_name.empty() && !directory_.class_id(request.class_name))
        return unknown("class", request.class_name);
    if (!request.zone.empty() && !directory_.zone_id(request.zone)) return unknown("zone", request.zone);
    if (!request.tier.empty() && !directory_.tier_id(request.tier)) return unknown("tier", request.tier);
    return std::nullopt;
}

bool FamilyChoice::matches(const AnyOfRequest& request, FamilyId id) const {
    const Directory::Family& family = directory_.families()[id.value];
    const auto same = [](std::string_view wanted, std::string_view name) {
        return wanted.empty() || wanted == name;
    };
    return family.defined.product == engine::Product::gpu &&
           same(request.class_name, directory_.classes()[family.defined.class_id.value].name) &&
           same(request.zone, directory_.zones()[family.defined.zone_id.value].name) &&
           same(request.tier, directory_.tiers()[family.defined.tier_id.value].name);
}

// Those named, in their order; else all that the words fit.
std::optional<WireError> FamilyChoice::candidates(const AnyOfRequest& request, Families& found) const {
    for (const std::string_view name : request.families) {
        const auto family = directory_.family_id(name);
        if (!family)
            return WireError{.code = "SYMBOL_UNKNOWN",
                             .msg = "no such family",
                             .field = "families",
                             .rule = "listed",
                             .got = std::string(name)};
        found.push_back(*family);
    }
    if (!request.families.empty()) return std::nullopt;
    for (const Directory::Family& family : directory_.families())
        if (matches(request, family.defined.id)) found.push_back(family.defined.id);
    if (!found.empty()) return std::nullopt;
    return WireError{.code = "SYMBOL_UNKNOWN",
                     .msg = "no family of hours has this class, zone and tier",
                     .field = "class",
                     .rule = "listed",
                     .got = std::string(request.class_name)};
}

std::optional<WireError> FamilyChoice::keep_residency(const AnyOfRequest& request, Families& found) const {
    if (request.residency.empty()) return std::nullopt;
    std::set<std::string> there;
    std::erase_if(found, [&](FamilyId id) {
        const engine::ZoneId zone = directory_.families()[id.value].defined.zone_id;
        const std::string_view residency = directory_.zones()[zone.value].defined.residency.view();
        there.emplace(residency);
        return residency != request.residency;
    });
    if (!found.empty()) return std::nullopt;
    return WireError{.code = "SPEC_MISMATCH",
                     .msg = "no family has this residency",
                     .field = "residency",
                     .rule = "residency",
                     .limit = {there.begin(), there.end()},
                     .got = std::string(request.residency)};
}

// The least share of a family's resources counts, because nobody buys a resource of his choice.
std::optional<WireError> FamilyChoice::keep_green(const AnyOfRequest& request, Families& found) const {
    if (request.green_share_min.value == 0) return std::nullopt;
    std::int64_t best = 0;
    std::erase_if(found, [&](FamilyId id) {
        const auto energy = directory_.energy(id);
        const std::int64_t share = energy ? std::int64_t{energy->green_least} * 100 : 0;
        best = std::max(best, share);
        return share < request.green_share_min.value;
    });
    if (!found.empty()) return std::nullopt;
    return WireError{
        .code = "SPEC_MISMATCH",
        .msg = "no family has so much green power in every resource; the best has " + plain(best),
        .field = "green_share_min",
        .rule = "green_share",
        .limit = {plain(best)},
        .got = plain(request.green_share_min.value)};
}

// The guided price of what counts as one benchmark unit; of equal ones the first defined.
void FamilyChoice::sort_by_guidance(const AnyOfRequest& request, Families& found) const {
    const auto price = [&](FamilyId id) {
        const Directory::Family& family = directory_.families()[id.value];
        const Directory::Class& of = directory_.classes()[family.defined.class_id.value];
        const std::int64_t k = request.profile == engine::Profile::train ? of.k_train() : of.k_infer();
        return k == 0 ? INT64_MAX : std::int64_t{family.band.guidance.value} * 1'000'000 / k;
    };
    std::ranges::stable_sort(found, {}, price);
}

// A demand that those of before cannot have met is another order: the engine refuses it by its client order
// id.
const FamilyChoice::Families* FamilyChoice::chosen_before(const AnyOfRequest& request,
                                                          const std::string& name) const {
    const auto before = chosen_.find(name);
    if (before == chosen_.end() || before->second.at + retention_ <= directory_.time()) return nullptr;
    const Families& families = before->second.families;
    const bool fit = std::ranges::all_of(families, [&](FamilyId id) {
        const std::string& family = directory_.families()[id.value].name;
        const bool named =
            request.families.empty() || std::ranges::find(request.families, family) != request.families.end();
        const engine::ZoneId zone = directory_.families()[id.value].defined.zone_id;
        return named && matches(request, id) &&
               (request.residency.empty() ||
                directory_.zones()[zone.value].defined.residency.view() == request.residency);
    });
    return fit ? &families : nullptr;
}

void FamilyChoice::remember(const std::string& name, Families families, engine::Time time) {
    const auto [at, fresh] = chosen_.try_emplace(name);
    at->second = {std::move(families), time};
    if (!fresh) return;
    order_.push_back(name);
    if (order_.size() <= kept) return;
    chosen_.erase(order_.front());
    order_.pop_front();
}

// Its families are told before it; told again it has none.
void FamilyChoice::hear(const engine::Event& event) {
    if (event.kind() == engine::EventKind::alternative)
        return told_.push_back(event.as<engine::Alternative>().instrument.family);
    if (event.kind() != engine::EventKind::any_of || told_.empty()) return;
    remember(name_of(event.header.account, event.as<engine::AnyOfEvent>().cid), std::move(told_),
             event.header.time);
    told_.clear();
}

}  // namespace gridbook::gateway
