// SPDX-License-Identifier: Apache-2.0
// Grants in the twin: what is drawn by them out of the issuer's own holdings, what their end leaves, and what
// an issuer owes and holds (engine README, Packages).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"
#include "tests/twin/naive_rows.hpp"

namespace gridbook::twin {

using engine::AccountId;
using engine::ClassId;
using engine::DeliveryState;
using engine::GrantChange;
using engine::GrantId;
using engine::RejectField;
using engine::Time;
using engine::Wide;

// ---- draws ----

NaiveExchange::GrantUse NaiveExchange::use_of(const Grant& grant, std::uint64_t needs) const {
    GrantUse use;
    use.grant = &grant;
    use.excess = needs - std::min(needs, grant.balance);
    const Wide blocks = engine::block_quarters;
    use.cost = (Wide{use.excess} * grant.terms.overage.value + blocks - 1) / blocks;
    return use;
}

NaiveExchange::Refusal NaiveExchange::grant_refusal(const engine::DrawTokens& d) const {
    const auto known = grants_.find(d.grant);
    if (known == grants_.end() || known->second.buyer != header().account)
        return package_unknown(RejectField::grant, d.grant.value);
    const Grant& grant = known->second;
    const GrantUse use = use_of(grant, needed(d));
    if (use.excess != 0 && grant.terms.overage.value == 0)
        return quota_refusal(grant.balance, needed(d), RejectField::grant);
    if (const auto r = funds_refusal(accounts_[grant.buyer.value].cash, narrow(use.cost))) return r;
    const auto holdings = holdings_of(grant.issuer, grant.terms.class_id);
    return quota_refusal(left_in(holdings), needed(d), RejectField::class_name);
}

// The tokens are the issuer's; what is beyond the balance is paid at once.
void NaiveExchange::draw_by_grant(const engine::DrawTokens& d) {
    Grant& grant = grants_.at(d.grant);
    const GrantUse use = use_of(grant, needed(d));
    const std::int64_t cost = narrow(use.cost);
    grant.balance -= needed(d) - use.excess;
    accounts_[grant.buyer.value].cash -= cost;
    accounts_[grant.issuer.value].cash += cost;
    draw_from(holdings_of(grant.issuer, grant.terms.class_id), d, &use);
}

// ---- time ----

// 24 hours before the end of a period, which for a day is its begin and no notice.
Time NaiveExchange::next_of_grants() const {
    Time next = engine::never;
    for (const auto& [id, grant] : grants_) {
        const Time notice = grant.end - engine::day;
        if (grant.terms.days > 1 && notice > now_) next = std::min(next, notice);
        next = std::min(next, grant.end);
    }
    return next;
}

void NaiveExchange::grants_due() {
    std::vector<GrantId> ids;
    for (const auto& [id, grant] : grants_) ids.push_back(id);
    for (const GrantId id : ids) {
        Grant& grant = grants_.at(id);
        if (grant.end == now_)
            period_over(grant);
        else if (grant.end - engine::day == now_ && grant.terms.days > 1 && grant.balance != 0)
            tell(grant, GrantChange::notice, 0);
    }
}

// The first one: a part of what is left goes on. Else it is gone, told even if nothing is left.
void NaiveExchange::period_over(Grant& grant) {
    const std::uint64_t before = grant.balance;
    const auto kept = static_cast<std::uint64_t>(Wide{before} * grant.terms.carry / 100);
    grant.balance = grant.carried ? 0 : kept;
    if (grant.balance != 0) {
        grant.carried = true;
        grant.end = grant.end + engine::day * grant.terms.days;
        return tell(grant, GrantChange::carried, before - grant.balance);
    }
    tell(grant, GrantChange::expired, before);
    const engine::PackageId package = grant.package;
    grants_.erase(grant.id);
    drop_if_done(package);
}

// ---- reserves ----

// What is left of token days that run, all of those to come, and what was bought of the class in days that
// still trade.
Wide NaiveExchange::held(AccountId account, ClassId of) const {
    Wide sum = 0;
    const auto of_class = [&](engine::InstrumentId i) {
        return product(i.family) == engine::Product::token && family(i).defined.class_id == of;
    };
    for (const auto& [id, d] : deliveries_)
        if (d.buyer == account && of_class(d.instrument)) sum += d.remaining();
    for (const auto& [key, p] : positions_) {
        const auto hour = hours_.find(key.second);
        const bool trades = hour != hours_.end() && hour->second.listed();
        if (key.first == account && of_class(key.second) && trades && p.bought > p.sold)
            sum += Wide{p.bought - p.sold} * engine::block_quarters;
    }
    return sum;
}

Wide NaiveExchange::outstanding(AccountId issuer, ClassId of) const {
    Wide sum = 0;
    for (const auto& [id, grant] : grants_)
        if (grant.issuer == issuer && grant.terms.class_id == of) sum += grant.balance;
    return sum;
}

// ---- answers ----

bool NaiveExchange::answer_packages(const engine::QueryPackages& q, engine::Origin origin, Rows& rows) const {
    for (const auto& [id, package] : packages_) {
        if (id <= q.after) continue;
        if (rows.count() == q.limit) return true;
        engine::PackageRow row;
        row.origin = origin;
        row.package = id;
        row.issuer = package.issuer;
        row.class_id = package.terms.class_id;
        row.withdrawn = package.withdrawn;
        row.blocks = package.terms.blocks;
        row.days = package.terms.days;
        row.carry = package.terms.carry;
        row.price = package.terms.price;
        row.overage = package.terms.overage;
        row.grants = open_grants(id);
        rows.add(row);
    }
    return false;
}

bool NaiveExchange::answer_grants(const engine::QueryGrants& q, AccountId who, engine::Origin origin,
                                  Rows& rows) const {
    for (const auto& [id, grant] : grants_) {
        if (id <= q.after || (grant.issuer != who && grant.buyer != who)) continue;
        if (rows.count() == q.limit) return true;
        engine::GrantRow row;
        row.origin = origin;
        row.grant = id;
        row.package = grant.package;
        row.issuer = grant.issuer;
        row.buyer = grant.buyer;
        row.class_id = grant.terms.class_id;
        row.party = grant.issuer == who ? engine::Side::sell : engine::Side::buy;
        row.carried = grant.carried;
        row.qty = grant.qty;
        row.granted = grant.granted;
        row.balance = grant.balance;
        row.begin = grant.begin;
        row.end = grant.end;
        row.purchase = grant.purchase;
        rows.add(row);
    }
    return false;
}

// A row for each issuer and class that packages are kept of.
bool NaiveExchange::answer_reserves(const engine::QueryReserves& q, AccountId who, engine::Origin origin,
                                    Rows& rows) const {
    std::map<IssuerKey, engine::ReserveRow> all;
    for (const auto& [id, package] : packages_) {
        engine::ReserveRow& row = all[{package.issuer, package.terms.class_id}];
        ++row.packages;
        row.grants += open_grants(id);
        for (const auto& [g, grant] : grants_)
            if (grant.package == id) row.issued += grant.granted;
    }
    for (auto& [key, row] : all) {
        if (who != engine::no_account && key.first != who) continue;
        if (q.after_issuer != engine::no_account && key <= IssuerKey{q.after_issuer, q.after_class}) continue;
        if (rows.count() == q.limit) return true;
        const Wide holds = held(key.first, key.second), owes = outstanding(key.first, key.second);
        row.origin = origin;
        row.issuer = key.first;
        row.class_id = key.second;
        row.outstanding = static_cast<std::uint64_t>(owes);
        row.held = static_cast<std::uint64_t>(holds);
        row.needed = static_cast<std::uint64_t>((owes * 80 + 99) / 100);
        row.ratio = owes == 0 ? 0 : static_cast<std::uint64_t>(holds * 10'000 / owes);
        row.is_short = row.held < row.needed;
        rows.add(row);
    }
    return false;
}

}  // namespace gridbook::twin
