// SPDX-License-Identifier: Apache-2.0
// What issuers and buyers of token packages send: terms, purchases and their ids again, draws by grant within
// the balance and beyond it, and whatever is refused.
#include <algorithm>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

using engine::AccountId;
using engine::ClassId;
using engine::GrantId;
using engine::PackageId;

// How many may be kept: few, so that they run out, of grants too; none where nothing is drawn, and in one
// flow more.
std::uint16_t Flow::packages() const {
    constexpr std::uint16_t sizes[] = {3, 8, 1, 0, 2, 0, 5, 12};
    return draws_log2() == 0 ? std::uint16_t{0} : sizes[seed_ / 2 % 8];
}

engine::Command Flow::package() {
    if (seen_.genesis().packages == 0 && !one_in(6)) return place();
    if (seen_.kills().market && !one_in(4)) return buy();
    // Where there is place for one alone, its grants are what runs out.
    if (seen_.genesis().packages == 1 && !seen_.packages().empty() && !one_in(4)) return buy();
    const std::int64_t dice = between(1, 100);
    const bool few = seen_.packages().size() < seen_.genesis().packages;
    if (dice <= (few ? 30 : 8)) return offer();
    if (dice <= (few ? 32 : 11)) return withdraw();
    if (dice <= 40 && !purchases_.empty()) return buy_again();
    if (dice <= 50 && !seen_.grants().empty()) return draw_by_grant();
    return buy();
}

// Mostly the one of a few that holds most tokens of the class.
AccountId Flow::some_issuer(ClassId of) {
    AccountId who = some_account();
    if (one_in(12) || who.value >= seen_.accounts().size()) return who;
    for (int k = 0; k < 6; ++k) {
        const AccountId other = some_account();
        if (other.value < seen_.accounts().size() && seen_.held(other, of) > seen_.held(who, of)) who = other;
    }
    return who;
}

// So small that a few fit what is held, and so short that both periods end; where there is place for one
// alone, such that many are bought.
engine::Command Flow::offer() {
    engine::OfferPackage o;
    o.class_id = ClassId{static_cast<std::uint16_t>(one_in(30) ? between(0, 3) : 0)};
    o.blocks = static_cast<std::uint32_t>(one_in(6) ? between(1, 30) : between(1, 3));
    o.days = static_cast<std::uint32_t>(one_in(2) ? 1 : one_in(8) ? between(1, 40) : 2);
    constexpr std::uint32_t parts[] = {0, 0, 50, 100, 33, 1};
    o.carry = parts[between(0, 5)];
    o.price = engine::Money{one_in(5) ? between(1, 800'000'000) : between(1, 20'000'000)};
    if (!one_in(3)) o.overage = engine::Money{one_in(4) ? between(1, 800'000'000) : between(1, 9'000'000)};
    if (seen_.genesis().packages == 1)
        o.blocks = 1, o.days += 2, o.price = engine::Money{between(1, 900'000)};
    spoil(o);
    return from(one_in(40) ? engine::no_account : some_issuer(o.class_id), o);
}

// What no terms may be.
void Flow::spoil(engine::OfferPackage& o) {
    const std::int64_t dice = between(1, 40), most = seen_.genesis().max_notional;
    if (dice == 1) o.blocks = one_in(2) ? 0 : 1'000'001;
    if (dice == 2) o.days = one_in(2) ? 0 : 367;
    if (dice == 3) o.carry = static_cast<std::uint32_t>(between(101, 200));
    if (dice == 4) o.price = engine::Money{one_in(2) ? most + 1 : -between(0, 1)};
    if (dice == 5) o.overage = engine::Money{one_in(2) ? most + 1 : -1};
    if (dice == 6) o.class_id = ClassId{99};
    if (dice == 7)
        o.blocks = 1'000'000, o.days = 366, o.carry = 100, o.price = o.overage = engine::Money{most};
}

engine::Command Flow::withdraw() {
    engine::WithdrawPackage w;
    w.package = PackageId{static_cast<std::uint32_t>(between(0, 40))};
    if (one_in(20)) return from(engine::no_account, w);
    if (seen_.packages().empty() || one_in(10)) return from(some_account(), w);
    const Package& package = any(seen_.packages()).second;
    w.package = package.id;
    return from(one_in(15) ? some_account() : package.issuer, w);
}

// Mostly of what is sold, by somebody who may.
engine::Command Flow::buy() {
    engine::BuyPackage b;
    b.package = PackageId{static_cast<std::uint32_t>(between(0, 60))};
    b.purchase = engine::Text<32>{"p-" + std::to_string(++bought_)};
    b.qty = static_cast<std::uint32_t>(one_in(seen_.genesis().packages == 1 ? 20 : 5) ? between(1, 6) : 1);
    AccountId who = some_account();
    if (!seen_.packages().empty() && !one_in(20)) {
        const Package* package = &any(seen_.packages()).second;
        for (int k = 0; k < 4 && package->withdrawn; ++k) package = &any(seen_.packages()).second;
        b.package = package->id;
        if (one_in(20)) who = package->issuer;
    }
    const auto& killed = seen_.kills().accounts;
    if (!killed.empty() && one_in(3)) who = any(killed);
    // Now and then an id that this account has used, most often of a grant that is over.
    const engine::Command* earlier = purchases_.empty() || !one_in(4) ? nullptr : &any(purchases_);
    if (earlier != nullptr) {
        who = earlier->header.account;
        b.purchase = earlier->as<engine::BuyPackage>().purchase;
    }
    const std::int64_t dice = between(1, 60);
    if (dice == 1) b.qty = one_in(2) ? 0 : one_in(2) ? 1'001 : UINT32_MAX;
    if (dice == 2) b.qty = 1'000;
    if (dice == 3) b.purchase = {};
    const engine::Command c = from(who, b);
    purchases_.push_back(c);
    if (purchases_.size() > 120) purchases_.pop_front();
    return c;
}

// The same purchase id: the same body, another one, or another account's; of an open grant, or one that is
// over.
engine::Command Flow::buy_again() {
    engine::Command c = one_in(3) ? purchases_.front() : any(purchases_);
    auto b = c.as<engine::BuyPackage>();
    if (!seen_.grants().empty() && one_in(2)) {
        const Grant& grant = any(seen_.grants()).second;
        c.header.account = grant.buyer;
        b.package = grant.package;
        b.qty = grant.qty;
        b.purchase = grant.purchase;
    }
    const std::int64_t dice = between(1, 8);
    if (dice == 1) ++b.qty;
    if (dice == 2) b.package = PackageId{b.package.value + 1};
    if (dice == 3) return from(some_account(), b);
    return from(c.header.account, b);
}

// Within the balance, all of it, a quarter more, and far beyond it.
std::uint64_t Flow::some_excess(const Grant& grant) {
    const std::int64_t dice = between(1, 20);
    if (dice == 1) return grant.balance;
    if (dice == 2) return grant.balance + 1;
    if (dice <= 4) return grant.balance + static_cast<std::uint64_t>(between(1, 2'000'000));
    if (dice == 5)
        return grant.balance + engine::block_quarters * static_cast<std::uint64_t>(between(1, 400));
    return some_use(grant.balance);
}

engine::Command Flow::draw_by_grant() {
    const Grant* grant = &any(seen_.grants()).second;
    const auto good = [&] {
        return (grant->balance != 0 || one_in(4)) && (grant->id.value % 4 != 1 || one_in(20));
    };
    for (int k = 0; k < 3 && !good(); ++k) grant = &any(seen_.grants()).second;
    if (grant->id.value % 4 == 1 && !one_in(20)) return buy();  // hardly ever touched
    engine::DrawTokens d;
    d.usage = engine::Text<32>{"u-" + std::to_string(++usages_)};
    d.grant = grant->id;
    split(some_excess(*grant), d);
    if (one_in(10)) spoil(d);
    const std::int64_t dice = between(1, 40);
    if (dice <= 2) d.grant = GrantId{static_cast<std::uint32_t>(between(1, 300))};
    if (dice == 3) d.holding = engine::DeliveryId{static_cast<std::uint32_t>(between(1, 2'000))};
    const engine::Command c = from(one_in(25) ? some_account() : grant->buyer, d);
    draws_.push_back(c);
    if (draws_.size() > 60) draws_.pop_front();
    return c;
}

// To the notice or the end of the grant that comes next, or just before it.
bool Flow::sleep_to_a_grant() {
    engine::Time next = engine::never;
    for (const auto& [id, grant] : seen_.grants())
        for (const engine::Time then : {grant.end - engine::day, grant.end})
            if (then > now_) next = std::min(next, then);
    if (next > now_ + engine::hour * 30) return false;
    now_ = std::max(now_, next - engine::second * (one_in(2) ? 0 : between(1, 60)));
    return true;
}

}  // namespace gridbook::twin
