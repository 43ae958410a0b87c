// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the twin's market is made of: its whole state, what others may look at, and how it tells. What happens
// in it is in naive_exchange.hpp.

#include "tests/twin/naive_terms.hpp"

namespace gridbook::twin {

class NaiveMarket : protected NaiveTerms {
  public:
    using Events = std::vector<engine::Event>;
    using CidKey = std::pair<engine::AccountId, engine::Cid>;
    using PositionKey = std::pair<engine::AccountId, engine::InstrumentId>;
    using UsageKey = std::pair<engine::AccountId, engine::Text<32>>;
    using IssuerKey = std::pair<engine::AccountId, engine::ClassId>;

    // Books point to orders, so a twin is not copied.
    NaiveMarket() = default;
    NaiveMarket(const NaiveMarket&) = delete;
    NaiveMarket& operator=(const NaiveMarket&) = delete;

    // What a flow and the invariants look at.
    bool started() const { return started_; }
    engine::Time time() const { return now_; }
    engine::Sequence sequence() const { return sequence_; }
    const engine::Genesis& genesis() const { return genesis_; }
    const engine::SetRules& rules() const { return rules_; }
    const std::vector<Account>& accounts() const { return accounts_; }
    const std::vector<Key>& keys() const { return keys_; }
    const std::vector<Family>& families() const { return families_; }
    const std::vector<Factors>& factors() const { return factors_; }
    const std::map<std::uint32_t, Proposed>& changes() const { return changes_; }
    const std::vector<Resource>& resources() const { return resources_; }
    const std::map<engine::MaintenanceId, Maintenance>& maintenances() const { return maintenances_; }
    const std::map<engine::OrderId, Order>& live() const { return live_; }
    const std::map<engine::OrderId, Order>& done() const { return done_; }
    const std::map<engine::OrderId, Strip>& strips() const { return strips_; }
    const std::map<engine::OrderId, Strip>& done_strips() const { return done_strips_; }
    const std::map<engine::OrderId, AnyOf>& any_ofs() const { return any_ofs_; }
    const std::map<engine::OrderId, Order>& standbys() const { return standbys_; }
    const std::map<PositionKey, Position>& positions() const { return positions_; }
    const std::map<engine::DeliveryId, Delivery>& deliveries() const { return deliveries_; }
    const std::map<engine::PayoutId, Payout>& payouts() const { return payouts_; }  // not decided
    const std::map<DisputeKey, Dispute>& disputes() const { return disputes_; }     // not decided
    // Uses of tokens that are remembered, and some that may be forgotten by now.
    const std::map<UsageKey, Drawn>& draws() const { return draws_; }
    const std::map<engine::PackageId, Package>& packages() const { return packages_; }
    const std::map<engine::GrantId, Grant>& grants() const { return grants_; }
    // Lots that standby offers took over, by instrument: sold there, and bought nowhere.
    const std::map<engine::InstrumentId, std::int64_t>& replaced() const { return replaced_; }
    const std::vector<engine::DefineTier>& tiers() const { return tiers_; }
    const std::map<engine::InstrumentId, Hour>& hours() const { return hours_; }
    const std::vector<Session>& sessions() const { return sessions_; }
    const KillSwitches& kills() const { return kills_; }
    std::int64_t bank() const { return bank_; }
    std::int64_t fee_income() const { return fee_income_; }
    std::int64_t tax_payable() const { return tax_payable_; }
    std::int64_t default_fund() const { return default_fund_; }
    std::uint64_t trades() const { return trades_; }
    engine::Product product(engine::FamilyId family) const {
        return families_.at(family.value).defined.product;
    }
    // naive_maintenance.cpp, in lots: what is registered; what of it is not there in the window; what is, and
    // may be owed at most.
    std::int64_t registered(engine::AccountId account, engine::FamilyId family) const;
    std::int64_t maintained(engine::AccountId account, engine::InstrumentId window) const;
    std::int64_t capacity(engine::AccountId account, engine::InstrumentId window) const {
        return registered(account, window.family) - maintained(account, window);
    }
    // How often each mode of self-trade prevention acted.
    const std::map<engine::SelfTrade, std::size_t>& prevented() const { return prevented_; }

  protected:
    template <class Body>
    void emit(engine::AccountId account, const Body& body, bool numbered = false, std::uint8_t flags = 0);
    const engine::CommandHeader& header() const { return command_.header; }
    bool account_known(engine::AccountId account) const { return account.value < accounts_.size(); }
    bool same_group(engine::AccountId a, engine::AccountId b) const {
        return accounts_[a.value].group == accounts_[b.value].group;
    }
    Family& family(engine::InstrumentId i) { return families_[i.family.value]; }
    const Family& family(engine::InstrumentId i) const { return families_[i.family.value]; }

    Events* out_ = nullptr;
    engine::Command command_{};
    bool started_ = false;
    engine::Time now_{};
    engine::Sequence sequence_{};
    engine::Genesis genesis_{};
    engine::SetRules rules_{};
    std::vector<engine::DefineClass> classes_;  // with the factors in force
    std::vector<Factors> factors_;
    std::map<std::uint32_t, Proposed> changes_;
    std::uint32_t last_change_ = 0;
    std::vector<engine::DefineZone> zones_;
    std::vector<engine::DefineTier> tiers_;
    std::vector<Family> families_;
    std::vector<Account> accounts_;
    std::vector<Key> keys_;
    std::vector<Resource> resources_;
    std::map<engine::MaintenanceId, Maintenance> maintenances_;
    std::uint32_t last_maintenance_ = 0;
    std::vector<std::string> groups_;
    std::map<engine::OrderId, Order> live_, done_;
    std::map<engine::OrderId, Strip> strips_, done_strips_;
    std::map<engine::OrderId, Order> standbys_;
    std::map<engine::DeliveryId, Delivery> deliveries_;  // not settled
    std::uint32_t last_delivery_ = 0;
    std::map<engine::PayoutId, Payout> payouts_;
    std::uint32_t last_payout_ = 0;
    std::map<DisputeKey, Dispute> disputes_;
    std::map<UsageKey, Drawn> draws_;
    std::map<engine::PackageId, Package> packages_;  // sold, or withdrawn with open grants
    std::map<engine::GrantId, Grant> grants_;        // open
    std::uint32_t last_package_ = 0, last_grant_ = 0;
    std::set<engine::InstrumentId> gated_;  // somebody sold, bought or stood by; not settled
    engine::Time clocked_{};                // the last instant of the deliveries' clock
    std::map<engine::InstrumentId, std::int64_t> replaced_;
    std::map<engine::OrderId, AnyOf> any_ofs_;
    std::map<engine::InstrumentId, Book> books_;
    std::map<CidKey, Remembered> remembered_;
    std::map<std::uint64_t, std::pair<engine::OrderId, CidKey>> circle_;
    std::map<PositionKey, Position> positions_;
    std::map<engine::InstrumentId, Hour> hours_;
    std::map<engine::AccountId, DeadMansSwitch> switches_;
    std::vector<Session> sessions_;
    KillSwitches kills_;
    std::uint64_t records_ = 0, trades_ = 0, priorities_ = 0;
    std::uint32_t sessions_opened_ = 0;
    std::int64_t bank_ = 0, fee_income_ = 0, tax_payable_ = 0, default_fund_ = 0;
    engine::Time last_bucket_end_{};  // of the last trade that entered a bucket
    // What the command changed: instruments whose limit state must be looked at, those that traded, and
    // whether strips may fill that could not.
    std::set<engine::InstrumentId> touched_, traded_;
    bool moved_ = false;
    std::map<engine::SelfTrade, std::size_t> prevented_;
    bool phase_answers_ = false;  // the next phase_changed is the reply
};

template <class Body>
void NaiveMarket::emit(engine::AccountId account, const Body& body, bool numbered, std::uint8_t flags) {
    engine::Event event;
    event.header.sequence = sequence_;
    event.header.time = now_;
    event.header.account = account;
    event.header.key = command_.header.key;
    event.header.flags = flags;
    if (numbered) event.header.number = engine::StreamNumber{++accounts_[account.value].number};
    event.set(body);
    out_->push_back(event);
}

// numerator / denominator, half to even; both not negative.
inline std::int64_t half_even(engine::Wide numerator, engine::Wide denominator) {
    const engine::Wide whole = numerator / denominator, rest = numerator % denominator * 2;
    const bool up = rest > denominator || (rest == denominator && whole % 2 != 0);
    return static_cast<std::int64_t>(whole + (up ? 1 : 0));
}

}  // namespace gridbook::twin
