// SPDX-License-Identifier: Apache-2.0
// Token packages in the twin: what issuers offer, and what is sold as long as they hold enough (engine
// README, Packages).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::AccountId;
using engine::GrantChange;
using engine::Money;
using engine::PackageChange;
using engine::PackageId;
using engine::RejectField;
using engine::RejectReason;
using engine::Wide;

// Whoever asks for anything of packages.
NaiveExchange::Refusal NaiveExchange::packages_refusal() const {
    if (!account_known(header().account)) return refusal(RejectReason::account_unknown, RejectField::account);
    if (genesis_.packages == 0) return pool_full(engine::Pool::packages, 0);
    return std::nullopt;
}

engine::Refused NaiveExchange::package_unknown(RejectField field, std::uint32_t id) const {
    auto r = refusal(RejectReason::package_unknown, field);
    r.got = id;
    return r;
}

// ---- terms ----

void NaiveExchange::offer_package(const engine::OfferPackage& o) {
    if (const auto r = packages_refusal()) return refuse(*r);
    if (const auto r = class_refusal(o.class_id)) return refuse(*r);
    if (const auto r = terms_refusal(o)) return refuse(*r);
    if (packages_.size() >= genesis_.packages)
        return refuse(pool_full(engine::Pool::packages, genesis_.packages));
    const PackageId id{++last_package_};
    packages_[id] = {id, header().account, o, false};
    tell(packages_.at(id), PackageChange::offered);
}

NaiveExchange::Refusal NaiveExchange::terms_refusal(const engine::OfferPackage& o) const {
    struct Term {
        RejectField field;
        std::int64_t low, high, got;
    };
    for (const Term& t : {Term{RejectField::blocks, 1, 1'000'000, o.blocks},
                          Term{RejectField::days, 1, 366, o.days}, Term{RejectField::carry, 0, 100, o.carry},
                          Term{RejectField::price, 1, genesis_.max_notional, o.price.value},
                          Term{RejectField::overage, 0, genesis_.max_notional, o.overage.value}}) {
        if (t.got >= t.low && t.got <= t.high) continue;
        auto r = refusal(RejectReason::format_value, t.field);
        r.limit_low = t.low;
        r.limit_high = t.high;
        r.got = t.got;
        return r;
    }
    return std::nullopt;
}

void NaiveExchange::withdraw_package(const engine::WithdrawPackage& w) {
    if (const auto r = packages_refusal()) return refuse(*r);
    const auto known = packages_.find(w.package);
    if (known == packages_.end() || known->second.issuer != header().account || known->second.withdrawn)
        return refuse(package_unknown(RejectField::package, w.package.value));
    known->second.withdrawn = true;
    tell(known->second, PackageChange::withdrawn);
    drop_if_done(w.package);
}

std::uint32_t NaiveExchange::open_grants(PackageId id) const {
    return static_cast<std::uint32_t>(std::count_if(
        grants_.begin(), grants_.end(), [&](const auto& grant) { return grant.second.package == id; }));
}

// Withdrawn, and nothing of it is open any more.
void NaiveExchange::drop_if_done(PackageId id) {
    if (packages_.at(id).withdrawn && open_grants(id) == 0) packages_.erase(id);
}

// ---- sales ----

void NaiveExchange::buy_package(const engine::BuyPackage& b) {
    if (const auto r = packages_refusal()) return refuse(*r);
    if (bought_before(b)) return;
    if (const auto r = sale_refusal(b)) return refuse(*r);
    const Package& package = packages_.at(b.package);
    Grant g;
    g.id = engine::GrantId{++last_grant_};
    g.package = package.id;
    g.issuer = package.issuer;
    g.buyer = header().account;
    g.terms = package.terms;
    g.qty = b.qty;
    g.purchase = b.purchase;
    g.granted = g.balance = std::uint64_t{b.qty} * package.terms.blocks * engine::block_quarters;
    g.cost = b.qty * package.terms.price.value;
    g.begin = now_;
    g.end = now_ + engine::day * package.terms.days;
    accounts_[g.buyer.value].cash -= g.cost;
    accounts_[g.issuer.value].cash += g.cost;
    grants_[g.id] = g;
    tell(g, GrantChange::bought, g.granted, 0, g.cost, g.purchase);
}

// The same purchase id again, while its grant is open: what was answered then.
bool NaiveExchange::bought_before(const engine::BuyPackage& b) {
    for (const auto& [id, grant] : grants_) {
        if (grant.buyer != header().account || grant.purchase != b.purchase) continue;
        if (grant.package != b.package || grant.qty != b.qty) {
            refuse(refusal(RejectReason::cid_reused, RejectField::purchase));
            return true;
        }
        Grant first = grant;
        first.balance = first.granted;
        first.end = first.begin + engine::day * first.terms.days;
        engine::GrantChanged again = picture(first, GrantChange::bought, engine::Side::buy);
        again.origin = header().origin;
        again.amount = first.granted;
        again.cost = Money{first.cost};
        again.reference = first.purchase;
        emit(first.buyer, again, false, engine::event_flag::reply | engine::event_flag::duplicate);
        return true;
    }
    return false;
}

bool NaiveExchange::killed(AccountId account) const {
    return kills_.accounts.count(account) != 0 || kills_.groups.count(accounts_[account.value].group) != 0;
}

NaiveExchange::Refusal NaiveExchange::sale_refusal(const engine::BuyPackage& b) const {
    const auto known = packages_.find(b.package);
    if (known == packages_.end() || known->second.withdrawn)
        return package_unknown(RejectField::package, b.package.value);
    const Package& package = known->second;
    const AccountId buyer = header().account;
    if (killed(buyer) || killed(package.issuer)) return refusal(RejectReason::killed, RejectField::account);
    if (kills_.market) return refusal(RejectReason::killed, RejectField::none);
    if (same_group(buyer, package.issuer)) {
        auto r = refusal(RejectReason::format_value, RejectField::package);
        r.got = b.package.value;
        return r;
    }
    if (b.qty < 1 || b.qty > 1'000) {
        auto r = refusal(RejectReason::qty_limit, RejectField::qty);
        r.limit_low = engine::decimal_one;
        r.limit_high = 1'000 * engine::decimal_one;
        r.got = b.qty * engine::decimal_one;
        return r;
    }
    const Wide cost = Wide{b.qty} * package.terms.price.value;
    if (const auto r = notional_refusal(cost)) return r;
    const std::size_t places = std::size_t{genesis_.packages} * 16;
    if (grants_.size() >= places) return pool_full(engine::Pool::grants, static_cast<std::int64_t>(places));
    if (const auto r = funds_refusal(accounts_[buyer.value].cash, narrow(cost))) return r;
    return reserve_refusal(package, std::uint64_t{b.qty} * package.terms.blocks * engine::block_quarters);
}

// Four fifths of what is owed afterwards must be held.
NaiveExchange::Refusal NaiveExchange::reserve_refusal(const Package& package, std::uint64_t bought) const {
    const Wide holds = held(package.issuer, package.terms.class_id);
    const Wide owes = outstanding(package.issuer, package.terms.class_id) + bought;
    if (holds * 100 >= owes * 80) return std::nullopt;
    auto r = refusal(RejectReason::reserve, RejectField::package);
    r.limit_high = narrow(holds);
    r.got = narrow((owes * 80 + 99) / 100);
    return r;
}

// ---- telling ----

void NaiveExchange::tell(const Package& package, PackageChange change) {
    engine::PackageChanged e;
    e.origin = header().origin;
    e.package = package.id;
    e.issuer = package.issuer;
    e.class_id = package.terms.class_id;
    e.change = change;
    e.blocks = package.terms.blocks;
    e.days = package.terms.days;
    e.carry = package.terms.carry;
    e.price = package.terms.price;
    e.overage = package.terms.overage;
    emit(package.issuer, e, true, engine::event_flag::reply);
}

engine::GrantChanged NaiveExchange::picture(const Grant& grant, GrantChange change,
                                            engine::Side party) const {
    engine::GrantChanged e;
    e.grant = grant.id;
    e.package = grant.package;
    e.other = party == engine::Side::sell ? grant.buyer : grant.issuer;
    e.class_id = grant.terms.class_id;
    e.change = change;
    e.party = party;
    e.end = grant.end;
    e.balance = grant.balance;
    return e;
}

// To the issuer, then to the buyer; that it ends soon is the buyer's business alone.
void NaiveExchange::tell(const Grant& grant, GrantChange change, std::uint64_t amount, std::uint64_t excess,
                         std::int64_t cost, const engine::Text<32>& reference) {
    for (const engine::Side party : {engine::Side::sell, engine::Side::buy}) {
        const bool buys = party == engine::Side::buy;
        if (!buys && change == GrantChange::notice) continue;
        engine::GrantChanged e = picture(grant, change, party);
        const bool answers = buys && change == GrantChange::bought;
        if (answers) e.origin = header().origin;
        e.amount = amount;
        e.excess = excess;
        e.cost = Money{cost};
        e.reference = reference;
        emit(buys ? grant.buyer : grant.issuer, e, true,
             answers ? engine::event_flag::reply : std::uint8_t{0});
    }
}

}  // namespace gridbook::twin
