// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stories of token packages: prov offers, acme and bert buy and draw; what happened a short line an event.
// Amounts in lines are standard tokens.

#include "tests/engine/tokens_story.hpp"

namespace gridbook::tests {

inline engine::Genesis packages_genesis(std::uint16_t packages = 8) {
    engine::Genesis g = drawing_genesis();
    g.packages = packages;
    return g;
}

inline std::string package_event_line(const engine::Event& e) {
    using engine::EventKind;
    if (e.kind() == EventKind::package) {
        const auto p = e.as<engine::PackageChanged>();
        return fmt::format("{} package {} {}", who(e.header.account), p.package.value,
                           p.change == engine::PackageChange::offered ? "offered" : "withdrawn");
    }
    if (e.kind() != EventKind::grant) return token_line(e);
    const auto g = e.as<engine::GrantChanged>();
    std::string line = fmt::format("{} grant {} {}", who(e.header.account), g.grant.value, word(g.change));
    if (g.amount != 0) line += " " + tokens_text(g.amount);
    if (g.excess != 0) line += fmt::format(", {} beyond", tokens_text(g.excess));
    if (g.cost != engine::Money{}) line += ", cost " + text_of(g.cost);
    line += ", balance " + tokens_text(g.balance);
    return (e.header.flags & engine::event_flag::duplicate) != 0 ? line + ", dup" : line;
}

inline Lines packages_told(const Events& events) {
    Lines lines;
    for (const engine::Event& e : events)
        if (std::string line = package_event_line(e); !line.empty()) lines.push_back(std::move(line));
    return lines;
}

// What a package says; ten blocks for ten days at 100, nothing beyond, unless told otherwise.
struct Terms {
    std::uint32_t blocks = 10, days = 10, carry = 0;
    const char* price = "100";
    const char* overage = "0";
    std::uint16_t class_id = 1;
};

class Packaging {
  public:
    explicit Packaging(const engine::Genesis& genesis = packages_genesis()) : x(genesis) {}

    static engine::Command offer(engine::AccountId from, const Terms& t) {
        engine::OfferPackage body;
        body.class_id = engine::ClassId{t.class_id};
        body.blocks = t.blocks;
        body.days = t.days;
        body.carry = t.carry;
        body.price = money(t.price);
        body.overage = money(t.overage);
        return engine::Command::of(body, from, engine::no_key, asked);
    }
    static engine::Command withdraw(engine::AccountId from, std::uint32_t package) {
        engine::WithdrawPackage body;
        body.package = engine::PackageId{package};
        return engine::Command::of(body, from, engine::no_key, asked);
    }
    static engine::Command buy(engine::AccountId from, std::uint32_t package, std::uint32_t qty,
                               std::string_view purchase) {
        engine::BuyPackage body;
        body.package = engine::PackageId{package};
        body.qty = qty;
        body.purchase = engine::Text<32>{purchase};
        return engine::Command::of(body, from, engine::no_key, asked);
    }
    static engine::Command draw(engine::AccountId from, std::uint32_t grant, std::string_view usage,
                                const Use& use) {
        engine::Command command = Drawing::draw(from, usage, use);
        auto body = command.as<engine::DrawTokens>();
        body.grant = engine::GrantId{grant};
        return engine::Command::of(body, from, engine::no_key, asked);
    }
    Events send(const engine::Command& command) { return x.d.send(command); }
    Lines told(const engine::Command& command) { return packages_told(send(command)); }
    Lines told_at(engine::Time time) {
        Lines lines = packages_told(x.d.at(time));
        // What becomes of the holdings is told elsewhere (tokens_test.cpp).
        std::erase_if(lines, [](const std::string& l) { return l.find(" grant ") == std::string::npos; });
        return lines;
    }
    // The issuer buys blocks of tomorrow's day (or a later one) of another, and holds them until they are
    // drawn.
    void stock(engine::AccountId issuer, int blocks, std::uint32_t days = 1,
               engine::FamilyId family = Drawing::east) {
        x.trade(Market::carl, issuer, blocks, family, days);
    }
    // Its reserve, as everybody may see it.
    engine::ReserveRow reserve(engine::AccountId issuer) {
        for (const engine::ReserveRow& row : rows<engine::ReserveRow>(engine::QueryReserves{.limit = 100}))
            if (row.issuer == issuer) return row;
        return {};
    }
    template <class Row, class Question>
    std::vector<Row> rows(const Question& q, engine::AccountId from = engine::no_account) {
        std::vector<Row> found;
        for (const engine::Event& e : x.d.m.ask(question(q, from)))
            if (e.kind() == Row::kind) found.push_back(e.as<Row>());
        return found;
    }
    engine::Money cash(engine::AccountId of) { return x.d.cash(of); }
    const engine::State& state() { return x.d.m.exchange().state(); }
    // What is kept of issuers is what their packages and grants come to.
    void sums_hold();

    Drawing x;
};

inline void Packaging::sums_hold() {
    const engine::State& s = state();
    std::uint64_t issued = 0, outstanding = 0, packages = 0, grants = 0;
    for (const engine::Backing& b : s.packages.backings()) {
        engine::Backing plain;
        for (std::uint32_t p = s.packages.first(); p != 0; p = s.packages.next(p))
            plain.packages += s.packages[p].issuer == b.issuer && s.packages[p].class_id == b.class_id;
        for (std::uint32_t g = s.grants.first(); g != 0; g = s.grants.next(g)) {
            const engine::Package& p = s.packages[s.packages.find(s.grants[g].package)];
            if (p.issuer != b.issuer || p.class_id != b.class_id) continue;
            plain.grants += 1;
            plain.issued += p.quarters(s.grants[g].qty);
            plain.outstanding += s.grants[g].balance;
        }
        REQUIRE(b.packages == plain.packages);
        REQUIRE(b.grants == plain.grants);
        REQUIRE(b.issued == plain.issued);
        REQUIRE(b.outstanding == plain.outstanding);
        packages += b.packages, grants += b.grants, issued += b.issued, outstanding += b.outstanding;
    }
    REQUIRE(packages == s.packages.used());
    REQUIRE(grants == s.grants.used());
    REQUIRE(outstanding <= issued);
}

}  // namespace gridbook::tests
