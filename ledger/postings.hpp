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
//   grant bought     cash of the buyer -> cash of the issuer, and for what is drawn beyond its balance too
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

#include "ledger/open_items.hpp"

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
    package_bought,
    overage_paid,
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
    // Null: it is neither sold nor is a grant of it open.
    const OpenPackage* package(engine::PackageId id) const;
    const std::map<engine::PackageId, OpenPackage>& packages() const { return packages_; }
    const std::map<engine::GrantId, OpenGrant>& grants() const { return grants_; }
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
    void package_told(const engine::Event& event);
    void drop_done(engine::PackageId id);
    void grant_told(const engine::Event& event);
    void package_bought(const engine::Event& event, const engine::GrantChanged& told);
    void grant_drawn(const engine::Event& event, const engine::GrantChanged& told, OpenGrant& grant);
    void grant_carried(const engine::Event& event, const engine::GrantChanged& told, OpenGrant& grant);
    void enter_paid(const engine::Event& event, Cause cause, const OpenGrant& grant, engine::Money cost);
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
    void expect(const engine::Event& event, engine::PackageId package, std::string_view what,
                std::int64_t formula, std::int64_t told);
    void expect(const engine::Event& event, engine::GrantId grant, std::string_view what,
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
    std::map<engine::PackageId, OpenPackage> packages_;
    std::map<engine::GrantId, OpenGrant> grants_;
    std::map<PositionKey, PositionSums> positions_;
    std::vector<engine::Money> cash_;  // by account: what can be taken from it
    std::vector<Entry> entries_;
    std::optional<Difference> difference_;
};

// ceil(amount · (1 + taker fee · (1 + tax))), what a buyer holds.
engine::Money buy_hold(const engine::Genesis& rates, engine::Money amount);
// ceil(excess · overage / a block): what a draw beyond the balance costs.
engine::Money overage_cost(std::uint64_t excess, engine::Money overage);
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
