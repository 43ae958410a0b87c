// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the twin remembers: plain values, all numbers in ticks, lots and micro-CNY. Nothing here decides
// anything. What participants have is in naive_accounts.hpp.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "tests/twin/naive_accounts.hpp"

namespace gridbook::twin {

// Everything the twin knows of an order, open or done.
struct Order {
    engine::OrderId id{};
    engine::AccountId account{};
    engine::Cid cid{};
    engine::InstrumentId instrument{};
    engine::Side side = engine::Side::buy;
    engine::OrderType type = engine::OrderType::limit;
    engine::TimeInForce tif = engine::TimeInForce::gate;
    engine::SelfTrade self_trade = engine::SelfTrade::cancel_taker;
    engine::OrderState state = engine::OrderState::open;
    engine::CancelReason reason = engine::CancelReason::none;
    bool post_only = false, capped = false;
    bool standby = false;           // beside the book, for deliveries that fail
    bool non_executable = false;    // beyond the effective band: shown, skipped
    bool reason_given = false;      // entered with a reason code
    std::int64_t price = 0;         // ticks
    std::int64_t qty = 0;           // lots, total
    std::int64_t cum = 0;           // lots filled
    std::int64_t left = 0;          // lots neither filled nor prevented
    std::int64_t hold = 0;          // micro-CNY: money held (buy), margin (sell) of what is left
    std::int64_t margin_price = 0;  // sell: max(P, G) at entry, ticks
    std::int64_t free = 0;          // sell: lots left that were bought and carry no margin; sold first
    std::uint64_t priority = 0;     // smaller is older
    engine::Sequence entered{};     // of the command that gave it its place
    engine::Time expire = engine::never;
    std::uint32_t session = 0;  // 0: none
    std::uint32_t band = 0;     // hard band version it was entered under
    std::int64_t guidance = 0;  // G at entry
    std::uint8_t soft = 0;      // flags guidance_below, guidance_above
    std::int32_t deviation = 0;

    bool live() const { return state == engine::OrderState::open || state == engine::OrderState::parked; }
    bool executable() const { return state == engine::OrderState::open && !non_executable; }
    std::int64_t leaves() const { return live() ? left : 0; }
};

// Where an order stands among those of its side: the best price first, then the oldest.
struct Place {
    std::int64_t rank = 0;  // ticks, of bids negative
    std::uint64_t priority = 0;
    const Order* order = nullptr;
    bool operator<(const Place& other) const {
        return std::pair{rank, priority} < std::pair{other.rank, other.priority};
    }
};

struct Book {
    std::set<Place> bids, asks;
};

// A strip, resting or done. A sell strip has its margin and its bought units hour by hour.
struct Strip {
    engine::OrderId id{};
    engine::AccountId account{};
    engine::Cid cid{};
    engine::FamilyId family{};
    engine::Period start{};
    std::uint16_t hours = 0;
    engine::Side side = engine::Side::buy;
    engine::TimeInForce tif = engine::TimeInForce::gate;
    engine::OrderState state = engine::OrderState::open;
    engine::CancelReason reason = engine::CancelReason::none;
    std::int64_t price = 0;  // limit on the average, ticks
    std::int64_t lots = 0;   // in each hour
    std::int64_t hold = 0;   // buy: money held; sell: margin of all hours
    std::vector<std::int64_t> margin, free;
    std::uint64_t priority = 0;
    engine::Sequence entered{};
    std::uint32_t session = 0, band = 0;
    std::int64_t guidance = 0;
    std::uint8_t soft = 0;

    engine::InstrumentId hour(std::int64_t k) const {
        return engine::instrument(family, engine::Period{start.value + static_cast<std::uint32_t>(k)});
    }
};

// An any-of order: done as soon as it is told.
struct AnyOf {
    engine::AnyOfEvent told{};  // its hold is 0 once it is filled
    engine::AccountId account{};
    engine::Sequence entered{};
    std::uint32_t band = 0;
    std::int64_t guidance = 0;
};

// Who delivers how much to whom, in the minutes [first, first + minutes) of the window; and what both sides
// said of each minute, in lots. All of a token day counts once it is over, but for the requests that failed.
struct Delivery {
    engine::DeliveryId id{}, replaces{};
    engine::InstrumentId instrument{};
    engine::AccountId seller{}, buyer{};
    std::int64_t price = 0;  // ticks
    std::int64_t qty = 0;    // lots
    std::int64_t first = 0, minutes = 0;
    std::int64_t missed = 0;  // in a row
    engine::DeliveryState state = engine::DeliveryState::gated;
    engine::Text<32> endpoint{};
    std::map<std::int64_t, std::int64_t> by_seller, by_buyer;  // minute to lots
    std::optional<std::int64_t> failed_from;                   // the minute that began when it failed
    std::int64_t covered = 0;                                  // its lot-minutes that others took over
    std::int64_t stands_for = 0;                               // lots of the delivery that it replaces
    std::int64_t whole = 0;                                    // lot-minutes of a token day that is over
    std::uint64_t drawn = 0;                                   // of a token day, quarters of a token
    // What a side said of a token day last: all requests from its beginning up to a minute, and those served.
    struct Day {
        std::uint32_t minute = 0;
        std::uint64_t all = 0, served = 0;
    };
    std::optional<Day> day_by_seller, day_by_buyer;

    bool failed() const { return failed_from.has_value(); }
    std::int64_t promised() const { return qty * minutes; }
    // The lesser of both; the seller's word where the buyer is silent, nothing where the seller is.
    std::int64_t counted(std::int64_t minute) const {
        const auto said = by_seller.find(minute), heard = by_buyer.find(minute);
        if (said == by_seller.end()) return 0;
        return heard == by_buyer.end() ? said->second : std::min(said->second, heard->second);
    }
    std::int64_t delivered() const {
        std::int64_t sum = whole;
        for (const auto& [minute, lots] : by_seller) sum += counted(minute);
        return sum;
    }
    // Of a token day, quarters of a token: what its buyer has left to draw, until the day is over.
    std::uint64_t remaining() const {
        const bool over = state != engine::DeliveryState::gated && state != engine::DeliveryState::delivering;
        return over ? 0 : static_cast<std::uint64_t>(qty) * engine::block_quarters - drawn;
    }
};

// A use of tokens, remembered by its account and usage id.
struct Drawn {
    std::array<std::byte, 96> body{};
    engine::TokensDrawn told{};
    engine::Time forgotten{};
    engine::AccountId holder{};  // whose holdings it was drawn from
};

// The terms on which a provider sells tokens.
struct Package {
    engine::PackageId id{};
    engine::AccountId issuer{};
    engine::OfferPackage terms{};
    bool withdrawn = false;
};

// What a buyer got of a package.
struct Grant {
    engine::GrantId id{};
    engine::PackageId package{};
    engine::AccountId issuer{}, buyer{};
    engine::OfferPackage terms{};
    std::uint32_t qty = 0;  // packages
    engine::Text<32> purchase{};
    std::uint64_t granted = 0, balance = 0;  // quarters of a token
    std::int64_t cost = 0;
    engine::Time begin{}, end{};  // of the first period, of the one it is in
    bool carried = false;
};

// Minutes of a delivery that one side says were metered wrongly; the delivery itself may be gone.
struct Dispute {
    engine::InstrumentId instrument{};
    engine::AccountId seller{}, buyer{};
    std::set<int> minutes;
    engine::Sha256 evidence{};
    bool suspended = false;
    std::int64_t stake = 0, held = 0;
};
using DisputeKey = std::pair<engine::DeliveryId, engine::Side>;  // and its claimant

// Lowest and highest price, both allowed.
struct Edges {
    std::int64_t lo = 0, hi = 0;
    bool inside(std::int64_t ticks) const { return lo <= ticks && ticks <= hi; }
    friend bool operator==(const Edges&, const Edges&) = default;
};

// The hard band in ticks. What the regulator never set follows G: 0.70 G rounded up, 1.40 G rounded down.
struct Band {
    std::uint32_t version = 0;
    std::int64_t lo = 0, hi = 0, guidance = 0;
    bool floor_set = false, ceiling_set = false;
    bool converted = false;      // from the benchmark's
    std::uint16_t proposer = 0;  // key index + 1
    engine::Time effective{};
    engine::Sequence blob{};
    engine::Text<24> rationale{};
    Edges edges() const { return {lo, hi}; }
    bool inside(std::int64_t ticks) const { return edges().inside(ticks); }
    // Do its orders or its references have anything to do with the other numbers?
    bool moved_by(const Band& after) const {
        return lo != after.lo || hi != after.hi || guidance != after.guidance;
    }
};

// A change that was accepted: what it sets, and when it comes into force.
struct BandChange {
    std::uint32_t version = 0;
    engine::SetBand asked{};
    engine::Time effective{};
    engine::Sequence blob{};
    std::uint16_t proposer = 0;
};

// A change of factors that was accepted.
struct FactorChange {
    std::uint32_t version = 0;
    engine::SetFactors asked{};
    engine::Time effective{};
    engine::Sequence blob{};
    std::uint16_t proposer = 0;
};

// Where the factors of a class come from. What is in force stands in the class itself.
struct Factors {
    std::uint32_t version = 1, last_version = 1;
    engine::Provenance provenance = engine::Provenance::nameplate;
    std::uint16_t own_train = 0, own_infer = 0;
    bool certified = false;
    std::uint16_t certified_train = 0, certified_infer = 0;
    engine::Time issued{};
    std::vector<FactorChange> scheduled;  // by effective time, then version

    std::uint16_t train() const { return certified ? std::min(own_train, certified_train) : own_train; }
    std::uint16_t infer() const { return certified ? std::min(own_infer, certified_infer) : own_infer; }
    engine::Time certificate_end() const { return certified ? issued + engine::day * 180 : engine::never; }
};

// A change that waits for a second regulator, or waited.
struct Proposed {
    engine::Change told{};
    engine::Command command{};
    engine::AccountId by{};
};

// Under whose signatures a change is made.
struct By {
    engine::Sequence proposed{};  // 0: the command itself
    std::uint16_t proposer = 0;
};

struct Family {
    engine::DefineFamily defined{};
    std::string symbol;
    Band band{};                        // in force
    std::uint32_t last_version = 0;     // accepted, perhaps not yet in force
    std::vector<BandChange> scheduled;  // by effective time, then version
    engine::Time suspended{};           // the dynamic layer is out of force until then; 0: in force
};

// One span of trades: their prices added, and how many.
struct Bucket {
    std::int64_t sum = 0;
    std::int64_t trades = 0;
};
// By the begin of the span.
using Buckets = std::map<engine::Time, Bucket>;

// The mean price of the trades of the last `window`, kept in buckets of `span`: the bucket that the window
// cuts counts with the share of its time that is left. As numerator and denominator, before it is cut to the
// tick.
struct Mean {
    engine::Wide sum = 0, weight = 0;
    std::int64_t trades = 0;
};
Mean mean_of(const Buckets& buckets, engine::Time now, engine::Duration window, engine::Duration span);

// An instrument between its listing and its window: phase, reference, limit state, pause.
struct Hour {
    engine::Phase phase = engine::Phase::open;
    // The reference: G of the moment until a mean of trades, a call or a reopening took over.
    bool taken_over = false;
    std::int64_t reference = 0;
    engine::Time since{};
    Buckets buckets;
    // What was told last, so that only what changes is told.
    std::int64_t standing_reference = 0;
    Edges standing{};
    engine::LimitKind limit = engine::LimitKind::none;
    std::int64_t limit_edge = 0;
    engine::Time limit_due{};
    // Of a pause: remembered from its begin.
    std::int64_t pause_reference = 0;
    std::int64_t pause_width = 0;
    Edges pause_edges{};
    engine::Time pause_end{}, next_indicative{};
    std::int64_t extension = 0;

    bool listed() const { return phase == engine::Phase::open || phase == engine::Phase::paused; }
};

struct Session {
    std::uint32_t id = 0;
    std::uint32_t connection = 0;
    engine::AccountId account{};
    engine::KeyIndex key{};
    engine::CancelOnDisconnect mode{};
    engine::Duration grace{};
    bool lost = false;
    engine::Time due{};
    engine::Sequence armed{};
};

struct DeadMansSwitch {
    engine::Time due{};
    engine::Sequence armed{};
};

// What is killed.
struct KillSwitches {
    std::set<engine::AccountId> accounts;
    std::set<engine::GroupId> groups;
    std::set<engine::InstrumentId> instruments;
    std::set<engine::FamilyId> families;
    bool market = false;
};

// Remembered for its cid: an order, a strip, an any-of, or a refusal.
struct Remembered {
    engine::Command body{};  // without its header
    engine::OrderId id{};
    bool refusal = false;
    engine::Refused refused{};
    engine::Time done = engine::never;
};

inline engine::Price price_of(std::int64_t ticks) { return engine::Price{static_cast<std::int32_t>(ticks)}; }
inline std::int64_t narrow(engine::Wide value) {
    return static_cast<std::int64_t>(value > INT64_MAX ? INT64_MAX : value);
}

}  // namespace gridbook::twin
