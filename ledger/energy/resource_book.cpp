// SPDX-License-Identifier: Apache-2.0
#include "ledger/energy/resource_book.hpp"

#include <algorithm>

namespace gridbook::ledger {

namespace {

constexpr std::int64_t thousandths = 1'000;

// Sums over resources, weighted by their lots.
class Sums {
  public:
    void add(engine::Quantity count, std::uint16_t green_share, std::uint16_t pue) {
        energy_.green_least = lots_ == 0 ? green_share : std::min(energy_.green_least, green_share);
        energy_.pue_most = std::max(energy_.pue_most, pue);
        energy_.count += count;
        lots_ += count.value;
        green_ += engine::Wide{green_share} * count.value;
        drawn_ += engine::Wide{pue} * count.value;
        grey_ += engine::Wide{pue} * (engine::basis_points_one - green_share) * count.value;
    }
    std::optional<Energy> all() {
        if (lots_ == 0) return std::nullopt;
        energy_.green_mean = static_cast<std::uint16_t>(green_ / lots_);
        energy_.drawn = static_cast<std::int64_t>(drawn_ * thousandths / lots_);
        energy_.grey = static_cast<std::int64_t>(grey_ / lots_);
        return energy_;
    }

  private:
    Energy energy_{};
    std::int64_t lots_ = 0;
    engine::Wide green_ = 0, drawn_ = 0, grey_ = 0;
};

}  // namespace

ResourceBook::Family& ResourceBook::family(engine::FamilyId id) {
    if (id.value >= families_.size()) families_.resize(id.value + std::size_t{1});
    return families_[id.value];
}

void ResourceBook::hear(const engine::Event& event) {
    if (event.kind() == engine::EventKind::resource_withdrawn)
        return withdraw(event.as<engine::ResourceWithdrawn>(), event.header.time);
    if (event.kind() != engine::EventKind::resource_registered) return;
    const auto told = event.as<engine::ResourceRegistered>();
    family(told.family)
        .registered.push_back({.id = told.resource,
                               .account = event.header.account,
                               .count = told.count,
                               .from = event.header.time,
                               .green_share = told.green_share,
                               .pue = told.pue});
}

void ResourceBook::withdraw(const engine::ResourceWithdrawn& told, engine::Time time) {
    Family& of = family(told.family);
    const auto found = std::ranges::find(of.registered, told.resource, &Resource::id);
    if (found == of.registered.end()) return;
    of.withdrawn.push_back(*found);
    of.withdrawn.back().until = time;
    of.registered.erase(found);
    withdrawn_.push_back(told.family);
    if (withdrawn_.size() <= kept_) return;
    families_[withdrawn_.front().value].withdrawn.pop_front();
    withdrawn_.pop_front();
}

std::optional<Energy> ResourceBook::of(engine::FamilyId id, engine::Time time, std::uint16_t pue,
                                       engine::AccountId account) const {
    if (id.value >= families_.size()) return std::nullopt;
    Sums sums;
    const auto add = [&](const Resource& r) {
        if (account != engine::no_account && r.account != account) return;
        if (r.from <= time && time < r.until) sums.add(r.count, r.green_share, r.pue == 0 ? pue : r.pue);
    };
    const Family& family = families_[id.value];
    std::ranges::for_each(family.registered, add);
    std::ranges::for_each(family.withdrawn, add);
    return sums.all();
}

}  // namespace gridbook::ledger
