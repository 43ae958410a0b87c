// SPDX-License-Identifier: Apache-2.0
#pragma once
// Double entry: which money moves because of an event. Computed from events alone by the formulas of
// market-rules section 6, never from the engine's own holds, so that the two can be held against each other
// to the micro-CNY.
//
//   credit           bank -> cash (a negative amount: back)
//   buy order        cash -> hold, by formula on what is left; on replace and end the difference
//   sell order       cash -> margin, by formula on what is left without resold lots
//   strip, any-of    the same for all hours together; what the hold has left over returns with the last leg
//   fill of a buy    hold -> clearing (notional), fee_income, tax_payable, and back to cash what the hold
//                    had too much
//   fill of a sell   clearing -> receivable; the margin of sold lots stays where it is
//   replaced         receivable, margin, cash of the seller that failed, default_fund -> receivable of the
//                    one that takes over
//   delivery settled penalty of the seller -> cash of the buyer, for refund and penalty
//   position settled receivable, margin, cash, default_fund -> fee_income, tax_payable, penalty (what was
//                    refunded, so it is zero again), and what is left to cash
//
// Every entry sums to zero; clearing is zero after both fills of a trade. Where an event tells another amount
// than the formula, the formula is posted and the difference is told.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::ledger {

class Packer;
class Unpacker;

enum class MoneyAccount : std::uint8_t {
    // A participant's.
    cash,
    hold,
    margin,
    receivable,
    penalty,
    // The house's.
    clearing,
    fee_income,
    tax_payable,
    default_fund,
    bank,
    count_,
};
constexpr bool of_house(MoneyAccount a) { return a >= MoneyAccount::clearing; }

struct Posting {
    engine::AccountId account = engine::no_account;  // no_account: the house's
    MoneyAccount money = MoneyAccount::cash;
    engine::Money amount{};  // added to the account's balance
    friend constexpr auto operator<=>(const Posting&, const Posting&) = default;
};

enum class Cause : std::uint8_t {
    credit,
    order_entered,
    order_replaced,
    order_decremented,  // by self-trade prevention
    order_ended,
    bought,
    sold,
    delivery_replaced,
    delivery_settled,
    position_settled,
    dispute_suspended,
    dispute_decided,
    payout_requested,
    payout_paid,
    payout_refused,
};

struct Entry {
    engine::Sequence sequence{};
    engine::OrderId order{};
    engine::TradeId trade{};
    engine::DeliveryId delivery{};
    Cause cause{};
    std::vector<Posting> postings;

    engine::Money sum() const;
};

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

struct Difference {
    engine::Sequence sequence{};
    std::string text;
};

class Postings {
  public:
    explicit Postings(const engine::Genesis& genesis) : rates_(genesis) {}

    // The entries that `event` causes, in order; valid until the next call. Events come in journal order.
    std::span<const Entry> of(const engine::Event& event);
    // What the last event told otherwise than the formula, or what it told of an order that does not exist.
    const std::optional<Difference>& difference() const { return difference_; }

    using Orders = std::unordered_map<engine::OrderId, OpenOrder>;
    const Orders& orders() const { return orders_; }
    const OpenOrder* order(engine::OrderId id) const;
    using Strips = std::unordered_map<engine::OrderId, OpenStrip>;
    const Strips& strips() const { return strips_; }
    const OpenStrip* strip(engine::OrderId id) const;
    bool is_open(engine::OrderId id) const { return order(id) != nullptr || strip(id) != nullptr; }
    // Money that the formula holds for the order: a buyer's hold, a seller's margin.
    engine::Money held(const OpenOrder& order) const;
    engine::Money held(const OpenStrip& strip) const;
    const std::map<PositionKey, PositionSums>& positions() const { return positions_; }
    using Deliveries = std::unordered_map<engine::DeliveryId, OpenDelivery>;
    const Deliveries& deliveries() const { return deliveries_; }
    const std::map<DisputeKey, OpenDispute>& disputes() const { return disputes_; }
    const std::map<engine::PayoutId, OpenPayout>& payouts() const { return payouts_; }
    engine::Product product(engine::FamilyId family) const;
    engine::Price guidance(engine::FamilyId family) const;  // in force; 0: none was told

    // All of it for a snapshot, and back into a fresh one; the bytes are those of
    // snapshots/postings_state.cpp.
    void save(Packer& out) const;
    bool load(Unpacker& in);

  private:
    void credit(const engine::Event& event);
    void order_told(const engine::Event& event);
    void order_entered(const engine::Event& event, const engine::OrderEvent& told);
    void order_replaced(const engine::Event& event, const engine::OrderEvent& told, OpenOrder& order);
    void order_decremented(const engine::Event& event, const engine::OrderEvent& told, OpenOrder& order);
    void order_ended(const engine::Event& event, const engine::OrderEvent& told);
    void strip_told(const engine::Event& event);
    void any_of_told(const engine::Event& event);
    void strip_entered(const engine::Event& event, engine::OrderId id, OpenStrip strip, engine::Money told);
    void strip_ended(const engine::Event& event, engine::OrderId id, engine::Money told);
    void strip_filled(const engine::Event& event, const engine::Fill& fill);
    void strip_bought(const engine::Event& event, const engine::Fill& fill, OpenStrip& strip);
    void strip_sold(const engine::Event& event, const engine::Fill& fill, OpenStrip& strip,
                    OpenStrip::Leg& leg);
    void filled(const engine::Event& event);
    void bought(const engine::Event& event, const engine::Fill& fill, OpenOrder& order);
    void sold(const engine::Event& event, const engine::Fill& fill, OpenOrder& order);
    void family_told(const engine::FamilyDefined& family);
    void delivery_told(const engine::Event& event);
    void delivery_made(const engine::Event& event, const engine::DeliveryChanged& told);
    void metered(const engine::Event& event);
    void requests_told(const engine::Event& event, const engine::Metered& told, OpenDelivery& delivery);
    void stands_in(const engine::Event& event, const engine::DeliveryChanged& told);
    void replaced(const engine::Event& event);
    void standby_took_over(const engine::Event& event, const engine::Replaced& told, engine::Money cost);
    void failed_seller_pays(const engine::Event& event, const engine::Replaced& told, engine::Money cost);
    void delivery_settled(const engine::Event& event);
    void position_settled(const engine::Event& event);
    void put_at_stake(engine::DeliveryId id, const OpenDelivery& delivery);
    void payout_told(const engine::Event& event);
    void dispute_told(const engine::Event& event);
    void hold_stake(const engine::Event& event, const engine::DisputeChanged& told, OpenDispute& dispute);
    void give_stake(const engine::Event& event, const engine::DisputeChanged& told,
                    const OpenDispute& dispute);
    // What is given back of a delivery, if so many of its lot-minutes count.
    struct Shortfall {
        std::uint64_t short_of = 0;  // lot-minutes; 0 inside the SLA
        engine::Money refund{}, penalty{};
        engine::Money sum() const { return refund + penalty; }
    };
    Shortfall shortfall(const OpenDelivery& delivery, std::uint64_t counted) const;
    Shortfall day_shortfall(const OpenDelivery& delivery) const;
    // What counts of a delivery, in lot-minutes.
    std::uint64_t delivered(const OpenDelivery& delivery) const;
    // `lot_minutes` of an instrument at a price, times `share` basis points; half to even, once.
    engine::Money worth(engine::InstrumentId instrument, engine::Price price, std::uint64_t lot_minutes,
                        std::int64_t share = engine::basis_points_one) const;
    struct Taken {
        engine::Money receivable{}, margin{}, cash{}, fund{};
    };
    // From what the position has to receive, its margin, the account's cash, the default fund: in this order.
    Taken take(engine::AccountId account, PositionSums& sums, engine::Money due) const;
    engine::Money cash(engine::AccountId account) const;
    void keep_cash();

    void take_place(OpenOrder& order);
    void leave_place(const OpenOrder& order);
    // How many of `lots` to be sold were bought and are not offered yet; they are offered from now on.
    std::uint32_t offer(const PositionKey& key, std::uint32_t lots);
    PositionSums& position(const OpenOrder& order) { return positions_[{order.account, order.instrument}]; }

    Entry& enter(const engine::Event& event, Cause cause, engine::OrderId order, engine::TradeId trade = {});
    void enter_moved(const engine::Event& event, Cause cause, engine::DeliveryId delivery,
                     std::vector<Posting> postings);
    void move_hold(const engine::Event& event, Cause cause, engine::OrderId id, const OpenOrder& order,
                   engine::Money amount) {
        move_hold(event, cause, id, order.account, order.side, amount);
    }
    void move_hold(const engine::Event& event, Cause cause, engine::OrderId id, engine::AccountId account,
                   engine::Side side, engine::Money amount);
    void expect(const engine::Event& event, engine::OrderId order, std::string_view what,
                std::int64_t formula, std::int64_t told);
    void expect(const engine::Event& event, engine::DeliveryId delivery, std::string_view what,
                std::int64_t formula, std::int64_t told);
    void differ(const engine::Event& event, std::string_view of, std::uint64_t id, std::string_view what,
                std::int64_t formula, std::int64_t told);

    engine::Genesis rates_;
    std::unordered_map<engine::FamilyId, engine::Product> products_;
    std::unordered_map<engine::FamilyId, engine::Price> guidance_;
    std::unordered_map<engine::TierId, Promise> tiers_;
    std::unordered_map<engine::FamilyId, Promise> promises_;
    Orders orders_;
    Strips strips_;
    Deliveries deliveries_;
    std::map<DisputeKey, OpenDispute> disputes_;
    std::map<engine::PayoutId, OpenPayout> payouts_;
    std::map<PositionKey, PositionSums> positions_;
    std::vector<engine::Money> cash_;  // by account: what can be taken from it
    std::vector<Entry> entries_;
    std::optional<Difference> difference_;
};

// ceil(amount · (1 + taker fee · (1 + tax))), what a buyer holds.
engine::Money buy_hold(const engine::Genesis& rates, engine::Money amount);
// The part that resells bought lots carries no margin.
engine::Money sell_margin(const engine::Genesis& rates, engine::Price price, engine::Quantity lots,
                          engine::Product product);
struct Fees {
    engine::Money fee{};
    engine::Money tax{};
};
Fees fees_of(const engine::Genesis& rates, engine::Liquidity liquidity, engine::Money amount);

// Balances: what the entries add up to.
class Balances {
  public:
    struct Participant {
        engine::Money cash{}, hold{}, margin{}, receivable{}, penalty{};
        friend constexpr auto operator<=>(const Participant&, const Participant&) = default;
    };

    void post(const Entry& entry);
    void put(engine::AccountId account, const Participant& participant) {
        participants_[account] = participant;
    }
    Participant of(engine::AccountId account) const;
    engine::Money house(MoneyAccount account) const { return house_[static_cast<std::size_t>(account)]; }
    const std::map<engine::AccountId, Participant>& participants() const { return participants_; }
    engine::Money total() const;  // Invariant: zero

    void save(Packer& out) const;
    bool load(Unpacker& in);

  private:
    std::map<engine::AccountId, Participant> participants_;
    std::array<engine::Money, static_cast<std::size_t>(MoneyAccount::count_)> house_{};
};

}  // namespace gridbook::ledger
