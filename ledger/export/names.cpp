// SPDX-License-Identifier: Apache-2.0
#include "ledger/export/names.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace gridbook::ledger {

namespace {

constexpr std::int64_t millionths = 1'000'000;

// A whole number of 10^-digits, without trailing zeros.
std::string decimal(std::int64_t value, std::int64_t one) {
    const std::string sign = value < 0 ? "-" : "";
    const auto size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    const auto unit = static_cast<std::uint64_t>(one);
    std::string text = fmt::format("{}{}", sign, size / unit);
    std::uint64_t rest = size % unit;
    if (rest == 0) return text;
    text += '.';
    for (std::uint64_t digit = unit / 10; rest > 0; rest %= digit, digit /= 10)
        text += static_cast<char>('0' + rest / digit);
    return text;
}

template <class Map, class Id>
std::string found(const Map& map, Id id) {
    const auto at = map.find(id);
    return at == map.end() ? "?" : at->second;
}

std::tm calendar(std::int64_t seconds) { return fmt::gmtime(static_cast<std::time_t>(seconds)); }

}  // namespace

void Names::hear(const engine::Event& event) {
    switch (event.kind()) {
        case engine::EventKind::class_defined: {
            const auto e = event.as<engine::ClassDefined>();
            classes_[e.id] = e.name.view();
            return;
        }
        case engine::EventKind::zone_defined: {
            const auto e = event.as<engine::ZoneDefined>();
            zones_[e.id] = e.name.view();
            residencies_[e.id] = e.residency.view();
            return;
        }
        case engine::EventKind::tier_defined: {
            const auto e = event.as<engine::TierDefined>();
            tiers_[e.id] = e.name.view();
            return;
        }
        case engine::EventKind::family_defined: {
            const auto e = event.as<engine::FamilyDefined>();
            families_[e.id] = {
                found(classes_, e.class_id) + '.' + found(zones_, e.zone_id) + '.' + found(tiers_, e.tier_id),
                e.product, e.class_id, e.zone_id};
            return;
        }
        case engine::EventKind::account_opened:
            accounts_.resize(
                std::max<std::size_t>(accounts_.size(), event.header.account.value + std::size_t{1}));
            accounts_[event.header.account.value] = event.as<engine::AccountOpened>().name.view();
            return;
        default: return;
    }
}

std::string Names::account(engine::AccountId id) const {
    if (id == engine::no_account) return "house";
    return id.value < accounts_.size() ? accounts_[id.value] : "?";
}

const Names::Family* Names::family(engine::FamilyId id) const {
    const auto at = families_.find(id);
    return at == families_.end() ? nullptr : &at->second;
}

engine::Product Names::product(engine::FamilyId id) const {
    const Family* of = family(id);
    return of == nullptr ? engine::Product::gpu : of->product;
}

std::string Names::class_name(engine::FamilyId id) const {
    const Family* of = family(id);
    return of == nullptr ? "?" : found(classes_, of->of);
}

std::string Names::zone(engine::FamilyId id) const {
    const Family* of = family(id);
    return of == nullptr ? "?" : found(zones_, of->zone);
}

std::string Names::residency(engine::FamilyId id) const {
    const Family* of = family(id);
    return of == nullptr ? "?" : found(residencies_, of->zone);
}

std::string Names::symbol(engine::InstrumentId instrument) const {
    const auto at = families_.find(instrument.family);
    if (at == families_.end()) return "?";
    const std::int64_t start =
        engine::window_start(instrument.period, at->second.product).value / engine::second.value;
    return at->second.product == engine::Product::token
               ? fmt::format("{}.{:%Y%m%d}", at->second.name, calendar(start))
               : fmt::format("{}.{:%Y%m%dT%H}Z", at->second.name, calendar(start));
}

std::string Names::qty(engine::Quantity lots, engine::FamilyId family) const {
    return decimal(lots.value, product(family) == engine::Product::gpu ? 10 : 1);
}

std::string money_text(engine::Money money) { return decimal(money.value, millionths); }

std::string price_text(engine::Price price) {
    return fmt::format("{}.{:02}", price.value / 100, price.value % 100);
}

std::string time_text(engine::Time time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", calendar(time.value / engine::second.value),
                       time.value % engine::second.value);
}

}  // namespace gridbook::ledger
