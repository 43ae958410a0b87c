// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is open, as events alone tell it: orders, strips, deliveries, disputes, packages and their grants, and
// the sums of positions. The postings keep it (postings.hpp); nothing here knows the engine's own tables.

#include <utility>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::ledger {

// An order as the events tell it, while something of it is left.
struct OpenOrder {
    engine::AccountId account = engine::no_account;
    engine::InstrumentId instrument{};
    engine::Price price{};
    engine::Price margin_price{};  // sell: max(P, G) when it took its place
    std::uint32_t qty = 0;         // lots
    std::uint32_t leaves = 0;
    std::uint32_t cum = 0;
    std::uint32_t free = 0;  // lots of the leaves that were bought before: no margin, sold first
    engine::Side side = engine::Side::buy;
    engine::OrderState state = engine::OrderState::open;
    bool executable = true;  // not flagged NON_EXECUTABLE, no standby offer
};

// A strip or an any-of: one order over consecutive hours of one family. A buyer's hold is one amount for all
// hours, a seller's margin is one amount an hour.
struct OpenStrip {
    struct Leg {
        std::uint32_t leaves = 0;
        std::uint32_t free = 0;  // as in OpenOrder
    };
    engine::AccountId account = engine::no_account;
    engine::InstrumentId first{};
    engine::Price price{};
    engine::Price margin_price{};
    engine::Money hold{};   // buy: what is left of it
    std::uint32_t qty = 0;  // lots in each hour
    engine::Side side = engine::Side::buy;
    engine::OrderKind of = engine::OrderKind::strip;
    std::vector<Leg> legs{};

    engine::InstrumentId hour(std::size_t leg) const {
        return engine::instrument(first.family,
                                  engine::Period{first.period.value + static_cast<std::uint32_t>(leg)});
    }
    bool filled() const;
};

// What one side said of the minutes of a delivery. Most are whole, so only the others are kept one by one.
struct MinutesSaid {
    struct Part {
        std::uint32_t minute = 0;
        std::uint32_t lots = 0;
    };
    std::uint64_t told = 0;   // bit m: minute m was reported
    std::uint64_t whole = 0;  // bit m: with all that was promised
    std::vector<Part> parts{};

    bool has(std::uint32_t minute) const { return (told >> minute & 1) != 0; }
    void put(std::uint32_t minute, std::uint32_t lots, std::uint32_t promised);
    std::uint32_t lots(std::uint32_t minute, std::uint32_t promised) const;
};

// What one side said of a token day last: all requests from its beginning up to a minute, and those served.
struct RequestsSaid {
    std::uint64_t all = 0;  // 0: nothing
    std::uint64_t served = 0;
    std::uint32_t minute = 0;
};

// A delivery as the events tell it, until it is settled.
struct OpenDelivery {
    engine::InstrumentId instrument{};
    engine::AccountId seller = engine::no_account;
    engine::AccountId buyer = engine::no_account;
    engine::DeliveryId replaces{};
    engine::Price price{};
    std::uint32_t qty = 0;       // lots
    std::uint64_t replaced = 0;  // lot-minutes that others deliver in its place
    std::uint16_t first_minute = 0;
    std::uint16_t minutes = 0;
    engine::DeliveryState state = engine::DeliveryState::none;
    MinutesSaid by_seller{}, by_buyer{};
    RequestsSaid day_by_seller{}, day_by_buyer{};

    std::uint64_t promised() const { return std::uint64_t{qty} * minutes; }
    std::uint32_t counted(std::uint32_t minute) const;  // lots: the lesser of what both said
    std::uint64_t metered() const;                      // lot-minutes
    const RequestsSaid& requests() const;               // of who says that the lesser share was served
};

// A dispute that is not decided, by delivery and claimant. The stake is known from the settlement on.
struct OpenDispute {
    engine::AccountId seller = engine::no_account;
    engine::AccountId buyer = engine::no_account;
    std::uint64_t minutes = 0;
    engine::Money stake{}, held{};
    engine::AccountId payer(engine::Side claimant) const {
        return claimant == engine::Side::sell ? buyer : seller;
    }
};
using DisputeKey = std::pair<engine::DeliveryId, engine::Side>;

// Money that an account asked back, held until it is decided.
struct OpenPayout {
    engine::AccountId account = engine::no_account;
    engine::Money amount{};
};

// A token package, while it is sold or grants of it are open.
struct OpenPackage {
    engine::AccountId issuer = engine::no_account;
    engine::ClassId class_id{};
    std::uint32_t blocks = 0;
    std::uint32_t days = 0;
    std::uint32_t carry = 0;   // percent
    engine::Money price{};     // of one
    engine::Money overage{};   // of a block beyond the balance
    std::uint32_t grants = 0;  // open
    bool sold = true;          // false: withdrawn
};

// What a buyer got of packages; quarters of a standard token.
struct OpenGrant {
    engine::PackageId package{};
    engine::AccountId issuer = engine::no_account;
    engine::AccountId buyer = engine::no_account;
    std::uint32_t qty = 0;  // packages
    std::uint64_t granted = 0;
    std::uint64_t balance = 0;
    engine::Time begin{};
    engine::Time end{};  // of the period it is in
    bool carried = false;
};

// What a tier promises (market-rules section 7).
struct Promise {
    std::uint32_t availability = 0;  // thousandths of a percent
    engine::BasisPoints penalty{};   // lambda
};

// What a participant has sold, bought and offered in an instrument, in lots.
struct PositionSums {
    engine::Quantity bought{};
    engine::Quantity sold{};
    engine::Quantity open_sells{};
    engine::Quantity reoffered{};
    engine::Money margin{};  // of sold lots
    engine::Money receivable{};
    engine::Money fee{};  // of sells, posted when the position is settled; so is the tax
    engine::Money tax{};
    engine::Money owed{};       // refunds and penalties of its deliveries
    engine::Quantity paired{};  // lots it delivers less lots that it is delivered
    bool idle() const { return bought == engine::Quantity{} && sold == bought && open_sells == bought; }
};
using PositionKey = std::pair<engine::AccountId, engine::InstrumentId>;

}  // namespace gridbook::ledger
