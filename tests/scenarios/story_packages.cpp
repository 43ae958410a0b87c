// SPDX-License-Identifier: Apache-2.0
// The words for token packages: what providers offer and buyers buy, and what everybody may ask.
#include "tests/scenarios/words.hpp"

namespace gridbook::tests {

// prov offer 10 blocks of CHAT for 30 days at 100.00 carry 20 overage 15.00
Events Story::offer(const std::string& who, Words& words) {
    engine::OfferPackage body;
    body.blocks = static_cast<std::uint32_t>(std::stoul(words.next()));
    words.expect("blocks");
    words.expect("of");
    body.class_id = engine::ClassId{family_id(words.next()).value};
    words.expect("for");
    body.days = static_cast<std::uint32_t>(std::stoul(words.next()));
    words.expect("days");
    words.expect("at");
    body.price = money(words.next());
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word == "carry")
            body.carry = static_cast<std::uint32_t>(std::stoul(words.next()));
        else if (word == "overage")
            body.overage = money(words.next());
        else
            words.refuse(word);
    }
    return send_for(who, body);
}

// prov take-back 1
Events Story::take_back(const std::string& who, Words& words) {
    engine::WithdrawPackage body;
    body.package = engine::PackageId{static_cast<std::uint32_t>(std::stoul(words.next()))};
    return send_for(who, body);
}

// acme take 2 of package 1 as p-1
Events Story::take_package(const std::string& who, Words& words) {
    engine::BuyPackage body;
    body.qty = static_cast<std::uint32_t>(std::stoul(words.next()));
    words.expect("of");
    words.expect("package");
    body.package = engine::PackageId{static_cast<std::uint32_t>(std::stoul(words.next()))};
    words.expect("as");
    body.purchase = engine::Text<32>{words.next()};
    return send_for(who, body);
}

// packages | reserves | prov reserves | acme grants
Events Story::package_question(engine::AccountId who, const std::string& what) {
    Events rows;
    if (what == "packages") rows = driver_.ask(tests::question(engine::QueryPackages{.limit = 1'000}, who));
    if (what == "reserves") rows = driver_.ask(tests::question(engine::QueryReserves{.limit = 100}, who));
    if (what == "grants") rows = driver_.ask(tests::question(engine::QueryGrants{.limit = 1'000}, who));
    if (rows.size() > 1) rows.pop_back();
    return rows;
}

}  // namespace gridbook::tests
