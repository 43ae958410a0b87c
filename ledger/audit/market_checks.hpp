// SPDX-License-Identifier: Apache-2.0
#pragma once
// What must always hold (market-rules section 9), followed through the events alone. It keeps its own books:
// postings, bands, best prices, capacity. It neither asks the engine nor knows how the engine decides.

#include <set>

#include "ledger/audit/capacity_book.hpp"
#include "ledger/audit/cid_check.hpp"
#include "ledger/audit/package_check.hpp"
#include "ledger/audit/token_check.hpp"
#include "ledger/postings.hpp"

namespace gridbook::ledger {

class MarketChecks {
  public:
    explicit MarketChecks(const engine::Genesis& genesis)
        : cids_(genesis), postings_(genesis), tokens_(genesis, postings_), packages_(postings_, tokens_) {}
    MarketChecks(const MarketChecks&) = delete;
    MarketChecks& operator=(const MarketChecks&) = delete;

    // A command begins, its events follow, it ends. A book may be crossed while work goes on in follow-on
    // commands, so that is looked at when the next command is none, and at the end when nothing is left over.
    void begin(const engine::Command& command);
    void see(const engine::Event& event);
    void end(engine::Sequence sequence);
    void finish(engine::Sequence last, bool unfinished);

    const Postings& postings() const { return postings_; }
    const Balances& balances() const { return balances_; }
    const std::vector<engine::AccountId>& accounts() const { return accounts_; }
    const CapacityBook& capacities() const { return capacities_; }

    Check zero_sum{"zero_sum", "every entry sums to zero"};
    Check clearing{"clearing", "clearing is zero after every command"};
    Check formulas{"formulas", "holds, margins, fees and taxes told are those of the rules"};
    Check not_negative{"not_negative", "no balance below zero"};
    Check capacity{"capacity", "sold + open sells - bought <= registered - in maintenance"};
    Check pairs{"pairs", "traded buys equal traded sells"};
    Check bands{"bands", "no trade outside its effective band or its open phase"};
    Check crossed{"crossed", "no crossed book"};
    Check streams{"streams", "every account's stream without gaps"};
    const Check& cids() const { return cids_.once; }
    const TokenCheck& tokens() const { return tokens_; }
    const PackageCheck& packages() const { return packages_; }
    std::uint64_t trades() const { return trades_; }

    // For the report's numbers.
    std::vector<Check*> all();

  private:
    struct Band {
        engine::Price floor{}, ceiling{};
        std::uint32_t version = 0;
    };
    // What was told of the effective band of an instrument: only families with a dynamic layer are told.
    struct Effective {
        engine::Price low{}, high{};
    };
    // Executable lots by price; parked and non-executable orders are not in it.
    struct Book {
        std::map<engine::Price, std::uint64_t> bids, asks;
    };
    struct Volume {
        std::uint64_t bought = 0, sold = 0;
    };

    void check_stream(const engine::EventHeader& header);
    void learn(const engine::Event& event);
    void post(const engine::Event& event);
    void move_in_book(engine::OrderId id, bool enter);
    void see_order(const engine::EventHeader& header, engine::OrderId id, const engine::Cid& cid,
                   engine::OrderState state, bool known);
    void touch_strip(engine::OrderId id);
    void see_fill(const engine::EventHeader& header, const engine::Fill& fill);
    void keep_standby(const engine::OrderEvent& told);
    void see_taken_over(const engine::Event& event, bool was_open);
    void check_pair(const engine::EventHeader& header, const engine::Fill& taker);
    void check_band(const engine::EventHeader& header, const engine::Fill& fill);
    void touch_owed(engine::AccountId account, engine::FamilyId family);
    void see_maintenance(const engine::Event& event);
    void check_capacity(engine::Sequence sequence, const PositionKey& key);
    void check_balance(engine::Sequence sequence, engine::AccountId account);
    void check_crossed(engine::Sequence sequence);

    CidCheck cids_;
    Postings postings_;
    TokenCheck tokens_;
    PackageCheck packages_;
    Balances balances_;
    std::vector<engine::AccountId> accounts_;
    std::map<engine::AccountId, engine::GroupId> groups_;
    std::map<engine::AccountId, engine::StreamNumber> streams_;
    std::map<engine::FamilyId, Band> bands_;
    std::set<engine::FamilyId> dynamic_;
    std::map<engine::InstrumentId, Effective> effective_;
    std::map<engine::InstrumentId, engine::Phase> phases_;
    std::map<engine::InstrumentId, Book> books_;
    std::map<engine::InstrumentId, Volume> volumes_;
    CapacityBook capacities_;
    std::optional<std::pair<engine::EventHeader, engine::Fill>> maker_;  // its taker comes next
    std::map<engine::OrderId, engine::Cid> standby_;                     // open standby offers
    std::uint64_t trades_ = 0;

    // What the command touched, checked at its end.
    std::set<engine::AccountId> touched_accounts_;
    std::set<PositionKey> touched_positions_;
    std::set<engine::InstrumentId> touched_books_;
    engine::Sequence last_{};
};

}  // namespace gridbook::ledger
