// SPDX-License-Identifier: Apache-2.0
#pragma once
// Token packages, followed through commands and events (engine README, Packages): every event is what its
// command asked for and is told alike to both sides, every purchase id buys once, nothing is sold beyond the
// reserve, and every grant ends when its days are over. Balances, costs and carry-overs are the postings'
// part. Amounts are quarters of a standard token.

#include <map>
#include <set>

#include "ledger/audit/token_check.hpp"

namespace gridbook::ledger {

class PackageCheck {
  public:
    // Both see an event before this does.
    PackageCheck(const Postings& postings, const TokenCheck& tokens) : postings_(postings), tokens_(tokens) {}

    void begin(const engine::Command& command) { command_ = command; }
    void see(const engine::Event& event);
    void end(engine::Sequence sequence);
    void finish(engine::Sequence last);

    // What an issuer owes of a class, and what it holds of it.
    struct Reserve {
        std::uint64_t issued = 0, outstanding = 0, held = 0;
        friend constexpr bool operator==(const Reserve&, const Reserve&) = default;
    };
    Reserve reserve(engine::AccountId issuer, engine::ClassId class_id) const;

    Check grants{"grants_told",
                 "packages and grants are told as they were asked for, until their days are over"};
    Check purchases{"purchase_once", "no purchase of packages made twice"};
    Check reserves{"reserve", "packages are sold only on a reserve of 80 % of what could be drawn"};

  private:
    using PurchaseKey = std::pair<engine::AccountId, std::string>;

    void see_phase(const engine::PhaseChanged& told);
    void see_package(const engine::EventHeader& header, const engine::PackageChanged& told);
    void see_grant(const engine::EventHeader& header, const engine::GrantChanged& told);
    void see_bought(const engine::EventHeader& header, const engine::GrantChanged& told);
    void see_again(const engine::EventHeader& header, const engine::GrantChanged& told);
    bool by_the_command(const engine::GrantChanged& told) const;
    bool in_time(const engine::EventHeader& header, const engine::GrantChanged& told) const;

    const Postings& postings_;
    const TokenCheck& tokens_;
    std::map<engine::FamilyId, engine::ClassId> classes_;  // of families of tokens
    std::set<engine::InstrumentId> tradable_;  // days of tokens that are open, paused or in a call
    std::map<PurchaseKey, engine::GrantChanged>
        bought_;  // as the buyer was answered, while the grant is open
    engine::Command command_{};
    engine::Time now_{};
    engine::GrantChanged to_issuer_{};  // what the buyer must be told next; of no grant: nothing
    engine::TokensDrawn drawn_{};       // of a draw by a grant, until the grant tells of it
};

}  // namespace gridbook::ledger
