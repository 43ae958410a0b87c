// SPDX-License-Identifier: Apache-2.0
// Postings of token packages (engine README, Packages): what a buyer pays for packages, and for what it draws
// beyond a balance, goes from its cash to the issuer's. By formula, from the terms that were offered and the
// balances that follow from them.
#include <algorithm>

#include "ledger/postings.hpp"

namespace gridbook::ledger {

using engine::GrantChange;
using engine::Money;

namespace {

std::int64_t number(std::uint64_t quarters) { return static_cast<std::int64_t>(quarters); }

}  // namespace

Money overage_cost(std::uint64_t excess, Money overage) {
    constexpr auto block = static_cast<engine::Wide>(engine::block_quarters);
    return Money{
        static_cast<std::int64_t>((static_cast<engine::Wide>(excess) * overage.value + block - 1) / block)};
}

const OpenPackage* Postings::package(engine::PackageId id) const {
    const auto found = packages_.find(id);
    return found == packages_.end() ? nullptr : &found->second;
}

void Postings::package_told(const engine::Event& event) {
    const auto told = event.as<engine::PackageChanged>();
    const auto known = packages_.find(told.package);
    if (told.change == engine::PackageChange::offered) {
        if (known != packages_.end()) return expect(event, told.package, "packages of this id before", 0, 1);
        packages_[told.package] = {told.issuer, told.class_id, told.blocks, told.days,
                                   told.carry,  told.price,    told.overage};
        return;
    }
    if (known == packages_.end() || !known->second.sold)
        return expect(event, told.package, "packages that are sold with this id", 1, 0);
    known->second.sold = false;
    drop_done(told.package);
}

// One that is neither sold nor owed anything is forgotten.
void Postings::drop_done(engine::PackageId id) {
    const auto found = packages_.find(id);
    if (found != packages_.end() && !found->second.sold && found->second.grants == 0) packages_.erase(found);
}

// Told to the issuer, then to the buyer: money and balance move with the first of them, and the second says
// the same. A purchase that was told again is in nobody's stream.
void Postings::grant_told(const engine::Event& event) {
    if (event.header.number.value == 0) return;
    const auto told = event.as<engine::GrantChanged>();
    if (told.change == GrantChange::bought && told.party == engine::Side::sell) package_bought(event, told);
    const auto known = grants_.find(told.grant);
    if (known == grants_.end()) return expect(event, told.grant, "grants with this id", 1, 0);
    OpenGrant& grant = known->second;
    if (told.party == engine::Side::sell) {
        if (told.change == GrantChange::drawn) grant_drawn(event, told, grant);
        if (told.change == GrantChange::carried) grant_carried(event, told, grant);
        if (told.change == GrantChange::expired) {
            expect(event, told.grant, "quarters gone at its end", number(grant.balance), number(told.amount));
            grant.balance = 0;
        }
    }
    expect(event, told.grant, "quarters left", number(grant.balance), number(told.balance));
    expect(event, told.grant, "end of its period", grant.end.value, told.end.value);
    if (told.change != GrantChange::expired || told.party == engine::Side::sell) return;
    packages_[grant.package].grants -= 1;
    const engine::PackageId package = grant.package;
    grants_.erase(known);
    drop_done(package);
}

void Postings::package_bought(const engine::Event& event, const engine::GrantChanged& told) {
    const auto found = packages_.find(told.package);
    if (found == packages_.end()) return expect(event, told.package, "packages with this id", 1, 0);
    OpenPackage& package = found->second;
    const std::uint64_t each = package.blocks * engine::block_quarters;
    const std::uint64_t qty = told.amount / each;
    const Money cost{package.price.value * number(qty)};
    expect(event, told.grant, "quarters granted", number(qty * each), number(told.amount));
    expect(event, told.grant, "cost", cost.value, told.cost.value);
    grants_[told.grant] = {
        told.package,      package.issuer,
        told.other,        static_cast<std::uint32_t>(qty),
        told.amount,       told.amount,
        event.header.time, event.header.time + engine::Duration{engine::day.value * package.days}};
    package.grants += 1;
    enter_paid(event, Cause::package_bought, grants_[told.grant], cost);
}

void Postings::grant_drawn(const engine::Event& event, const engine::GrantChanged& told, OpenGrant& grant) {
    const std::uint64_t covered = std::min(told.amount, grant.balance), excess = told.amount - covered;
    const Money cost = overage_cost(excess, packages_[grant.package].overage);
    grant.balance -= covered;
    expect(event, told.grant, "quarters beyond the balance", number(excess), number(told.excess));
    expect(event, told.grant, "cost of what is over", cost.value, told.cost.value);
    enter_paid(event, Cause::overage_paid, grant, cost);
}

// Once: of what is left a share goes on into as many days again.
void Postings::grant_carried(const engine::Event& event, const engine::GrantChanged& told, OpenGrant& grant) {
    const OpenPackage& package = packages_[grant.package];
    const std::uint64_t left = grant.balance;
    expect(event, told.grant, "carried before", 0, grant.carried ? 1 : 0);
    grant.balance = left / 100 * package.carry + left % 100 * package.carry / 100;
    grant.carried = true;
    grant.end = grant.end + engine::Duration{engine::day.value * package.days};
    expect(event, told.grant, "quarters lost", number(left - grant.balance), number(told.amount));
}

void Postings::enter_paid(const engine::Event& event, Cause cause, const OpenGrant& grant, Money cost) {
    enter_moved(event, cause, {},
                {{grant.buyer, MoneyAccount::cash, -cost}, {grant.issuer, MoneyAccount::cash, cost}});
}

void Postings::expect(const engine::Event& event, engine::PackageId package, std::string_view what,
                      std::int64_t formula, std::int64_t told) {
    if (formula != told) differ(event, "package", package.value, what, formula, told);
}

void Postings::expect(const engine::Event& event, engine::GrantId grant, std::string_view what,
                      std::int64_t formula, std::int64_t told) {
    if (formula != told) differ(event, "grant", grant.value, what, formula, told);
}

}  // namespace gridbook::ledger
