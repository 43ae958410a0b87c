// SPDX-License-Identifier: Apache-2.0
// Token packages, grants of them and reserves as lines of a scenario. Amounts are standard tokens.
#include "tests/scenarios/telling.hpp"

namespace gridbook::tests {

namespace {

using engine::EventKind;
using engine::GrantChange;

std::string tokens(std::uint64_t quarters) { return text_of(static_cast<std::int64_t>(quarters) * 250'000); }

// PackageChanged or PackageRow.
template <class Package>
std::string terms(const Package& p, const Names& names) {
    std::string line = fmt::format("{} blocks of {} for {} days at {}", p.blocks,
                                   names.class_name(p.class_id), p.days, text_of(p.price));
    if (p.carry != 0) line += fmt::format(", {} % carried over", p.carry);
    if (p.overage != engine::Money{}) line += fmt::format(", {} a block beyond", text_of(p.overage));
    return line;
}

std::string package_text(const engine::PackageChanged& p, const Names& names) {
    return fmt::format("package {} {}: {}", p.package.value,
                       p.change == engine::PackageChange::offered ? "offered" : "withdrawn", terms(p, names));
}

std::string package_row_text(const engine::PackageRow& p, const Names& names) {
    return fmt::format("row: package {} of {}{}: {}, {} grants", p.package.value, names.account(p.issuer),
                       p.withdrawn ? ", withdrawn" : "", terms(p, names), p.grants);
}

std::string grant_text(const engine::GrantChanged& g, const Names& names) {
    std::string line =
        fmt::format("grant {} {} {} {}", g.grant.value, g.party == engine::Side::sell ? "to" : "from",
                    names.account(g.other), word(g.change));
    if (g.amount != 0) line += " " + tokens(g.amount);
    if (!g.reference.empty()) line += fmt::format(" for {}", g.reference.view());
    if (g.excess != 0) line += fmt::format(", {} beyond", tokens(g.excess));
    if (g.cost != engine::Money{}) line += fmt::format(", cost {}", text_of(g.cost));
    line += fmt::format(", left {}", tokens(g.balance));
    const bool until = g.change == GrantChange::bought || g.change == GrantChange::carried;
    return until ? line + fmt::format(", until {}", names.time(g.end)) : line;
}

std::string grant_row_text(const engine::GrantRow& g, const Names& names) {
    return fmt::format("row: grant {} of package {}, {} to {}: {} of {} left, until {}{}", g.grant.value,
                       g.package.value, names.account(g.issuer), names.account(g.buyer), tokens(g.balance),
                       tokens(g.granted), names.time(g.end), g.carried ? ", carried" : "");
}

std::string reserve_row_text(const engine::ReserveRow& r, const Names& names) {
    return fmt::format("row: {} of {} holds {} for {} of {} in {} grants, needs {}: {} %, {}",
                       names.class_name(r.class_id), names.account(r.issuer), tokens(r.held),
                       tokens(r.outstanding), tokens(r.issued), r.grants, tokens(r.needed),
                       text_of(static_cast<std::int64_t>(r.ratio) * 10'000), r.is_short ? "short" : "ok");
}

}  // namespace

std::string package_event_text(const engine::Event& e, const Names& names) {
    switch (e.kind()) {
        case EventKind::package: return package_text(e.as<engine::PackageChanged>(), names);
        case EventKind::grant: return grant_text(e.as<engine::GrantChanged>(), names);
        case EventKind::package_row: return package_row_text(e.as<engine::PackageRow>(), names);
        case EventKind::grant_row: return grant_row_text(e.as<engine::GrantRow>(), names);
        case EventKind::reserve_row: return reserve_row_text(e.as<engine::ReserveRow>(), names);
        default: return {};
    }
}

}  // namespace gridbook::tests
