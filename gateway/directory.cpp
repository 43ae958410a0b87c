// SPDX-License-Identifier: Apache-2.0
#include "gateway/directory.hpp"

#include <chrono>

#include "engine/units/check.hpp"

namespace gridbook::gateway {

namespace {

using engine::Product;

// Windows as symbols write them: 20261201T01Z for an hour, 20261201 for a day.
constexpr std::size_t day_width = 8;
constexpr std::size_t hour_width = 12;
constexpr std::uint32_t hours_a_day = 24;

// Digits only; nullopt for anything else.
std::optional<unsigned> number(std::string_view digits) {
    unsigned value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

// Days since the epoch of YYYYMMDD; nullopt when the calendar has no such day, or it lies before the epoch.
std::optional<std::uint32_t> parse_day(std::string_view text) {
    const auto year = number(text.substr(0, 4)), month = number(text.substr(4, 2)),
               day = number(text.substr(6, 2));
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                           std::chrono::month{*month}, std::chrono::day{*day}};
    if (!date.ok() || date.year() < std::chrono::year{1970}) return std::nullopt;
    return static_cast<std::uint32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

std::optional<engine::Period> parse_window(std::string_view text, Product product) {
    if (text.size() != (product == Product::gpu ? hour_width : day_width)) return std::nullopt;
    const auto days = parse_day(text.substr(0, day_width));
    if (!days) return std::nullopt;
    if (product == Product::token) return engine::Period{*days};
    const auto hour = number(text.substr(day_width + 1, 2));
    if (text[day_width] != 'T' || text.back() != 'Z' || !hour || *hour >= hours_a_day) return std::nullopt;
    return engine::Period{*days * hours_a_day + *hour};
}

void append_digits(unsigned value, int width, std::string& out) {
    char digits[4];
    for (int i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
    out.append(digits, static_cast<std::size_t>(width));
}

void append_day(std::uint32_t days, std::string& out) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    append_digits(static_cast<unsigned>(static_cast<int>(date.year())), 4, out);
    append_digits(static_cast<unsigned>(date.month()), 2, out);
    append_digits(static_cast<unsigned>(date.day()), 2, out);
}

// Ids are dense and given in order, so the next one is the size; anything else is a broken journal.
template <class Row, class Id>
void append(std::vector<Row>& rows, Id id, Row row) {
    GRIDBOOK_CHECK(id.value == rows.size());
    rows.push_back(std::move(row));
}

template <class Index>
auto find(const Index& index, std::string_view name) -> std::optional<typename Index::mapped_type> {
    const auto it = index.find(name);
    if (it == index.end()) return std::nullopt;
    return it->second;
}

}  // namespace

void Directory::apply(const engine::Event& event) {
    using enum engine::EventKind;
    sequence_ = std::max(sequence_, event.header.sequence);
    time_ = std::max(time_, event.header.time);
    energy_book_.hear(event);
    switch (event.kind()) {
        case started: take(event.as<engine::Started>(), event.header.time); break;
        case class_defined: take(event.as<engine::ClassDefined>()); break;
        case zone_defined: take(event.as<engine::ZoneDefined>()); break;
        case tier_defined: take(event.as<engine::TierDefined>()); break;
        case family_defined: take(event.as<engine::FamilyDefined>()); break;
        case band_changed: take(event.as<engine::BandChanged>()); break;
        case factors_changed: take(event.as<engine::FactorsChanged>()); break;
        case account_opened: take(event.as<engine::AccountOpened>(), event.header.account); break;
        case key_set: take(event.as<engine::KeySet>(), event.header); break;
        case resource_registered: take(event.as<engine::ResourceRegistered>(), event.header.account); break;
        case resource_withdrawn: resources_.erase(event.as<engine::ResourceWithdrawn>().resource); break;
        case limits_set:
            if (event.header.account.value < accounts_.size())
                accounts_[event.header.account.value].limits = event.as<engine::LimitsSet>().limits;
            break;
        case rules_set: rules_ = event.as<engine::RulesSet>().rules; break;
        default: break;
    }
    if (event.header.number.value != 0 && event.header.account.value < accounts_.size())
        accounts_[event.header.account.value].number = event.header.number.value;
}

void Directory::take(const engine::Started& e, engine::Time time) {
    epoch_ = time;
    clock_ = e.clock;
}

void Directory::take(const engine::ClassDefined& e) {
    std::string name(e.name.view());
    class_ids_[name] = e.id;
    append(classes_, e.id, Class{e, std::move(name), {}, {}});
}

void Directory::take(const engine::ZoneDefined& e) {
    std::string name(e.name.view());
    zone_ids_[name] = e.id;
    append(zones_, e.id, Zone{e, std::move(name)});
}

void Directory::take(const engine::TierDefined& e) {
    std::string name(e.name.view());
    tier_ids_[name] = e.id;
    append(tiers_, e.id, Tier{e, std::move(name)});
}

void Directory::take(const engine::FamilyDefined& e) {
    std::string name = classes_.at(e.class_id.value).name + '.' + zones_.at(e.zone_id.value).name + '.' +
                       tiers_.at(e.tier_id.value).name;
    family_ids_[name] = e.id;
    append(families_, e.id, Family{e, std::move(name), {}, {}});
}

void Directory::take(const engine::BandChanged& e) {
    Family& family = families_.at(e.family.value);
    if (e.status == engine::BandStatus::scheduled) {
        family.scheduled = e;
        return;
    }
    family.band = e;
    if (family.scheduled && family.scheduled->version <= e.version) family.scheduled.reset();
}

void Directory::take(const engine::FactorsChanged& e) {
    Class& c = classes_.at(e.class_id.value);
    if (e.status == engine::BandStatus::scheduled) return c.scheduled.push_back(e);
    c.factors = e;
    std::erase_if(c.scheduled, [&](const auto& s) { return s.version == e.version; });
}

void Directory::take(const engine::AccountOpened& e, engine::AccountId id) {
    std::string name(e.name.view());
    account_ids_[name] = id;
    append(accounts_, id, Account{std::move(name), std::string(e.group_name.view()), e.roles, 0, {}});
}

void Directory::take(const engine::KeySet& e, const engine::EventHeader& header) {
    std::string name(e.name.view());
    AddressList addresses = addresses_of(name, header.sequence);
    if (e.id.value == keys_.size()) {
        key_ids_[name] = e.id;
        keys_.emplace_back();
    }
    keys_.at(e.id.value) =
        Key{std::move(name), e.public_key, header.account, e.roles, e.on_behalf, std::move(addresses)};
}

void Directory::take(const engine::ResourceRegistered& e, engine::AccountId account) {
    resources_[e.resource] = {account, e.family};
}

AddressList Directory::addresses_of(const std::string& key, engine::Sequence sequence) const {
    if (requested_addresses_)
        if (auto requested = requested_addresses_(sequence)) return std::move(*requested);
    const auto configured = configured_addresses_.find(key);
    return configured == configured_addresses_.end() ? AddressList{} : configured->second;
}

std::optional<engine::ClassId> Directory::class_id(std::string_view name) const {
    return find(class_ids_, name);
}
std::optional<engine::ZoneId> Directory::zone_id(std::string_view name) const {
    return find(zone_ids_, name);
}
std::optional<engine::TierId> Directory::tier_id(std::string_view name) const {
    return find(tier_ids_, name);
}
std::optional<engine::FamilyId> Directory::family_id(std::string_view name) const {
    return find(family_ids_, name);
}
std::optional<engine::AccountId> Directory::account_id(std::string_view name) const {
    return find(account_ids_, name);
}
std::optional<engine::KeyIndex> Directory::key_index(std::string_view name) const {
    return find(key_ids_, name);
}

std::optional<Directory::Resource> Directory::resource(std::uint32_t id) const {
    const auto found = resources_.find(id);
    if (found == resources_.end()) return std::nullopt;
    return found->second;
}

std::optional<engine::InstrumentId> Directory::instrument(std::string_view symbol) const {
    // The window follows the last point: names of classes, zones and tiers may hold one, a window cannot.
    const std::size_t point = symbol.rfind('.');
    if (point == std::string_view::npos) return std::nullopt;
    const auto family = family_id(symbol.substr(0, point));
    if (!family) return std::nullopt;
    const auto period = parse_window(symbol.substr(point + 1), product(*family));
    if (!period) return std::nullopt;
    return engine::instrument(*family, *period);
}

void Directory::append_symbol(engine::InstrumentId instrument, std::string& out) const {
    out += families_.at(instrument.family.value).name;
    out += '.';
    append_window(instrument, out);
}

std::optional<engine::Period> Directory::window(std::string_view text, Product product) {
    return parse_window(text, product);
}

void Directory::append_window(engine::InstrumentId instrument, std::string& out) const {
    const std::uint32_t period = instrument.period.value;
    if (product(instrument.family) == Product::token) return append_day(period, out);
    append_day(period / hours_a_day, out);
    out += 'T';
    append_digits(period % hours_a_day, 2, out);
    out += 'Z';
}

}  // namespace gridbook::gateway
