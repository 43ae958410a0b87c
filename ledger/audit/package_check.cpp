// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit/package_check.hpp"

#include <fmt/format.h>

namespace gridbook::ledger {

using engine::GrantChange;
using engine::GrantChanged;
using engine::Side;

namespace {

// The same news, but for whom it is told to.
bool alike(const GrantChanged& a, const GrantChanged& b) {
    return a.grant == b.grant && a.package == b.package && a.class_id == b.class_id && a.change == b.change &&
           a.end == b.end && a.balance == b.balance && a.amount == b.amount && a.excess == b.excess &&
           a.cost == b.cost && a.reference == b.reference;
}

}  // namespace

void PackageCheck::see(const engine::Event& event) {
    now_ = std::max(now_, event.header.time);
    switch (event.kind()) {
        case engine::EventKind::family_defined: {
            const auto family = event.as<engine::FamilyDefined>();
            if (family.product == engine::Product::token) classes_[family.id] = family.class_id;
            return;
        }
        case engine::EventKind::phase_changed: return see_phase(event.as<engine::PhaseChanged>());
        case engine::EventKind::tokens_drawn:
            if ((event.header.flags & engine::event_flag::duplicate) == 0)
                drawn_ = event.as<engine::TokensDrawn>();
            return;
        case engine::EventKind::package: return see_package(event.header, event.as<engine::PackageChanged>());
        case engine::EventKind::grant: return see_grant(event.header, event.as<GrantChanged>());
        default: return;
    }
}

void PackageCheck::see_phase(const engine::PhaseChanged& told) {
    if (!classes_.contains(told.instrument.family)) return;
    using enum engine::Phase;
    if (told.phase == open || told.phase == paused || told.phase == call)
        tradable_.insert(told.instrument);
    else
        tradable_.erase(told.instrument);
}

void PackageCheck::see_package(const engine::EventHeader& header, const engine::PackageChanged& told) {
    bool asked = command_.header.account == told.issuer && header.account == told.issuer;
    if (told.change == engine::PackageChange::offered) {
        const auto offer = command_.as<engine::OfferPackage>();
        asked = asked && command_.kind() == engine::CommandKind::offer_package &&
                offer.class_id == told.class_id && offer.blocks == told.blocks && offer.days == told.days &&
                offer.carry == told.carry && offer.price == told.price && offer.overage == told.overage;
    } else {
        asked = asked && command_.kind() == engine::CommandKind::withdraw_package &&
                command_.as<engine::WithdrawPackage>().package == told.package;
    }
    grants.expect(asked, header.sequence, [&] {
        return fmt::format("package {} was told otherwise than it was asked for", told.package.value);
    });
}

// Told to the issuer, then alike to the buyer; only a notice goes to the buyer alone.
void PackageCheck::see_grant(const engine::EventHeader& header, const GrantChanged& told) {
    if ((header.flags & engine::event_flag::duplicate) != 0) return see_again(header, told);
    const bool first = told.party == Side::sell || told.change == GrantChange::notice;
    const bool in_turn =
        first ? to_issuer_.grant == engine::GrantId{}
              : alike(told, to_issuer_) && to_issuer_.other == header.account && by_the_command(told);
    grants.expect(in_turn && in_time(header, told), header.sequence, [&] {
        return fmt::format("grant {}: this was not to be told now, or not so", told.grant.value);
    });
    if (told.party == Side::sell) to_issuer_ = told;
    if (told.party == Side::buy && !first) to_issuer_ = {};
    if (told.change == GrantChange::bought) see_bought(header, told);
    if (told.change == GrantChange::drawn && told.party == Side::sell) {
        const bool same = drawn_.grant == told.grant && drawn_.amount == told.amount &&
                          drawn_.remaining == told.balance && drawn_.usage == told.reference;
        grants.expect(same, header.sequence, [&] {
            return fmt::format("grant {}: {} quarters were drawn of it, the use was {}", told.grant.value,
                               told.amount, drawn_.amount);
        });
        drawn_ = {};
    }
    if (told.change == GrantChange::expired && told.party == Side::buy)
        std::erase_if(bought_, [&](const auto& row) { return row.second.grant == told.grant; });
}

// A purchase or a draw is the command's; what ends by itself has none.
bool PackageCheck::by_the_command(const GrantChanged& told) const {
    if (told.change == GrantChange::bought) {
        if (command_.kind() != engine::CommandKind::buy_package) return false;
        const auto purchase = command_.as<engine::BuyPackage>();
        const OpenPackage* package = postings_.package(told.package);
        return purchase.package == told.package && purchase.purchase == told.reference &&
               package != nullptr && package->sold &&
               told.amount == purchase.qty * (package->blocks * engine::block_quarters) &&
               command_.header.account == to_issuer_.other;
    }
    if (told.change != GrantChange::drawn) return true;
    return command_.kind() == engine::CommandKind::draw_tokens &&
           command_.as<engine::DrawTokens>().grant == told.grant &&
           command_.header.account == to_issuer_.other;
}

// What a clock tells is told when it is due, and nothing else behind that: a balance is carried over once, in
// the middle of all its days.
bool PackageCheck::in_time(const engine::EventHeader& header, const GrantChanged& told) const {
    const auto found = postings_.grants().find(told.grant);
    switch (told.change) {
        case GrantChange::notice: return told.balance > 0 && header.time == told.end - engine::day;
        case GrantChange::expired: return header.time == told.end;
        case GrantChange::carried:
            return found != postings_.grants().end() && told.balance > 0 &&
                   header.time - found->second.begin == found->second.end - header.time;
        default: return header.time < told.end;
    }
}

void PackageCheck::see_bought(const engine::EventHeader& header, const GrantChanged& told) {
    if (told.party == Side::buy) {
        const bool fresh =
            bought_.try_emplace({header.account, std::string(told.reference.view())}, told).second;
        return purchases.expect(fresh, header.sequence, [&] {
            return fmt::format("account {}: purchase \"{}\" bought again", header.account.value,
                               told.reference.view());
        });
    }
    const Reserve now = reserve(header.account, told.class_id);
    const auto wide = [](std::uint64_t n) { return static_cast<engine::Wide>(n); };
    reserves.expect(wide(now.held) * 100 >= wide(now.outstanding) * 80, header.sequence, [&] {
        return fmt::format("account {} sold grant {} holding {} quarters for {} that could be drawn",
                           header.account.value, told.grant.value, now.held, now.outstanding);
    });
}

void PackageCheck::see_again(const engine::EventHeader& header, const GrantChanged& told) {
    const auto found = bought_.find({header.account, std::string(told.reference.view())});
    const bool same =
        found != bought_.end() && alike(told, found->second) && header.number == engine::StreamNumber{};
    purchases.expect(same, header.sequence, [&] {
        return fmt::format("account {}: purchase \"{}\" was told otherwise than it was answered",
                           header.account.value, told.reference.view());
    });
}

PackageCheck::Reserve PackageCheck::reserve(engine::AccountId issuer, engine::ClassId class_id) const {
    const auto of_class = [&](engine::FamilyId family) {
        const auto found = classes_.find(family);
        return found != classes_.end() && found->second == class_id;
    };
    Reserve r{.held = tokens_.held(issuer, of_class)};
    for (const auto& [id, grant] : postings_.grants()) {
        const OpenPackage* package = postings_.package(grant.package);
        if (grant.issuer != issuer || package == nullptr || package->class_id != class_id) continue;
        r.issued += grant.granted;
        r.outstanding += grant.balance;
    }
    for (const engine::InstrumentId day : tradable_) {
        const auto sums = postings_.positions().find({issuer, day});
        if (sums == postings_.positions().end() || !of_class(day.family)) continue;
        const std::int64_t blocks = sums->second.bought.value - sums->second.sold.value;
        if (blocks > 0) r.held += static_cast<std::uint64_t>(blocks) * engine::block_quarters;
    }
    return r;
}

// What is told to the issuer is told to the buyer, and a draw by a grant is told by it.
void PackageCheck::end(engine::Sequence sequence) {
    if (to_issuer_.grant != engine::GrantId{})
        grants.fail(sequence, fmt::format("grant {}: its buyer was told nothing", to_issuer_.grant.value));
    if (drawn_.grant != engine::GrantId{})
        grants.fail(sequence, fmt::format("grant {} does not tell what was drawn", drawn_.grant.value));
    to_issuer_ = {};
    drawn_ = {};
}

void PackageCheck::finish(engine::Sequence last) {
    for (const auto& [id, grant] : postings_.grants())
        if (grant.end < now_) grants.fail(last, fmt::format("grant {} did not end", id.value));
    grants.tell(fmt::format("{} packages and changes of grants", grants.examined()));
    purchases.tell(fmt::format("{} purchases", purchases.examined()));
    reserves.tell(fmt::format("{} sales", reserves.examined()));
}

}  // namespace gridbook::ledger
